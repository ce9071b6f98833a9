// The work queue commands, on the home's own database.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
beforeAll(() => {
  terminal = testTerminal();
});
afterAll(() => terminal.close());
const orch = (...words: string[]) => terminal.orch(...words);
const queue = (...words: string[]) => orch("work-queue", ...words);
const json = async (...words: string[]) => JSON.parse((await queue(...words, "--json")).out);
const printed = async (...words: string[]) => (await queue(...words)).out;
/** The first column of what `ls` shows. */
const names = async (...words: string[]) =>
  [...(await printed("ls", ...words)).matchAll(/^│ (.*?) +│/gm)].map(([, name]) => name);

test("with none there is the way to the first", async () => {
  expect(await printed("ls")).toBe("There are no work queues yet. Make one with 'orch work-queue create NAME'.");
  expect(await json("ls")).toEqual([]);
  expect((await queue("inspect", "test")).err).toBe(
    "No work queue named 'test' found. 'orch work-queue ls' lists what is there.",
  );
});

describe("create", () => {
  test("says what was made and what to do with it", async () => {
    const { code, out } = await queue("create", "test", "-l", "2");
    expect(code).toBe(0);
    expect(out.replace(/[0-9a-f-]{36}/, "ID")).toBe(`Created work queue with properties:
    name - 'test'
    work pool - 'default-agent-pool'
    id - ID
    concurrency limit - 2
Start an agent to pick up flow runs from the work queue:
    orch agent start -q 'test' -p 'default-agent-pool'

Inspect the work queue:
    orch work-queue inspect 'test'`);
    expect(await json("inspect", "test")).toMatchObject({ concurrency_limit: 2, priority: 2, is_paused: false });
  });

  test("with tags makes a legacy queue", async () => {
    const { out, err } = await queue("create", "tagged", "-t", "b", "-t", "a");
    expect(err).toContain("Tags are deprecated");
    expect(out).toContain("    tags - a, b\n");
    expect(out).not.toContain("work pool");
    expect((await json("inspect", "tagged")).filter).toMatchObject({ tags: ["b", "a"] });
  });

  test("in a pool", async () => {
    await orch("work-pool", "create", "mine");
    expect(await printed("create", "urgent", "-p", "mine")).toContain("orch work-queue inspect 'urgent' -p 'mine'");
    expect(await json("create", "slow", "--pool", "mine")).toMatchObject({ name: "slow", priority: 3 });
  });

  test("in the default pool by its name", async () => {
    expect(await json("create", "plain", "-p", "default-agent-pool")).toMatchObject({ name: "plain" });
  });

  const REFUSED: [words: string[], sentence: string][] = [
    [["test"], "Work queue with name: 'test' already exists."],
    [["urgent", "-p", "mine"], "Work queue with name: 'urgent' already exists."],
    [["x", "-p", "none"], "Work pool with name: 'none' not found. 'orch work-pool ls' lists what is there."],
    [["x", "-p", "mine", "-t", "a"], "Work queues created with tags cannot specify work pools or set priorities."],
    [["x", "-l", "many"], "--limit must be a whole number of at least 0, not 'many'."],
    [["a/b"], "name"],
  ];
  for (const [words, sentence] of REFUSED) {
    test(`${words.join(" ")} is refused`, async () => {
      const before = (await json("ls")).length;
      const { code, err } = await queue("create", ...words);
      expect(err).toContain(sentence);
      expect(code).toBe(1);
      expect((await json("ls")).length).toBe(before);
    });
  }
});

describe("inspect", () => {
  test("C21: shows a queue in words, without what is empty", async () => {
    const { id, work_pool_id } = await json("inspect", "tagged");
    const out = await printed("inspect", "tagged");
    expect(out.replace(/(?:now|\d+ seconds? ago) \(.*\)/g, "TIME")).toBe(
      `Work queue 'tagged'

ID:            ${id}
Created:       TIME
Updated:       TIME
Paused:        no
Priority:      3
Work pool ID:  ${work_pool_id}
Filter:        tags: ["b", "a"]`,
    );
  });

  test("takes an id for a name", async () => {
    const { id } = await json("inspect", "urgent", "-p", "mine");
    expect(await json("inspect", id)).toMatchObject({ name: "urgent" });
  });

  const MISSING: [words: string[], sentence: string][] = [
    [[], "Provide a work queue name."],
    [["urgent"], "No work queue named 'urgent' found. There is one in work pool 'mine': add -p 'mine'."],
    [["none", "-p", "mine"], "No work queue named 'none' found in work pool 'mine'."],
    [["test", "-p", "none"], "Work pool with name: 'none' not found."],
    [["00000000-0000-4000-8000-000000000000"], "No work queue named '00000000-0000-4000-8000-000000000000' found."],
  ];
  for (const [words, sentence] of MISSING) {
    test(`${words.join(" ") || "nothing"} is not found`, async () => {
      const { code, err } = await queue("inspect", ...words);
      expect(err).toContain(sentence);
      expect(code).toBe(1);
    });
  }
});

