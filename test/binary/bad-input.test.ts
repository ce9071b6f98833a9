// Bad input at each command: one clear sentence on stderr, a non-zero exit, nothing half-written, no stack trace.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT_NEWER_DATABASE } from "#lib/errors.ts";
import { createSandbox, type Result } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const FLOWS: Record<string, string> = {
  "good.ts": `import { flow } from "orch";
export const sayHi = flow(async function sayHi(name: string = "Marvin") { return name; });
export const sayBye = flow(async function sayBye() {});
export const notAFlow = 42;
`,
  "syntax.ts": `import { flow } from "orch";
export const sayHi = flow(async function sayHi( {
`,
  "throws.ts": `import { flow } from "orch";
throw new Error("no config found");
export const sayHi = flow(async function sayHi() {});
`,
  "missing.ts": `import { flow } from "orch";
import { x } from "not-installed";
export const sayHi = flow(async function sayHi() { return x; });
`,
};

beforeAll(async () => {
  mkdirSync(join(sandbox.folder, "flows"));
  for (const [name, source] of Object.entries(FLOWS)) writeFileSync(join(sandbox.folder, "flows", name), source);
  writeFileSync(join(sandbox.folder, ".prefectignore"), "node_modules/\n");
  const built = await sandbox.orch(["deployment", "build", "-n", "good", "-q", "test", "-a", "flows/good.ts:sayHi"]);
  if (built.code !== 0) throw new Error(built.stderr);
  writeFileSync(join(sandbox.folder, "broken.yaml"), "name: x\nflow_name: [unclosed\ninfrastructure: {}\n");
  writeFileSync(
    join(sandbox.folder, "unknown-key.yaml"),
    "name: x\nflow_name: y\ninfrastructure: {type: process}\nbogus: 1\n",
  );
  writeFileSync(join(sandbox.folder, "a-file"), "not a folder");
  writeFileSync(join(sandbox.folder, "not-a-database"), "this is text".repeat(1000));
});

const build = (...rest: string[]) => ["deployment", "build", "-n", "x", "-q", "test", "-a", ...rest];

const CASES: [wrong: string, args: string[], sentence: RegExp][] = [
  ["no such file", build("flows/none.ts:sayHi"), /flows\/none\.ts/],
  ["no such export: the flows that are there are named", build("flows/good.ts:sayHello"), /sayHello.*sayBye.*sayHi/],
  ["an export that is no flow", build("flows/good.ts:notAFlow"), /notAFlow.*not a flow/],
  ["no function in the entrypoint", build("flows/good.ts"), /name of the function/],
  ["a syntax error: file, line and column", build("flows/syntax.ts:sayHi"), /flows\/syntax\.ts:[23]:\d+/],
  ["a flow file that throws at import", build("flows/throws.ts:sayHi"), /throws\.ts.*no config found/],
  ["a package that is not installed", build("flows/missing.ts:sayHi"), /not-installed/],
  ["no name", ["deployment", "build", "flows/good.ts:sayHi"], /name.*'--name'/],
  ["a bad cron", build("--cron", "61 * * * *", "flows/good.ts:sayHi"), /Invalid cron string: "61 \* \* \* \*"/],
  ["a bad rrule", build("--rrule", "FREQ=NEVER", "flows/good.ts:sayHi"), /Invalid RRule string "FREQ=NEVER"/],
  ["a bad interval", build("--interval", "0", "flows/good.ts:sayHi"), /interval.*positive/i],
  ["two schedules", build("--interval", "5", "--cron", "* * * * *", "flows/good.ts:sayHi"), /Only one schedule type/],
  [
    "a bad time zone",
    build("--cron", "* * * * *", "--timezone", "Mars/X", "flows/good.ts:sayHi"),
    /timezone.*Mars\/X/i,
  ],
  ["an anchor that is no date", build("--interval", "5", "--anchor-date", "soon", "flows/good.ts:sayHi"), /date/],
  ["an unknown parameter", ["deployment", "run", "say-hi/good", "--param", "nam=x"], /'nam'.*name/],
  ["a parameter without a value", ["deployment", "run", "say-hi/good", "--param", "name"], /name/],
  ["a deployment that is not there", ["deployment", "run", "say-hi/none"], /say-hi\/none.*not found/],
  ["a deployment name without a slash", ["deployment", "inspect", "good"], /<flow-name>\/<deployment-name>/],
  ["nothing to delete", ["deployment", "delete"], /name or id/],
  ["broken YAML: the line", ["deployment", "apply", "broken.yaml"], /broken\.yaml.*(line|:)\s?[23]/],
  ["a key the file may not have", ["deployment", "apply", "unknown-key.yaml"], /bogus/],
  ["a YAML file that is not there", ["deployment", "apply", "none.yaml"], /none\.yaml/],
  ["a run that is not there", ["flow-run", "inspect", "0191e5a0-0000-7000-8000-00000000000a"], /not found/],
  ["logs of a run that is not there", ["flow-run", "logs", "0191e5a0-0000-7000-8000-00000000000a"], /not found/],
  ["an unknown setting", ["config", "set", "ORCH_API_URLL=x"], /ORCH_API_URLL.*ORCH_API_URL/],
  ["a setting without a value", ["config", "set", "ORCH_API_URL"], /VAR=VAL/],
  ["an agent without a queue", ["agent", "start"], /No work queues provided!/],
];

