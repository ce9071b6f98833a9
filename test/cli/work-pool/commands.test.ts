// The work pool commands, on the home's own database.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
beforeAll(() => {
  terminal = testTerminal();
});
afterAll(() => terminal.close());
const pool = (...words: string[]) => terminal.orch("work-pool", ...words);
const json = async (...words: string[]) => JSON.parse((await pool(...words, "--json")).out);

test("with none there is the way to the first", async () => {
  expect((await pool("ls")).out).toBe("There are no work pools yet. Make one with 'orch work-pool create NAME'.");
  expect((await pool("ls", "--json")).out).toBe("[]");
});

describe("create", () => {
  test("makes a pool with its default queue", async () => {
    expect((await pool("create", "plain")).out).toBe("Created work pool 'plain'.");
    expect(await json("inspect", "plain")).toMatchObject({ type: "prefect-agent", base_job_template: {} });
    expect((await terminal.orch("work-queue", "ls", "-p", "plain")).out).toContain("default");
  });

  test("of type process comes with what its jobs take; --paused makes it paused", async () => {
    const made = await json("create", "mine", "-t", "process", "--paused");
    expect(made).toMatchObject({ type: "process", is_paused: true });
    const { job_configuration, variables } = made.base_job_template;
    expect(Object.keys(job_configuration)).toEqual([
      "command",
      "env",
      "labels",
      "name",
      "stream_output",
      "working_dir",
    ]);
    expect(Object.keys(variables.properties).toSorted()).toEqual(Object.keys(job_configuration));
    expect(variables.properties.stream_output.default).toBe(true);
  });

  const REFUSED: [words: string[], sentence: string][] = [
    [
      ["x", "-t", "bogus"],
      "Unknown work pool type 'bogus'. Please choose from prefect-agent, process, docker, kubernetes.",
    ],
    [["x", "-t", "constructor"], "Unknown work pool type 'constructor'."],
    [["plain"], "Work pool plain already exists. Please choose a different name."],
    [["prefect-x"], "Work pools starting with 'Prefect' are reserved for internal use."],
  ];
  for (const [words, sentence] of REFUSED) {
    test(`${words.join(" ")} is refused`, async () => {
      const { code, err } = await pool("create", ...words);
      expect(err).toContain(sentence);
      expect(code).toBe(1);
      expect(await json("ls")).toHaveLength(2);
    });
  }
});

describe("ls", () => {
  test("lists pools, the newest first, and marks what is paused", async () => {
    const { out } = await pool("ls");
    expect(out).toMatch(/│ mine \(\*\*\) │ process +│ [0-9a-f-]{36} │ none +│\n│ plain +│ prefect-agent │/);
    expect(out).toEndWith("(**) denotes a paused pool");
    expect((await terminal.orch("work-pools", "ls")).out).toBe(out);
  });

  test("--verbose shows the templates", async () => {
    expect((await pool("ls", "-v")).out).toMatch(/Base Job/);
  });
});

test("C21: inspect shows a pool in words", async () => {
  const { id, default_queue_id } = await json("inspect", "plain");
  expect(
    (await pool("inspect", "plain")).out.replace(/(?:now|\d+ seconds? ago) \(.*\)/g, "TIME"),
  ).toBe(`Work pool 'plain'

ID:                ${id}
Created:           TIME
Updated:           TIME
Type:              prefect-agent
Paused:            no
Default queue ID:  ${default_queue_id}`);
});

describe("a change", () => {
  const CHANGES: [words: string[], said: string, change: object][] = [
    [["pause", "plain"], "Paused work pool 'plain'", { is_paused: true }],
    [["resume", "plain"], "Resumed work pool 'plain'", { is_paused: false }],
    [
      ["set-concurrency-limit", "plain", "3"],
      "Set concurrency limit for work pool 'plain' to 3",
      { concurrency_limit: 3 },
    ],
    [
      ["clear-concurrency-limit", "plain"],
      "Cleared concurrency limit for work pool 'plain'",
      { concurrency_limit: null },
    ],
  ];
  for (const [words, said, change] of CHANGES) {
    test(`${words.join(" ")} is made and said`, async () => {
      expect((await pool(...words)).out).toBe(said);
      expect(await json("inspect", "plain")).toMatchObject(change);
      expect(await json(...words)).toMatchObject(change);
    });
  }

  const MISSING = [
    ["inspect"],
    ["pause"],
    ["resume"],
    ["set-concurrency-limit", "1"],
    ["clear-concurrency-limit"],
    ["preview"],
    ["delete"],
  ];
  for (const [name = "", ...more] of MISSING) {
    test(`${name} of a pool that is not there says so`, async () => {
      const { code, err } = await pool(name, "none", ...more);
      expect(err).toBe("Work pool with name: 'none' not found. 'orch work-pool ls' lists what is there.");
      expect(code).toBe(1);
    });
  }
});

test("delete asks first; a no leaves the pool, a yes takes it away with its queues", async () => {
  terminal.answer = false;
  expect((await pool("delete", "mine")).err).toBe("Deletion aborted.");
  expect(terminal.asked).toEqual(["Delete work pool 'mine' and its queues?"]);
  terminal.answer = true;
  expect((await pool("delete", "mine")).out).toBe("Deleted work pool 'mine'");
  expect((await pool("inspect", "mine")).code).toBe(1);
  expect(await json("delete", "plain", "-y")).toMatchObject({ name: "plain" });
  expect(terminal.asked).toHaveLength(2);
});
