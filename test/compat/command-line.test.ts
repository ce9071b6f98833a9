// The real command line on our server: every command a team uses. All in one Python process, as each start costs seconds.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createPrefect, type Prefect, possible, RUNNER } from "./prefect.ts";

const FLOW = `
from prefect import flow

@flow
def hi(name: str = "Marvin", n: int = 1):
    "Says hello."
    print(name)
`;

type Expected = RegExp | string;
const commands: [words: string, shown: Expected[], code?: number][] = [
  [
    "deployment build flows.py:hi -n prod -q night -t a --cron '0 5 * * *' --timezone Europe/Berlin",
    ["Deployment YAML created"],
  ],
  ["deployment apply hi-deployment.yaml", [/Deployment 'hi\/prod' successfully created with id/]],
  ["deployment apply hi-deployment.yaml", [/successfully created/]],
  [
    "deployment build flows.py:hi -n second -p default-agent-pool -q day --apply",
    [/Deployment 'hi\/second' successfully created/],
  ],
  ["deployment ls", ["hi/prod", "hi/second"]],
  [
    "deployment inspect hi/prod",
    ["'name': 'prod'", "'work_queue_name': 'night'", "'timezone': 'Europe/Berlin'", "'infrastructure'"],
  ],
  ["deployment inspect hi/nobody", ["not found"], 1],
  ["deployment run hi/prod -p name=Ford", ["Created flow run", "'name': 'Ford'"]],
  ["deployment run hi/prod -p bogus=1", ["were specified but not found on the deployment"], 1],
  ["deployment run hi/prod --start-in '2 hours'", ["Created flow run"]],
  ["deployment set-schedule hi/prod --interval 3600", ["Updated deployment schedule!"]],
  ["deployment set-schedule hi/prod --rrule FREQ=DAILY;BYHOUR=5", ["Updated deployment schedule!"]],
  ["deployment pause-schedule hi/prod", ["Paused schedule for deployment hi/prod"]],
  ["deployment resume-schedule hi/prod", ["Resumed schedule for deployment hi/prod"]],
  ["work-queue ls", ["night", "day", "default"]],
  ["work-queue create extra -l 3", ["extra"]],
  ["work-queue inspect extra", ["concurrency_limit=3"]],
  ["work-queue set-concurrency-limit extra 5", ["Concurrency limit of 5 set on work queue 'extra'"]],
  ["work-queue clear-concurrency-limit extra", ["Concurrency limits removed on work queue 'extra'"]],
  ["work-queue pause extra", ["Work queue 'extra' paused"]],
  ["work-queue resume extra", ["Work queue 'extra' resumed"]],
  ["work-queue preview night --hours 48", ["Run ID"]],
  ["work-queue delete extra", ["Successfully deleted work queue 'extra'"]],
  ["work-queue inspect extra", ["No work queue named 'extra' found"], 1],
  ["work-pool create factory --type process", ["Created work pool 'factory'."]],
  ["work-pool create office", ["Created work pool 'office'."]],
  ["work-pool ls", ["factory", "office", "process", "prefect-agent"]],
  ["work-pool inspect factory", ["name='factory'", "type='process'"]],
  ["work-pool pause factory", ["Paused work pool 'factory'"]],
  ["work-pool resume factory", ["Resumed work pool 'factory'"]],
  ["work-pool set-concurrency-limit factory 2", ["Set concurrency limit for work pool 'factory' to 2"]],
  ["work-pool clear-concurrency-limit factory", ["Cleared concurrency limit for work pool 'factory'"]],
  ["work-pool preview factory", [""]],
  ["work-queue create urgent -p factory -l 1", ["urgent"]],
  ["work-queue ls -p factory", ["urgent", "default"]],
  ["work-pool delete office", ["Deleted work pool 'office'"]],
  ["flow ls", ["hi"]],
  ["flow-run ls", ["SCHEDULED", "hi"]],
  ["flow-run ls --state Scheduled --limit 1", ["SCHEDULED"]],
  ["concurrency-limit create db 3", ["db", "3"]],
  ["concurrency-limit ls", ["db"]],
  ["concurrency-limit inspect db", ["db"]],
  ["concurrency-limit reset db", ["Reset concurrency limit set on the tag: db"]],
  ["concurrency-limit delete db", ["Deleted concurrency limit set on the tag: db"]],
  ["variable ls", ["colour"]],
  ["variable inspect colour", ["petrol"]],
  ["variable delete colour", ["Deleted variable 'colour'."]],
  ["artifact ls", ["report"]],
  ["artifact inspect report", ["report", "all is well"]],
  ["block ls", ["secret/token"]],
  ["block type ls", ["secret", "slack-webhook"]],
  ["block type inspect secret", ["secret"]],
  ["block create secret", ["/blocks/catalog/secret/create"]],
  ["block register -m prefect.blocks.system", ["Successfully registered"]],
  ["config view", ["PREFECT_API_URL"]],
  ["version", ["2.10.4", "server"]],
  ["deployment delete hi/second", ["Deleted deployment 'hi/second'."]],
  ["deployment delete hi/second", ["not found"], 1],
];

/** Words of a shell line; single quotes keep spaces. */
const wordsOf = (line: string) =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");

let prefect: Prefect;
let results: [code: number, output: string][] = [];
beforeAll(async () => {
  if (!possible) return;
  prefect = await createPrefect();
  prefect.write("flows.py", FLOW);
  prefect.write("save.ts", `import { Secret } from "orch";\nawait new Secret({ value: "x" }).save("token");\n`);
  await prefect.call("POST", "/variables/", { name: "colour", value: "petrol" });
  await prefect.sandbox.orch(["run", "save.ts"]);
  await prefect.call("POST", "/artifacts/", { key: "report", type: "markdown", data: "all is well" });
  const output = await prefect.python(RUNNER, JSON.stringify(commands.map(([line]) => wordsOf(line))));
  results = output
    .split("@@")
    .slice(1)
    .map((line) => JSON.parse(line));
});
afterAll(() => prefect?.close());

describe.skipIf(!possible)("prefect", () => {
  for (const [index, [line, shown, code = 0]] of commands.entries()) {
    test(`${line}${code === 0 ? "" : ` exits ${code}`}`, () => {
      const [exit, output = ""] = results[index] ?? [];
      for (const text of shown) expect(output).toMatch(text instanceof RegExp ? text : RegExp(escaped(text)));
      expect(exit).toBe(code);
    });
  }
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
