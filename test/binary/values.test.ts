// Parameters on their whole way: command, file, API, database, flow, and from flow to flow.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../eventually.ts";
import { createWorld, type World } from "../page/world.ts";

/** Each prints what it got as a line of the log. */
const FLOWS = `import { Deployment, flow, runDeployment } from "orch";

const show = (value: unknown): string => {
  if (typeof value === "bigint") return value + "n";
  if (value instanceof Date) return "Date(" + value.toISOString() + ")";
  if (value instanceof URL) return "URL(" + value.href + ")";
  if (value instanceof Map) return "Map(" + [...value].map(([k, v]) => show(k) + "=>" + show(v)) + ")";
  if (value instanceof Set) return "Set(" + [...value].map(show) + ")";
  if (value instanceof Uint8Array) return (Buffer.isBuffer(value) ? "Buffer(" : "Uint8Array(") + [...value] + ")";
  if (Array.isArray(value)) return "[" + value.map(show) + "]";
  if (typeof value === "object" && value !== null)
    return "{" + Object.entries(value).map(([k, v]) => k + ":" + show(v)) + "}";
  return typeof value === "string" ? JSON.stringify(value) : Object.is(value, -0) ? "-0" : String(value);
};
const print = (...values: unknown[]) => console.log("GOT " + values.map(show).join(" "));

export const text = flow(async function text(s: string) { print(s); }, { logPrints: true });
export const maybe = flow(async function maybe(s: string | null, d: Date | null, xs: (number | null)[], o: { a: string | null }) {
  print(s, d, xs, o);
}, { logPrints: true });
export const either = flow(async function either(a: string | number, b: "1" | "2", c: string | string[]) {
  print(a, b, c);
}, { logPrints: true });
export const big = flow(async function big(id: bigint) { print(id); }, { logPrints: true });
export const small = flow(async function small(id: number) { print(id); }, { logPrints: true });
export const any = flow(async function any(id: unknown) { print(id); }, { logPrints: true });
export const optional = flow(async function optional(n?: number, m: number = 5) { print(n, m); }, { logPrints: true });
interface Kinds {
  m: Map<string, number>; k: Map<number, Date>; s: Set<bigint>; b: bigint; u: Uint8Array; f: Buffer; d: Date; l: URL;
}
export const kinds = flow(async function kinds(p: Kinds, m: Map<string, bigint> | null, us: Uint8Array[]) {
  print(p, m, us);
}, { logPrints: true });
export const parent = flow(async function parent() {
  const p: Kinds = {
    m: new Map([["a", 1]]), k: new Map([[7, new Date(0)]]), s: new Set([1n, 9007199254740993n]), b: 10n,
    u: new Uint8Array([1, 255]), f: Buffer.from("x"), d: new Date(5), l: new URL("http://x.y/z"),
  };
  const run = await runDeployment("kinds/x", { parameters: { p, m: new Map(), us: [new Uint8Array([2])] } });
  console.log("CHILD " + run.state.name);
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  for (const p of [deep, () => 1, NaN, /x/]) {
    await runDeployment("any/x", { parameters: { id: p } }).catch((error) => console.log("REFUSED " + error.message));
  }
  await kinds(p, null, []);
}, { logPrints: true });
export const made = flow(async function made() {
  const deployment = await Deployment.buildFromFlow({
    flow: big, entrypoint: "values.ts:big", name: "made", workQueueName: "test",
    parameters: { id: 12345678901234567890n },
  });
  await deployment.apply();
});
`;

let world: World;
beforeAll(async () => {
  world = await createWorld();
  world.write("values.ts", FLOWS);
  await world.agent("-q", "test").until(/Looking for work/);
  for (const name of ["text", "maybe", "either", "big", "small", "any", "optional", "kinds", "parent", "made"]) {
    await world.deployment("build", "-n", "x", "-q", "test", "-a", `values.ts:${name}`);
  }
}, 60_000);
afterAll(() => world.close());

/** What the flow printed, run as a deployment. */
async function deployed(name: string, ...words: string[]): Promise<string> {
  const { id } = await world.run(`${name}/x`, ...words);
  return gotIn(await logOf(id, /GOT /));
}

/** A run ships the last of its log after its end. */
async function logOf(id: string, pattern: RegExp): Promise<string> {
  return eventually(async () => {
    const log = await world.logs(id);
    return pattern.test(log) && log;
  }, `the log has ${pattern}`);
}

