// `orch deployment ls` and `delete`, on deployments made through the API.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
beforeAll(async () => {
  terminal = testTerminal();
  for (const [flow, name] of DEPLOYMENTS) {
    const yaml = `name: ${name}\nflow_name: ${flow}\ninfrastructure: {type: process}\nentrypoint: f.ts:f\npath: /srv\n`;
    writeFileSync(join(terminal.folder, "d.yaml"), yaml);
    await terminal.orch("deployment", "apply", "d.yaml");
  }
});
afterAll(() => terminal.close());

const DEPLOYMENTS = [
  ["b", "y"],
  ["a-b", "z"],
  ["a", "x"],
  ["B", "y"],
  ["a", "w"],
] as const;
const deployment = (...words: string[]) => terminal.orch("deployment", ...words);
const names = (out: string) => [...out.matchAll(/│ ([\w-]+\/\w+) +│/g)].map(([, name]) => name);
const listed = async (...words: string[]) => JSON.parse((await deployment("ls", "--json", ...words)).out);

describe("ls", () => {
  test("is sorted by the flow's name, then by its own", async () => {
    expect(names((await deployment("ls")).out)).toEqual(["B/y", "a/w", "a/x", "a-b/z", "b/y"]);
  });
  test("--by-created shows the newest first", async () => {
    expect(names((await deployment("ls", "--by-created")).out)).toEqual(["a/w", "B/y", "a/x", "a-b/z", "b/y"]);
  });
  test("--flow-name, also twice, shows those flows' only", async () => {
    expect(names((await deployment("ls", "--flow-name", "a")).out)).toEqual(["a/w", "a/x"]);
    expect(names((await deployment("ls", "--flow-name", "a", "--flow-name", "B")).out)).toEqual(["B/y", "a/w", "a/x"]);
  });
  test("of a flow without any says whose are missing", async () => {
    expect((await deployment("ls", "--flow-name", "c")).out).toBe(
      "There are no deployments of 'c'. 'orch deployment ls' lists those of all flows.",
    );
    expect(await listed("--flow-name", "c")).toEqual([]);
  });
  test("--json is in the same order", async () => {
    expect((await listed()).map(({ name }: { name: string }) => name)).toEqual(["y", "w", "x", "z", "y"]);
  });
});

describe("delete", () => {
  test("asks, and a no leaves it there", async () => {
    terminal.answer = false;
    const { code, err } = await deployment("delete", "a/w");
    terminal.answer = true;
    expect([code, err]).toEqual([1, "Deletion aborted."]);
    expect(terminal.asked).toEqual(["Delete deployment 'a/w' and its scheduled runs?"]);
    expect((await deployment("inspect", "a/w")).code).toBe(0);
  });
  test("--yes does not ask; --json prints what is gone", async () => {
    terminal.asked.length = 0;
    const { out } = await deployment("delete", "a/w", "-y", "--json");
    expect(JSON.parse(out)).toMatchObject({ name: "w" });
    expect(terminal.asked).toEqual([]);
    expect((await deployment("inspect", "a/w")).code).toBe(1);
  });
  test("by id", async () => {
    const [{ id }] = await listed("--flow-name", "a-b");
    expect((await deployment("delete", "--id", id)).out).toBe(`Deleted deployment '${id}'.`);
    expect(await listed("--flow-name", "a-b")).toEqual([]);
  });
  test("of what is not there, or is no id, is one sentence", async () => {
    const id = "01900000-0000-7000-8000-000000000000";
    expect((await deployment("delete", "--id", id)).err).toContain(`Deployment '${id}' not found!`);
    expect((await deployment("delete", "--id", "x")).err).toContain("'x' is not the id of a deployment");
    expect((await deployment("run", "--id", "x")).err).toContain("'x' is not the id of a deployment");
  });
});

describe("run", () => {
  test("--idempotency-key makes one run of two commands", async () => {
    const run = async (key: string) =>
      JSON.parse((await deployment("run", "a/x", "--json", "--idempotency-key", key)).out);
    const first = await run("k");
    expect((await run("k")).id).toBe(first.id);
    expect((await run("other")).id).not.toBe(first.id);
  });
  test("by id says which it is", async () => {
    const [{ id }] = await listed("--flow-name", "a");
    expect((await deployment("run", "--id", id)).out).toContain("Creating flow run for deployment 'a/x'...");
  });
  test("with --params - and nothing piped is refused", async () => {
    terminal.piped = "";
    const { code, err } = await deployment("run", "a/x", "--params", "-");
    terminal.piped = "{}";
    expect([code, err]).toEqual([1, "No data passed to stdin"]);
    expect((await deployment("run", "a/x", "--params", "-")).code).toBe(0);
  });
  test("says when, in the machine's time", async () => {
    expect((await deployment("run", "a/x")).out).toMatch(
      /Scheduled start time: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ \(now\)/,
    );
    expect((await deployment("run", "a/x", "--start-in", "2 hours")).out).toMatch(/ \(in 2 hours\)/);
  });
});

test("C3: where nobody can be asked, nothing is deleted without --yes", async () => {
  terminal.answer = undefined;
  const { code, err } = await terminal.orch("flow", "delete", "a");
  terminal.answer = true;
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(/^Delete flow 'a' .*\? Nothing was done, .*add --yes to do it\.$/),
  ]);
});
