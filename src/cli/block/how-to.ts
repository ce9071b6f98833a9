// Says how a block of a type is made, and how one that was made is used.
import { BLOCK_TYPES } from "#blocks/registry.ts";
import { objectOf } from "#lib/json.ts";
import { BLOCKS } from "#sdk/blocks/hosted.ts";
import type { Io } from "../kit/command.ts";
import { columns } from "../terminal/columns.ts";
import { page } from "../terminal/layout.ts";
import { fieldTable, neededWords } from "./fields/listing.ts";
import { isFixed } from "./fields/schema.ts";
import type { TypeWithFields } from "./type-fields.ts";

/** The fields as a table, and a command to copy. */
export function printFields(type: TypeWithFields, io: Io): void {
  const { slug, description, capabilities, fields } = type;
  const shown = fields.all.filter((field) => !isFixed(field));
  const required = shown.filter(({ isRequired }) => isRequired);
  io.out(columns([], [[`${slug}: ${/\S.*/.exec(description)?.[0].trim() ?? type.name}`]], io.columns));
  io.out("");
  if (shown.length > 0) io.out(fieldTable(fields, io.columns));
  if (shown.length > 0) io.out("");
  io.out("Make one:");
  io.out(page(`  ${["orch block create", slug, "--name NAME", ...neededWords(required)].join(" ")}`));
  const secret = (required.find(({ isSecret }) => isSecret) ?? shown.find(({ isSecret }) => isSecret))?.name;
  if (secret !== undefined) {
    const sentence = `A secret is read from standard input by --field ${secret}=- and from a file by --field ${secret}=@FILE, so that no history and no list of processes shows it.`;
    io.out(columns([], [[sentence]], io.columns));
  }
  if (!capabilities.includes("notify")) return;
  io.out("Create a notification block together with its notification:");
  io.out(page(`  ${["orch notification create --state Failed --type", slug, ...neededWords(required)].join(" ")}`));
}

/** Where it is used, and the words for it. */
export function waysToUse({ slug, capabilities }: TypeWithFields, name: string): string[][] {
  const block = `${slug}/${name}`;
  const [ours] = Object.entries(BLOCKS).find(([, { definition }]) => definition?.slug === slug) ?? [];
  const isStorage = capabilities.includes("get-directory");
  const load = ours
    ? `await ${ours}.load("${name}")`
    : `await ${isStorage ? "StorageBlock" : "Block"}.load("${block}")`;
  const ways: [isOne: boolean, where: string, words: string][] = [
    [isStorage, "flow code", `orch deployment build FILE:FLOW -n NAME -sb ${block}`],
    [
      capabilities.includes("run-infrastructure"),
      "where a flow runs",
      `orch deployment build FILE:FLOW -n NAME -ib ${block}`,
    ],
    [capabilities.includes("notify"), "messages", `orch notification create --state Failed --block ${block}`],
    ...holdersOf(slug).map(([type, field]): [boolean, string, string] => [
      true,
      "in another block",
      `orch block create ${type} --name NAME --field ${field}=${block}`,
    ]),
    [true, "in a program", load],
    [true, "look at it", `orch block inspect ${block}`],
  ];
  return ways.filter(([isOne]) => isOne).map(([, where, words]) => [`  ${where}:`, words]);
}

/** Types of orch with a field that takes a block of the type. */
function holdersOf(slug: string): [type: string, field: string][] {
  return BLOCK_TYPES.flatMap(({ slug: type, fields }) =>
    Object.entries(objectOf(fields["block_schema_references"])).flatMap(([field, reference]): [string, string][] =>
      objectOf(reference)["block_type_slug"] === slug ? [[type, field]] : [],
    ),
  );
}