for (const [wrong, args, sentence] of CASES) {
  test(`${wrong}: orch ${args.join(" ")}`, async () => {
    const before = await snapshot();
    const result = await sandbox.orch(args);
    expectOneSentence(result, sentence);
    expect(await snapshot()).toEqual(before);
  });
}

const USAGE: [args: string[], sentence: RegExp][] = [
  [["deploy"], /deploy/],
  [["deployment", "bild"], /build/],
  [["deployment", "ls", "--jsn"], /jsn/],
  [["flow-run", "inspect", "not-a-uuid"], /not-a-uuid/],
];
for (const [args, sentence] of USAGE) {
  test(`a usage error exits 2: orch ${args.join(" ")}`, async () => {
    const result = await sandbox.orch(args);
    expect(result.stderr).toMatch(sentence);
    expect(result.code).toBe(2);
  });
}

const PLACES: [wrong: string, env: Record<string, string>, sentence: RegExp][] = [
  ["a server that does not answer", { ORCH_API_URL: "http://127.0.0.1:9/api" }, /127\.0\.0\.1:9.*orch server start/s],
  ["a home that cannot be written", { ORCH_HOME: "a-file/home" }, /a-file\/home/],
];
for (const [wrong, env, sentence] of PLACES) {
  test(`${wrong} is one sentence`, async () => {
    expectOneSentence(await sandbox.orch(["deployment", "ls"], { env }), sentence);
  });
}

test("a port that is taken is one sentence", async () => {
  const taken = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const result = await sandbox.orch(["server", "start", "--port", String(taken.port)]);
  await taken.stop(true);
  expectOneSentence(result, new RegExp(`${taken.port}.*--port`));
});

test("a database that is none is refused and left as it is", async () => {
  const home = join(sandbox.home, "broken");
  mkdirSync(home);
  await Bun.write(join(home, "orch.db"), Bun.file(join(sandbox.folder, "not-a-database")));
  const result = await sandbox.orch(["deployment", "ls"], { env: { ORCH_HOME: home } });
  expectOneSentence(result, /orch\.db.*not a database/);
  expect(await Bun.file(join(home, "orch.db")).text()).toStartWith("this is text");
});

test("a database newer than the program is refused with an exit code of its own", async () => {
  const home = join(sandbox.home, "newer");
  expect((await sandbox.orch(["deployment", "ls"], { env: { ORCH_HOME: home } })).code).toBe(0);
  const database = new Database(join(home, "orch.db"));
  database.run("pragma user_version = 9999");
  database.close();
  const result = await sandbox.orch(["deployment", "ls"], { env: { ORCH_HOME: home } });
  expectOneSentence(result, /newer/);
  expect(result.code).toBe(EXIT_NEWER_DATABASE);
});

function expectOneSentence({ code, stderr, stdout }: Result, sentence: RegExp): void {
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
  expect(stdout).not.toMatch(/^\s+at /m);
  expect(code).toBeGreaterThan(0);
}

/** The files of the folder and the deployments of the home: what a refused command must leave alone. */
async function snapshot(): Promise<unknown> {
  const listed = await sandbox.orch(["deployment", "ls", "--json"]);
  return { files: readdirSync(sandbox.folder, { recursive: true }).toSorted(), deployments: listed.stdout };
}