describe("ls", () => {
  test("lists all queues, the newest first, by the plural too", async () => {
    expect(await names()).toEqual(["plain", "slow", "urgent", "default", "tagged", "test", "default"]);
    expect((await orch("work-queues", "ls")).out).toContain("Work Queues");
  });

  test("with a prefix lists those", async () => {
    expect(await names("-m", "t")).toEqual(["tagged", "test"]);
    expect(await printed("ls", "-m", "dev-")).toContain("There are no work queues whose name begins with 'dev-'");
  });

  test("of a pool shows priorities, and descriptions when asked", async () => {
    const out = await printed("ls", "-p", "mine", "-v");
    expect(out).toContain("Work Queues in Work Pool 'mine'");
    expect(out).toMatch(/│ slow +│ 3 +│ none +│ +│/);
    expect(out).toContain("The work pool's default queue.");
    expect(await names("-p", "mine", "-m", "u")).toEqual(["urgent"]);
    expect((await queue("ls", "-p", "none")).err).toContain("Work pool with name: 'none' not found.");
  });

  test("--verbose shows legacy filters", async () => {
    expect(await printed("ls", "-v")).toMatch(/┃ Filter/);
    expect(await json("ls", "-m", "tagged")).toMatchObject([{ filter: { tags: ["b", "a"] } }]);
  });

  test("marks paused queues, and says what the mark means", async () => {
    await queue("pause", "test");
    const out = await printed("ls", "-m", "test");
    expect(out).toMatch(/│ test \(\*\*\) │ default-agent-pool │ [0-9a-f-]{36} │ 2 +│/);
    expect(out).toEndWith("(**) denotes a paused queue");
    await queue("resume", "test");
    expect(await printed("ls", "-m", "test")).not.toContain("test (**)");
  });
});

describe("a change", () => {
  const CHANGES: [words: string[], said: string, field: string, value: unknown][] = [
    [["pause", "test"], "Work queue 'test' paused", "is_paused", true],
    [["resume", "test"], "Work queue 'test' resumed", "is_paused", false],
    [["pause", "slow", "-p", "mine"], "Work queue 'slow' in work pool 'mine' paused", "is_paused", true],
    [["set-concurrency-limit", "test", "5"], "Concurrency limit of 5 set on work queue 'test'", "concurrency_limit", 5],
    [
      ["set-concurrency-limit", "slow", "0", "-p", "mine"],
      "Concurrency limit of 0 set on work queue 'slow' in work pool 'mine'",
      "concurrency_limit",
      0,
    ],
    [["clear-concurrency-limit", "test"], "Concurrency limits removed on work queue 'test'", "concurrency_limit", null],
  ];
  for (const [words, said, field, value] of CHANGES) {
    test(`${words.join(" ")} is made and said`, async () => {
      expect((await queue(...words)).out).toBe(said);
      const where = words.slice(1).filter((word) => !/^\d+$/.test(word));
      expect((await json("inspect", ...where))[field]).toBe(value);
      expect((await json(...words))[field]).toBe(value);
    });
  }

  const REFUSED: [words: string[], code: number, sentence: string][] = [
    [["pause"], 2, "Missing argument 'NAME'."],
    [["pause", "none"], 1, "No work queue named 'none' found."],
    [["set-concurrency-limit", "test"], 2, "Missing argument 'LIMIT'."],
    [["set-concurrency-limit", "test", "x"], 1, "LIMIT must be a whole number of at least 0, not 'x'."],
    [["clear-concurrency-limit", "test", "5"], 2, "Got unexpected argument '5'."],
  ];
  for (const [words, code, sentence] of REFUSED) {
    test(`${words.join(" ")} is refused`, async () => {
      const ran = await queue(...words);
      expect(ran.err).toContain(sentence);
      expect(ran.code).toBe(code);
    });
  }
});

describe("delete", () => {
  test("asks first, and a no leaves everything as it is", async () => {
    terminal.answer = false;
    const { code, err } = await queue("delete", "slow", "-p", "mine");
    terminal.answer = true;
    expect(terminal.asked.splice(0)).toEqual(["Delete work queue 'slow' in work pool 'mine'?"]);
    expect([code, err]).toEqual([1, "Deletion aborted."]);
    expect(await names("-p", "mine")).toContain("slow (**)");
  });

  test("with --yes does not ask", async () => {
    expect((await queue("delete", "slow", "-p", "mine", "-y")).out).toBe(
      "Successfully deleted work queue 'slow' in work pool 'mine'",
    );
    expect((await queue("delete", "plain", "--yes")).out).toBe("Successfully deleted work queue 'plain'");
    expect(terminal.asked).toEqual([]);
    expect(await names("-p", "mine")).toEqual(["urgent", "default"]);
  });

  test("of a pool's default queue is refused", async () => {
    const { code, err } = await queue("delete", "default", "-p", "mine", "-y");
    expect(err).toBe("The default queue of work pool 'mine' cannot be deleted.");
    expect(code).toBe(1);
  });
});
