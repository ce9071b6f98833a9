// `bun test/side-by-side/record.ts`: runs both programs and writes what they printed. Minutes: each command of the old
// one takes seconds. `--orch` keeps its recorded half and runs orch alone.
import { prefectEnvironment } from "../bench/environment.ts";
import { COMMANDS } from "./commands.ts";
import { masked } from "./mask.ts";
import { orch, prefect } from "./programs.ts";
import { type Recorded, rendered, unexplained } from "./report.ts";
import { runAll } from "./run.ts";

const RECORDED = "test/side-by-side/recorded.json";
const REPORT = "test/side-by-side/commands.md";

const say = (line: string) => console.error(line);
const ours = await runAll(orch, say);
const theirs = process.argv.includes("--orch")
  ? await earlier()
  : await runAll(prefect(await prefectEnvironment()), say);
const recorded: Recorded[] = COMMANDS.map(({ args }, index) => {
  const [old, own] = [theirs[index], ours[index]];
  if (!old || !own) throw new Error(`'${args.join(" ")}' was not recorded: run without --orch.`);
  return { args, prefect: old, orch: own };
});
await Bun.write(RECORDED, `${JSON.stringify(recorded, null, 1)}\n`);
await Bun.write(REPORT, rendered(recorded));
const left = unexplained(recorded);
for (const line of left) console.log(line);
console.log(`${recorded.length} commands, ${left.length} unexplained.`);
process.exitCode = left.length > 0 ? 1 : 0;

async function earlier() {
  const known = new Map<string, Recorded["prefect"][]>();
  for (const { args, prefect } of (await Bun.file(RECORDED).json()) as Recorded[]) {
    const key = args.join("\0"); // some are run twice
    const again = { ...prefect, output: masked(prefect.output, []) }; // the masks may have learnt something
    known.set(key, [...(known.get(key) ?? []), again]);
  }
  return COMMANDS.map(({ args }) => known.get(args.join("\0"))?.shift());
}
