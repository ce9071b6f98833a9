import { expect, test } from "bun:test";
import type { RunningAgentOptions } from "#cli/agent/running-agent.ts";
import { type AgentsOptions, createAgents } from "#cli/dev/agents.ts";
import { spec } from "./spec.ts";

function setup() {
  const started: Pick<RunningAgentOptions, "queues" | "pool">[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const agents = createAgents({} as AgentsOptions, (options) => {
    started.push({ queues: options.queues, pool: options.pool });
    const end = Promise.withResolvers<void>();
    ends.push(end);
    return end.promise;
  }); // the options are only handed on
  const serve = (work_queue_name: string | null, work_pool_name: string | null = null) =>
    agents.serve(spec({ work_queue_name, work_pool_name }));
  return { agents, started, ends, serve };
}

test("each queue of each pool has one agent; the usual pool has two names", () => {
  const { started, serve } = setup();
  serve("test");
  serve("test");
  serve("test", "default-agent-pool");
  serve("test", "gpu");
  serve("other");
  expect(started).toEqual([
    { queues: ["test"], pool: null },
    { queues: ["test"], pool: "gpu" },
    { queues: ["other"], pool: null },
  ]);
});

test("they have ended when all have", async () => {
  const { agents, ends, serve } = setup();
  serve("a");
  serve("b");
  let over = false;
  const ended = agents.ended().then(() => {
    over = true;
  });
  ends[0]?.resolve();
  await Promise.resolve();
  expect(over).toBe(false);
  ends[1]?.resolve();
  await ended;
  expect(over).toBe(true);
});

test("one that gives up is heard of, with its reason", async () => {
  const { agents, ends, serve } = setup();
  serve("a");
  ends[0]?.reject(new Error("no such pool"));
  await agents.failed;
  await expect(agents.ended()).rejects.toThrow("no such pool");
});
