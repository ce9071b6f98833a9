// How a worker is started, and what is refused. On the home's own database, once, with nothing due.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
beforeEach(() => {
  terminal = testTerminal();
});
afterEach(() => terminal.close());
const orch = (...words: string[]) => terminal.orch(...words);
const worker = (...words: string[]) => orch("worker", "start", "--run-once", ...words);
const pools = async () =>
  JSON.parse((await orch("work-pool", "ls", "--json")).out).map(({ name, type }: Record<string, string>) => [
    name,
    type,
  ]);

describe("is refused", () => {
  const REFUSED: [words: string[], sentence: string][] = [
    [[], "No work pool provided! Name one with -p."],
    [["-p", "none"], "Work pool 'none' does not exist. To make it as the worker starts, say its type: --type process."],
    [["-p", "agents"], "Work pool 'agents' is of type 'prefect-agent', for agents: orch agent start -p 'agents'."],
    [["-p", "agents", "-t", "process"], "Work pool 'agents' is of type 'prefect-agent', for agents:"],
    [
      ["-p", "x", "-t", "ecs"],
      "Unable to start a worker of type 'ecs': orch has workers of type process, docker or kubernetes.",
    ],
    [["-p", "x", "-t", "process", "-n", "a/b"], "A worker cannot be named 'a/b': '/' and '%' are not allowed."],
    [["-p", "x", "-t", "process", "-l", "0"], "--limit must be a whole number of at least 1, not '0'."],
    [["-p", "x", "-t", "process", "--prefetch-seconds", "x"], "--prefetch-seconds must be a whole number"],
  ];
  for (const [words, sentence] of REFUSED) {
    test(`worker start ${words.join(" ")}`, async () => {
      await orch("work-pool", "create", "agents");
      const { code, out, err } = await worker(...words);
      expect(err).toStartWith(sentence);
      expect(out).not.toContain("started");
      expect(code).toBe(1);
      expect(await pools()).toEqual([["agents", "prefect-agent"]]);
    });
  }
});

describe("starts", () => {
  test("and makes the pool when its type is said", async () => {
    const { code, out } = await worker("--type", "process", "--pool", "mine", "--name", "w");
    expect(out).toMatch(/Created work pool 'mine'.\nWorker 'w' started! Looking for work from work pool 'mine'\.\.\./);
    expect(out).toEndWith("Worker 'w' stopped!");
    expect(code).toBe(0);
    expect(await pools()).toEqual([["mine", "process"]]);
    expect((await worker("-t", "process", "-p", "mine")).out).not.toContain("Created");
  });

  test("with the pool's type and a name of its own", async () => {
    await orch("work-pool", "create", "mine", "--type", "process");
    const { out } = await worker("-p", "mine");
    expect(out).toStartWith("Discovered worker type 'process' for work pool 'mine'.\nWorker 'ProcessWorker ");
  });

  test("and makes the queues that it is to serve", async () => {
    const { out } = await worker("-t", "process", "-p", "mine", "-q", "fast");
    expect(out).toContain("Created work queue 'fast' in work pool 'mine'.");
  });
});

test("who applies a deployment is told what to start for its pool", async () => {
  await orch("work-pool", "create", "mine", "--type", "process");
  await orch("work-pool", "create", "agents");
  for (const [pool, line] of [
    ["mine", "$ orch worker start -p 'mine'"],
    ["agents", "$ orch agent start -p 'agents'"],
  ] as const) {
    const yaml = `name: x\nflow_name: a\nwork_pool_name: ${pool}\ninfrastructure: {type: process}\nentrypoint: a.ts:a\npath: /srv\n`;
    writeFileSync(join(terminal.folder, "x.yaml"), yaml);
    expect((await orch("deployment", "apply", "x.yaml")).out).toEndWith(line);
  }
});
