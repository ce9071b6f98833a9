// The log of a run and what it returned, on the compiled executable: the order of the calls, errors as users know them, no
// trace of orch itself.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "#wire/runs/logs.ts";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const FLOWS = `import { readFile } from "node:fs/promises";
import { flow, getRunLogger, task } from "orch";

const count = task(async function count(name: string) {
  for (let n = 0; n < 300; n += 1) {
    console.log("call", name, n);
    if (n % 50 === 0) await Promise.resolve();
  }
});
const counts = flow(async function counts(name: string) { await count.map([name + 1, name + 2]); });
export const order = flow(async function order() {
  for (let n = 0; n < 40; n += 1) console.log("call", "first", n);
  await Promise.all([counts("a"), counts("b"), count("c")]);
}, { logPrints: true });

class DbError extends Error { code = "23505"; detail = "Key exists"; }
const insert = task(async function insert() { throw new DbError("duplicate", { cause: new TypeError("inner") }); });
export const errors = flow(async function errors() {
  try { await insert(); } catch (error) {
    console.error("failed:", error);
    getRunLogger().error({ error });
    console.error(error.stack);
  }
  await readFile("/no/such/file").catch((error) => console.error(error));
  console.table([{ a: 1 }]);
  console.trace("here");
}, { logPrints: true });

export const returns = flow(async function returns() { return { sum: 42, text: "\\u001b[31m\\u202e" }; });
export const many = flow(async function many() { return Array.from({ length: 2000 }, (_, n) => n); });
export const nothing = flow(async function nothing() {});
`;

beforeAll(() => writeFileSync(join(sandbox.folder, "flows.ts"), FLOWS));

const run = (name: string, ...options: string[]) => sandbox.orch(["flow", "run", `flows.ts:${name}`, ...options]);

/** The log of the newest run of the flow, its tasks' lines among its own. */
async function logOf(name: string): Promise<Log[]> {
  const runs = JSON.parse((await sandbox.orch(["flow-run", "ls", "--flow-name", name, "--json"])).stdout);
  return JSON.parse((await sandbox.orch(["flow-run", "logs", runs[0].id, "--json"])).stdout);
}

test("T23: a log has the order of the calls, whatever runs side by side", async () => {
  const { code, stdout } = await run("order");
  expect(code).toBe(0);
  const printed = [...stdout.matchAll(/ - (call .*)/g)].map(([, call]) => call);
  expect(printed).toHaveLength(40 + 5 * 300);
  const runs: { id: string }[] = JSON.parse((await sandbox.orch(["flow-run", "ls", "--json"])).stdout);
  const logs: Log[] = [];
  for (const { id } of runs) logs.push(...JSON.parse((await sandbox.orch(["flow-run", "logs", id, "--json"])).stdout));
  const times = logs.map(({ timestamp }) => timestamp);
  expect(new Set(times).size).toBe(times.length);
  const called = logs.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1)).map(({ message }) => message);
  expect(called.filter((message) => message.startsWith("call "))).toEqual(printed as string[]);
});

describe("T29: errors in a log", () => {
  const DESCRIBED = `DbError: duplicate
    at insert (flows.ts:17:57)
    code: "23505"
    detail: "Key exists"
Caused by: TypeError: inner
    at insert (flows.ts:17:91)`;
  let messages: string[];
  beforeAll(async () => {
    await run("errors");
    messages = (await logOf("errors")).map(({ message }) => message);
  });

  test("have message, places, properties and causes", () => {
    expect(messages).toContain(`failed: ${DESCRIBED}`);
    expect(messages).toContain(`{\n  error: ${DESCRIBED.replaceAll("\n", "\n  ")}\n}`);
    expect(messages).toContain("Error: duplicate\n    at insert (flows.ts:17:57)");
    expect(messages.find((message) => message.startsWith("Error: ENOENT"))).toMatch(
      /^Error: ENOENT: .*\n {4}at async errors \(flows\.ts:24:35\)\n {4}code: "ENOENT"/,
    );
  });

  test("and traces show no place of orch", () => {
    expect(messages).toContain("Trace: here\n    at errors (flows.ts:26:11)");
    expect(messages.join("\n")).not.toMatch(/bunfs|src\/|node:internal|native:/);
  });
});

describe("T32: what a flow returned", () => {
  test("is shown by flow run, safe for a terminal, and whole with --json", async () => {
    const shown = await run("returns");
    expect(shown.stdout).toEndWith('\nReturned {"sum":42,"text":"\\u001b[31m\\u202e"}\n');
    expect(JSON.parse((await run("returns", "--json")).stdout)).toMatchObject({
      result: { sum: 42, text: "\u001b[31m\u202e" },
    });
  });

  test("is shortened where it is long", async () => {
    expect((await run("many")).stdout).toMatch(/\nReturned \[0,1,2,.*… \(\d+ characters\)\n$/);
    expect(JSON.parse((await run("many", "--json")).stdout).result).toHaveLength(2_000);
  });

  test("is not mentioned where it is nothing", async () => {
    expect((await run("nothing")).stdout).not.toContain("Returned");
    expect(JSON.parse((await run("nothing", "--json")).stdout)).not.toHaveProperty("result");
  });
});
