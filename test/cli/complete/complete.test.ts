// `orch __complete` on a home of its own: names from the database, and silence when something is wrong.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { complete } from "#cli/complete/complete.ts";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
beforeAll(() => {
  terminal = testTerminal();
});
afterAll(() => terminal.close());

async function lines(words: string[], env: Record<string, string> = {}): Promise<string[]> {
  const printed: string[] = [];
  const out = (line: string) => void printed.push(line);
  const io = { out, cwd: terminal.folder, env: { HOME: terminal.folder, ORCH_HOME: terminal.home, ...env } };
  expect(await complete(words, io)).toBe(0);
  return printed;
}

test("without a home nothing is offered, and none is made", async () => {
  expect(await lines(["deployment", "run", ""])).toEqual([]);
  expect(await lines(["profile", "use", ""])).toEqual(["default"]);
  expect(existsSync(terminal.home)).toBe(false);
});

test("deployments, flows, queues, pools, blocks, runs and profiles are offered by name", async () => {
  writeFileSync(
    join(terminal.folder, "a.yaml"),
    "name: morning\nflow_name: say-hi\ndescription: |\n  Says hello.\n  Twice.\nwork_queue_name: early\n" +
      "infrastructure: {type: process}\nentrypoint: a.ts:sayHi\npath: /srv\nparameter_openapi_schema: {}\n",
  );
  await terminal.orch("deployment", "apply", "a.yaml");
  const { id, name } = JSON.parse((await terminal.orch("deployment", "run", "say-hi/morning", "--json")).out);
  expect(await lines(["deployment", "run", "say"])).toEqual(["say-hi/morning\tSays hello."]);
  expect(await lines(["deployment", "ls", "--flow-name", ""])).toEqual(["say-hi"]);
  expect(await lines(["agent", "-q", ""])).toContain("early");
  expect(await lines(["agent", "-p", ""])).toEqual(["default-agent-pool\tprefect-agent"]);
  expect(await lines(["flow-run", "logs", ""])).toEqual([`${id}\t${name}, Scheduled`]);
  expect(await lines(["deployment", "build", "-ib", ""])).toEqual([]);
  const told = ["--state", "Failed", "--tag", "prod", "--type", "slack-webhook", "--field", "url=https://example.com"];
  const notification = JSON.parse((await terminal.orch("notification", "create", ...told, "--json")).out);
  expect(await lines(["notification", "test", ""])).toEqual([`${notification.id}\tFailed, prod`]);
  expect(await lines(["config", "set", "ORCH_HOME"])).toEqual([
    "ORCH_HOME\tFolder of the database, the profiles and stored files.",
  ]);
  mkdirSync(terminal.home, { recursive: true });
  writeFileSync(join(terminal.home, "profiles.toml"), '[profiles.work]\nORCH_API_URL = "http://127.0.0.1:1/api"\n');
  expect(await lines(["profile", "use", ""])).toEqual(["default", "work"]);
});

test("C25: the parameters of a deployment and of a flow are offered, with values of choices and booleans", async () => {
  const source = `import { flow } from "orch";
enum Colour { Red = "red", Blue = "blue" }
/** @param name who is greeted */
export const hi = flow(async function hi(name: string, loud = false, colour?: Colour, size: "s" | "m" = "s") {});
`;
  writeFileSync(join(terminal.folder, "hi.ts"), source);
  await terminal.orch("deployment", "build", "-n", "d", "-q", "early", "-a", "--skip-upload", "hi.ts:hi");
  for (const before of [
    ["deployment", "run", "hi/d", "--param"],
    ["flow", "run", "hi.ts:hi", "-p"],
    ["deployment", "build", "hi.ts:hi", "--param"],
  ]) {
    expect((await lines([...before, ""])).map((line) => line.split("\t")[0])).toEqual([
      ...["name=", "loud=", "colour=", "size="],
    ]);
    expect(await lines([...before, "na"])).toEqual(["name=\twho is greeted"]);
    expect(await lines([...before, "loud="])).toEqual(["loud=true", "loud=false"]);
    expect(await lines([...before, "colour=b"])).toEqual(["colour=blue"]);
    expect(await lines([...before, "size="])).toEqual(["size=s", "size=m"]);
    expect(await lines([...before, "nothing"])).toEqual([]);
  }
  expect(await lines(["deployment", "run", "hi/none", "--param", ""])).toEqual([]);
  expect(await lines(["flow", "run", "none.ts:hi", "--param", ""])).toEqual([]);
  expect(await lines(["deployment", "set-schedule", "hi/d", "--timezone", "Europe/Berl"])).toEqual(["Europe/Berlin"]);
});

const SILENT: [what: string, env: Record<string, string>][] = [
  ["nobody answers", { ORCH_API_URL: "http://127.0.0.1:1/api" }],
  ["the address is none", { ORCH_API_URL: "nonsense" }],
  ["the profile is not there", { ORCH_PROFILE: "nope" }],
];
for (const [what, env] of SILENT) {
  test(`nothing is said when ${what}`, async () => {
    expect(await lines(["deployment", "run", ""], env)).toEqual([]);
  });
}
