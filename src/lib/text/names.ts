// Makes names of runs that were given none: two words that a person can say and remember.
import { pick, type Random, systemRandom } from "../random.ts";

type Words = [string, ...string[]];

const QUALITIES = (
  "able agile alert amber ample apt azure bold brave breezy bright brisk bronze calm candid careful cheerful chief " +
  "civil clear clever cosmic cosy crimson crisp curious daring dapper deft devoted eager earnest easy elegant ember " +
  "fabled fair famous fancy fearless fine fleet fluent fond frank free fresh friendly frosty gallant generous gentle " +
  "gilded glad golden graceful grand great green happy hardy hazel honest hopeful humble ideal indigo ivory jade jolly " +
  "jovial keen kind lavender lively loyal lucid lucky lunar magic mellow merry mighty modest neat nimble noble olive " +
  "onyx opal open patient peaceful pearl placid plucky polite prime proud quick quiet rapid ready regal robust rosy " +
  "royal ruby rustic sage scarlet serene sharp silent silver sincere sleek smart snappy solid spirited spry stellar " +
  "stout sturdy subtle sunny super swift tidy topaz tranquil true trusty upbeat valiant velvet vivid warm wise witty"
).split(" ") as Words; // not empty, as can be seen

const ANIMALS = (
  "alpaca antelope badger beaver bee bison boar buffalo bumblebee bunting caribou cat chamois cheetah cicada civet " +
  "condor coyote crab crane cricket crow cuckoo curlew deer dingo dolphin dove dragonfly duck eagle egret eland elk " +
  "ermine falcon ferret finch firefly flamingo fox frog gazelle gecko gerbil giraffe goat goose gopher grouse gull hare " +
  "hawk hedgehog heron hippo hornet horse ibex ibis iguana impala jackal jaguar jay kestrel kingfisher kiwi koala kudu " +
  "lark lemur leopard lion lizard llama lobster lynx macaw magpie mallard manatee marmot marten meerkat mink mole mongoose " +
  "moose moth narwhal newt numbat ocelot octopus okapi opossum orca oriole osprey otter owl panda panther parrot " +
  "partridge pelican penguin pheasant pigeon pika plover pony porpoise puffin puma quail rabbit raccoon raven robin " +
  "salmon seal skylark sloth snail sparrow squirrel stork swallow swan swift tapir tern toad toucan trout turtle viper " +
  "vole walrus weasel whale wolf wombat woodpecker wren yak zebra"
).split(" ") as Words; // as above

/** `brave-otter` */
export function runName(random: Random = systemRandom): string {
  return `${pick(QUALITIES, random)}-${pick(ANIMALS, random)}`;
}
