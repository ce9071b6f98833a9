// `orch flow run` in this process, on the home's own database.
import { afterEach, beforeEach, describe, expect, type Mock, spyOn, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
let warn: Mock<typeof console.warn>;
beforeEach(() => {
  warn = spyOn(console, "warn").mockImplementation(() => {});
  terminal = testTerminal();
  mkdirSync(join(terminal.folder, "flows"));
  writeFileSync(join(terminal.folder, "flows/a.ts"), FLOWS);
});
afterEach(() => {
  warn.mockRestore();
  terminal.close();
});

const FLOWS = `import { flow, getRunLogger, task } from "orch";
const greet = task(async (name: string) => getRunLogger().info("hi " + name), { name: "greet" });
export const sayHi = flow(async function sayHi(name: string = "Marvin", times: number = 1) {
  for (let turn = 0; turn < times; turn += 1) await greet(name);
});
export const arrow = flow(async ({ day, note }: { day: Date; note?: string }) => getRunLogger().info(day.getUTCFullYear(), note));
export const boom = flow(async function boom() { throw new Error("out of paint"); });
export const lax = flow(async function lax(n: number) { getRunLogger().info(typeof n); }, { validateParameters: false });
await sayHi("nobody");
`;

const run = (flow: string, ...words: string[]) => terminal.orch("flow", "run", `flows/a.ts:${flow}`, ...words);

async function runs(): Promise<{ parameters: object; state_type: string; flow_version: string }[]> {
  return JSON.parse((await terminal.orch("flow-run", "ls", "--json")).out);
}

test("runs the flow and its tasks, with the log on the terminal and on the API", async () => {
  const { code, out, err } = await run("sayHi", "--param", "name=Ada");
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/\| INFO {4}\| Flow run '[a-z-]+' - Created flow run '[a-z-]+' for flow 'say-hi'/);
  expect(out).toContain("- hi Ada");
  expect(out).not.toContain("nobody"); // the call at the bottom of the file
  expect(warn.mock.calls.join()).toContain("import.meta.main");
  expect(out).toContain("Finished in state Completed(");
  expect(await runs()).toMatchObject([{ state_type: "COMPLETED", parameters: { name: "Ada" }, deployment_id: null }]);
});

test("--json prints the run alone; its log goes to standard error", async () => {
  const { code, out, err } = await run("sayHi", "--json", "--params", '{"name": "Bo", "times": "2"}');
  expect(JSON.parse(out)).toMatchObject({ state_type: "COMPLETED", parameters: { name: "Bo", times: 2 } });
  expect(err.match(/hi Bo/g)).toHaveLength(2);
  expect(code).toBe(0);
});

test("parameters come from standard input, and one given alone wins", async () => {
  const { out, err } = await run("sayHi", "--params", "-", "-p", "name=Cy");
  expect(out).toContain("hi Cy");
  expect(err).toContain("--param wins: name");
});

test("values are coerced by the signature; a flow of a pattern is recorded by its names", async () => {
  const { code, out } = await run("arrow", "-p", "day=2026-11-23");
  expect([code, out]).toEqual([0, expect.stringContaining("- 2026")]);
  const [only] = await runs();
  expect(only?.parameters).toEqual({ day: "2026-11-23T00:00:00.000Z" });
  expect(only?.flow_version).toMatch(/^[0-9a-f]{32}$/);
});

test("validateParameters: false hands values on as they are", async () => {
  expect((await run("lax", "-p", 'n="7"')).out).toContain("- string");
});

test("a failed flow exits 1 and is FAILED on the API", async () => {
  const { code, out } = await run("boom");
  expect([code, out]).toEqual([1, expect.stringContaining("out of paint")]);
  expect(await runs()).toMatchObject([{ state_type: "FAILED" }]);
});

describe("nothing is recorded when", () => {
  const REFUSED: [what: string, words: string[], sentence: string][] = [
    ["a parameter is unknown", ["sayHi", "-p", "nam=x"], "'nam'"],
    ["a value is of the wrong type", ["sayHi", "-p", "times=many"], "parameter 'times': must be a number"],
    ["a parameter is missing", ["arrow"], "missing required parameter 'day'"],
    ["the flow is not there", ["sayHo"], "The flows in it are: arrow, boom, lax, sayHi."],
    ["--params is no object", ["sayHi", "--params", "[]"], "must be an object"],
  ];
  for (const [what, [flow = "", ...words], sentence] of REFUSED) {
    test(what, async () => {
      const { code, out, err } = await run(flow, ...words);
      expect([code, out, err]).toEqual([1, "", expect.stringContaining(sentence)]);
      expect(await runs()).toEqual([]);
    });
  }

  test("the entrypoint names no flow, or no file", async () => {
    expect((await terminal.orch("flow", "run", "flows/a.ts")).err).toContain(
      "has 4 flows: arrow, boom, lax, sayHi. Name one, as ",
    );
    expect((await terminal.orch("flow", "run", "flows/none.ts:a")).err).toContain("There is no file");
    expect(await runs()).toEqual([]);
  });
});

test("a server that is set and does not answer is said at once", async () => {
  const other = testTerminal({ ORCH_API_URL: "http://127.0.0.1:1/api" });
  mkdirSync(join(other.folder, "flows"));
  writeFileSync(join(other.folder, "flows/a.ts"), FLOWS);
  const { code, err } = await other.orch("flow", "run", "flows/a.ts:sayHi");
  expect([code, err]).toEqual([1, expect.stringContaining("No server is answering at http://127.0.0.1:1/api")]);
  other.close();
});
