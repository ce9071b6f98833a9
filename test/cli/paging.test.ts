// Lists go on beyond the API's pages of 200: each has every row once, in its order.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { BLOCK_TYPES } from "#blocks/registry.ts";
import { openApi } from "#cli/api.ts";
import { registered } from "#project/deployments/block-types.ts";
import { loadSettings } from "#settings/load.ts";
import { createArtifact } from "#wire/artifacts.ts";
import { createBlockDocument } from "#wire/blocks.ts";
import { createDeployment } from "#wire/deployments/deployments.ts";
import { createFlow } from "#wire/deployments/flows.ts";
import { createConcurrencyLimit } from "#wire/pools/concurrency-limits.ts";
import { createWorkPool } from "#wire/pools/work-pools.ts";
import { createWorkQueue } from "#wire/pools/work-queues.ts";
import { createFlowRun } from "#wire/runs/flow-runs.ts";
import { createLogs } from "#wire/runs/logs.ts";
import { createTaskRun } from "#wire/runs/task-runs.ts";
import { createVariable } from "#wire/variables.ts";
import { type TestTerminal, testTerminal } from "./io.ts";

const MANY = 405;
const names = Array.from({ length: MANY }, (_, index) => `n${String(index).padStart(3, "0")}`);

let terminal: TestTerminal;
let run: string;
let task: string;
beforeAll(async () => {
  terminal = testTerminal();
  const { client, close } = await openApi(loadSettings({ ORCH_HOME: terminal.home, HOME: terminal.folder }).settings);
  const secret = BLOCK_TYPES.find(({ slug }) => slug === "secret");
  if (!secret) throw new Error("secret is a type of orch");
  const ids = await registered(client, secret);
  const first = await client.call(createFlow, { body: { name: "first" } });
  run = (await client.call(createFlowRun, { body: { flow_id: first.id } })).id;
  const inRun = { flow_run_id: run, task_key: "t" };
  task = (await client.call(createTaskRun, { body: { ...inRun, dynamic_key: "first" } })).id;
  await client.call(createWorkPool, { body: { name: "first" } });
  // Together they are written together.
  await Promise.all(
    names.map(async (name, index) => {
      await client.call(createFlow, { body: { name } });
      await client.call(createDeployment, { body: { name, flow_id: first.id } });
      await client.call(createFlowRun, { body: { flow_id: first.id, name } });
      await client.call(createTaskRun, { body: { ...inRun, dynamic_key: name, name } });
      await client.call(createWorkPool, { body: { name } });
      await client.call(createWorkQueue, { body: { name } });
      await client.call(createVariable, { body: { name, value: "x" } });
      await client.call(createArtifact, { body: { key: name } });
      await client.call(createConcurrencyLimit, { body: { tag: name, concurrency_limit: 1 } });
      await client.call(createBlockDocument, { body: { ...ids, name, data: { value: "x" } } });
      const timestamp = new Date(Date.UTC(2026, 10, 23) + index * 1000).toISOString();
      const line = { name: "l", level: 20, message: name, timestamp, flow_run_id: run, task_run_id: task };
      await client.call(createLogs, { body: [line] });
    }),
  );
  await close();
}, 60_000);
afterAll(() => terminal.close());

const LISTS: [words: string[], field: string][] = [
  [["flow", "ls", "--limit", "999"], "name"],
  [["flow-run", "ls", "--limit", "999"], "name"],
  [["task-run", "ls", "--limit", "999"], "name"],
  [["deployment", "ls"], "name"],
  [["work-pool", "ls"], "name"],
  [["work-queue", "ls"], "name"],
  [["variable", "ls", "--limit", "999"], "name"],
  [["artifact", "ls", "--limit", "999"], "key"],
  [["artifact", "ls", "--all", "--limit", "999"], "key"],
  [["concurrency-limit", "ls", "--limit", "999"], "tag"],
  [["block", "ls"], "name"],
];
for (const [words, field] of LISTS) {
  test(`${words.join(" ")} has all ${MANY}`, async () => {
    const { out, code } = await terminal.orch(...words, "--json");
    expect(code).toBe(0);
    const found = JSON.parse(out)
      .map((row: Record<string, string>) => row[field])
      .filter((name: string) => /^n\d{3}$/.test(name));
    expect(found.toSorted()).toEqual(names);
    const shown = (await terminal.orch(...words)).out.match(/│ (?:first\/)?n\d{3}\b| n\d{3} +│/g);
    expect(new Set(shown).size).toBeGreaterThan(200);
  });
}

test("a limit between two pages is kept", async () => {
  expect(JSON.parse((await terminal.orch("flow", "ls", "--limit", "203", "--json")).out)).toHaveLength(203);
});

for (const [group, id] of [
  ["flow-run", () => run],
  ["task-run", () => task],
] as const) {
  test(`${group} logs has all lines, in their order`, async () => {
    const { out } = await terminal.orch(group, "logs", id());
    expect(out.split("\n").map((line) => line.slice(-4))).toEqual(names);
    const reverse = (await terminal.orch(group, "logs", id(), "--reverse")).out.split("\n");
    expect(reverse.map((line) => line.slice(-4))).toEqual(names.toReversed());
  });
}