/** What it printed, run here. */
async function here(name: string, ...words: string[]): Promise<string> {
  const { stdout, stderr } = await world.orch("flow", "run", `values.ts:${name}`, ...words);
  return gotIn(stdout + stderr);
}

function gotIn(log: string): string {
  return /GOT (.*)/.exec(log)?.[1] ?? log;
}

const params = (...given: string[]) => given.flatMap((pair) => ["--param", pair]);

const CASES: [what: string, flow: string, words: string[], got: string][] = [
  ...["1.10", "12345678901234567890", "1e5", "true", "null", "[1]", "2024-01-01", "-0", "", "naïve 😀"].map(
    (typed): [string, string, string[], string] => [
      `T5: text ${typed}`,
      "text",
      params(`s=${typed}`),
      JSON.stringify(typed),
    ],
  ),
  [
    "T2: null at every depth",
    "maybe",
    params("s=null", "d=null", "xs=[1, null]", 'o={"a": null}'),
    "null null [1,null] {a:null}",
  ],
  [
    "T2: values where null may be",
    "maybe",
    params("s=a", "d=2024-01-01", "xs=[]", 'o={"a": 1.10}'),
    '"a" Date(2024-01-01T00:00:00.000Z) [] {a:"1.10"}',
  ],
  ["T5: unions with text", "either", params("a=5", "b=1", 'c=["x"]'), '5 "1" ["x"]'],
  ["T5: unions, text that is no such number", "either", params("a=1.10", "b=2", "c=x"), '"1.10" "2" "x"'],
  ["T6: a bigint", "big", params("id=9007199254740993"), "9007199254740993n"],
  ["T6: a bigint of --params", "big", ["--params", '{"id": 12345678901234567890}'], "12345678901234567890n"],
  ["T6: a bigint as text", "big", params('id="9007199254740993"'), "9007199254740993n"],
  ["T6: without a type", "any", params("id=[9007199254740993, 1.0, 1e5]"), "[9007199254740993n,1,100000]"],
  ["T6: an integer that a number holds", "small", params("id=9007199254740992"), "9007199254740992"],
  ["T6: -0", "small", params("id=-0"), "-0"],
  [
    "T3: each kind",
    "kinds",
    params(
      'p={"m":{"a":1},"k":[[7,"2024-01-01"]],"s":[1,9007199254740993],"b":"10","u":"AQI=","f":{"type":"Buffer","data":[3]},"d":0,"l":"http://x.y/"}',
      'm={"__proto__": 1}',
      'us=["AQ==",[2]]',
    ),
    '{m:Map("a"=>1),k:Map(7=>Date(2024-01-01T00:00:00.000Z)),s:Set(1n,9007199254740993n),b:10n,u:Uint8Array(1,2),f:Buffer(3),d:Date(1970-01-01T00:00:00.000Z),l:URL(http://x.y/)} Map("__proto__"=>1n) [Uint8Array(1),Uint8Array(2)]',
  ],
  ["T2: null is left out where the type has none", "optional", params("n=null"), "undefined 5"],
];
for (const [what, name, words, got] of CASES) {
  test(`${what}, in a deployment's run and in flow run`, async () => {
    expect([await deployed(name, ...words), await here(name, ...words)]).toEqual([got, got]);
  });
}

const REFUSED: [what: string, flow: string, words: string[], sentence: string][] = [
  [
    "T2: null in a list of numbers",
    "maybe",
    params("s=a", "d=null", 'xs=["x"]', 'o={"a":null}'),
    "parameter 'xs.0': must be a number, or null, got \"x\"",
  ],
  ["T2: null of a default's type", "optional", params("m=null"), "parameter 'm': must be a number, got null"],
  [
    "T6: a number that would change",
    "small",
    params("id=9007199254740993"),
    "parameter 'id': must have no more digits than a number keeps: declare the parameter as bigint, or as string, got 9007199254740993",
  ],
  ["T6: 1E400", "any", params("id=1E400"), "parameter 'id': is too large for a number, got 1E400"],
  ["T3: half a bigint", "big", params("id=1.5"), "parameter 'id': must be an integer, got 1.5"],
];
for (const [what, name, words, sentence] of REFUSED) {
  test(`${what} is refused`, async () => {
    const run = await world.run(`${name}/x`, ...words, "--force");
    const { state } = await world.api<{ state: { type: string; message: string } }>("GET", `/flow_runs/${run.id}`);
    expect(state).toMatchObject({ type: "FAILED", message: expect.stringContaining(sentence) });
    const { code, stderr } = await world.orch("flow", "run", `values.ts:${name}`, ...words);
    expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)]);
  });
}

