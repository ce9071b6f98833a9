// How an agent is started: for which queues, and what is refused. On the home's own database, once, with nothing due.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { version } from "../../package.json";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
beforeEach(() => {
  terminal = testTerminal();
});
afterEach(() => terminal.close());
const orch = (...words: string[]) => terminal.orch(...words);
const agent = (...words: string[]) => orch("agent", "start", "--run-once", ...words);
const queueNames = async () =>
  JSON.parse((await orch("work-queue", "ls", "--json")).out).map(({ name }: { name: string }) => name);

describe("is refused", () => {
  const mixture = "Only one of `work_queues`, `match`, or `tags` can be provided.";
  const REFUSED: [words: string[], sentence: string][] = [
    [[], "No work queues provided!"],
    [["-q", "a", "-m", "b"], mixture],
    [["-m", "a", "-t", "b"], mixture],
    [["a", "-t", "b"], mixture],
    [["-t", "a", "-p", "big"], "`tag` and `pool` options cannot be used together."],
    [["-q", "a", "--limit", "0"], "--limit must be a whole number of at least 1, not '0'."],
    [["-q", "a", "--prefetch-seconds", "soon"], "--prefetch-seconds must be a whole number of at least 0, not 'soon'."],
    [["-p", "none"], "Work pool 'none' not found. Make it with 'orch work-pool create none'."],
    [["-p", "none", "-q", "a"], "Work pool 'none' not found."],
    [["00000000-0000-4000-8000-000000000000"], "No work queue named '00000000-0000-4000-8000-000000000000' found."],
  ];
  for (const [words, sentence] of REFUSED) {
    test(`agent start ${words.join(" ")}`, async () => {
      const { code, out, err } = await agent(...words);
      expect(err).toContain(sentence);
      expect(out).not.toContain("started");
      expect(code).toBe(1);
      expect(await queueNames()).toEqual([]);
    });
  }
});

describe("looks for work from", () => {
  test("queues by name, which are made", async () => {
    const { code, out } = await agent("-q", "a", "-q", "b");
    expect(out).toStartWith(`orch ${version} agent, on the database of ${terminal.home}, without a server\n`);
    expect(out).toContain("Agent started! Looking for work from work queues 'a', 'b'.");
    expect(out).toContain("Created work queue 'b'.");
    expect(out).toEndWith("Agent stopped!");
    expect(code).toBe(0);
    expect((await queueNames()).toSorted()).toEqual(["a", "b", "default"]);
  });

  test("queues by name, without the word start", async () => {
    const { out } = await orch("agent", "-q", "test", "--run-once");
    expect(out).toContain("Looking for work from work queue 'test'.");
  });

  test("queues by the beginning of their names, which are not made", async () => {
    const { out, code } = await agent("-m", "dev-", "-m", "test-");
    expect(out).toContain("Looking for work from work queues that begin with 'dev-', 'test-'.");
    expect(code).toBe(0);
    expect(await queueNames()).toEqual([]);
  });

  test("a pool, and queues in it", async () => {
    await orch("work-pool", "create", "big");
    const { out } = await agent("-p", "big", "-q", "fast");
    expect(out).toContain("Looking for work from work pool 'big'.");
    expect(out).toContain("Created work queue 'fast' in work pool 'big'.");
  });

  test("the default pool, which needs nobody to make it", async () => {
    expect((await agent("-p", "default-agent-pool")).code).toBe(0);
    expect(await queueNames()).toEqual(["default"]);
  });

  test("a legacy queue of tags, which is made, and mended when it has no filter", async () => {
    const { out, err } = await agent("-t", "b", "-t", "a");
    expect(err).toContain("Tags are deprecated");
    expect(out).toContain("Looking for work from work queue 'Agent queue a-b'.");
    const show = async () => JSON.parse((await orch("work-queue", "inspect", "Agent queue a-b", "--json")).out).filter;
    expect(await show()).toMatchObject({ tags: ["b", "a"] });
    expect((await agent("-t", "a", "-t", "b")).code).toBe(0);
    expect(await show()).toMatchObject({ tags: ["b", "a"] });
    await orch("work-queue", "create", "Agent queue c");
    await agent("-t", "c");
    expect(JSON.parse((await orch("work-queue", "inspect", "Agent queue c", "--json")).out).filter.tags).toEqual(["c"]);
  });

  test("a queue by its name alone, or by its id, in the pool that has it", async () => {
    expect((await agent("test")).out).toContain("orch agent start -q test");
    await orch("work-pool", "create", "big");
    const made = JSON.parse((await orch("work-queue", "create", "fast", "-p", "big", "--json")).out);
    expect((await agent(made.id)).out).toContain("Looking for work from work pool 'big'.");
    expect((await agent(made.id, "-q", "test")).err).toContain("start a separate agent for it");
  });
});

test("--hide-welcome leaves only what happens", async () => {
  await orch("work-queue", "create", "test");
  expect((await agent("-q", "test", "--hide-welcome")).out).toBe("Agent stopped!");
});