test("T4: runDeployment sends what the schema reads back, or says what it cannot send", async () => {
  const { id, state_type } = await world.run("parent/x");
  const log = await logOf(id, /RegExp/);
  expect([state_type, log]).toEqual(["COMPLETED", expect.stringContaining("CHILD Completed")]);
  for (const sentence of [
    "it is a function.",
    "it is NaN, which JSON has no number for.",
    "it is a RegExp, which has no JSON.",
  ]) {
    expect(log).toContain(`REFUSED Parameter 'id' cannot be sent: ${sentence}`);
  }
  expect(log).toContain("REFUSED The parameters cannot be sent: they are nested too deep.");
  const runs = await world.json<{ id: string; parameters: object; parent_task_run_id: string | null }[]>(
    "flow-run",
    "ls",
  );
  const children = runs.filter((run) => run.parent_task_run_id !== null);
  const got = await Promise.all(children.map(async (run) => gotIn(await logOf(run.id, /GOT /))));
  const kinds =
    '{m:Map("a"=>1),k:Map(7=>Date(1970-01-01T00:00:00.000Z)),s:Set(1n,9007199254740993n),b:10n,u:Uint8Array(1,255),f:Buffer(120),d:Date(1970-01-01T00:00:00.005Z),l:URL(http://x.y/z)}';
  expect(got.toSorted()).toEqual([`${kinds} Map() [Uint8Array(2)]`, `${kinds} null []`]);
  expect(children.every(({ parameters }) => JSON.stringify(parameters).includes('"m":{"a":1},"k":[[7,"1970'))).toBe(
    true,
  );
});

describe("T6: digits in files", () => {
  const yaml = () => readFileSync(join(world.folder, "big-deployment.yaml"), "utf8");

  test("are written by a build, kept by the next one, and applied", async () => {
    await world.deployment("build", "-n", "x", "-q", "test", "-a", "values.ts:big", "--param", "id=9007199254740993");
    expect(yaml()).toContain("parameters:\n  id: 9007199254740993\n");
    expect(await deployed("big")).toBe("9007199254740993n");
    await world.deployment("build", "-n", "x", "-q", "test", "-a", "-t", "again", "values.ts:big");
    expect(yaml()).toContain("parameters:\n  id: 9007199254740993\n");
    world.write("big-deployment.yaml", yaml().replace("9007199254740993", "12345678901234567890 # mine"));
    await world.deployment("apply", "big-deployment.yaml");
    expect(await deployed("big")).toBe("12345678901234567890n");
    for (const flags of [[], ["--json"]]) {
      expect(await world.deployment("inspect", "big/x", ...flags)).toContain("12345678901234567890");
    }
  });

  test("of a text are the text that is written there", async () => {
    await world.deployment("build", "-n", "x", "-q", "test", "-a", "values.ts:text", "--param", "s=1.10");
    const file = readFileSync(join(world.folder, "text-deployment.yaml"), "utf8");
    expect(file).toContain("  s: '1.10'\n");
    world.write("text-deployment.yaml", file.replace("s: '1.10'", "s: 1.20"));
    await world.deployment("apply", "text-deployment.yaml");
    expect(await deployed("text")).toBe('"1.20"');
  });

  test("are printed by inspect of a run", async () => {
    const { stdout } = await world.orch(
      "deployment",
      "run",
      "any/x",
      "--params",
      '{"id": [9007199254740993, 1.0]}',
      "--json",
    );
    const { id }: { id: string } = JSON.parse(stdout);
    expect(stdout.replace(/\s+/g, "")).toContain('"id":[9007199254740993,1.0]');
    expect((await world.orch("flow-run", "inspect", id)).stdout).toContain("[9007199254740993, 1.0]");
  });

  test("are sent by Deployment.buildFromFlow", async () => {
    const { state_type } = await world.run("made/x");
    expect(state_type).toBe("COMPLETED");
    const run = await world.run("big/made");
    expect(gotIn(await logOf(run.id, /GOT /))).toBe("12345678901234567890n");
  });
});
