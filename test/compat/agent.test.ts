// The real agent and engine run Python flows against our server: all ends a run can have.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createPrefect, type Prefect, possible, until } from "./prefect.ts";

const FLOWS = `
import time
from prefect import flow, get_run_logger, pause_flow_run, task
from prefect.tasks import task_input_hash

@task
def double(n):
    return 2 * n

@flow
def simple(name: str = "Marvin"):
    get_run_logger().info(f"hello {name}")
    return double(21)

@flow
def failing():
    raise ValueError("on purpose")

TRIES = []

@task(retries=2, retry_delay_seconds=0)
def flaky():
    TRIES.append(1)
    if len(TRIES) < 3:
        raise ValueError("not yet")
    return len(TRIES)

@flow
def retried():
    return flaky()

@task(cache_key_fn=task_input_hash, persist_result=True)
def expensive(n):
    return n + 1

@flow
def cached():
    return [expensive(1), expensive(1)]

@flow
def mapped():
    return [f.result() for f in double.map([1, 2, 3])]

@flow
def child(n: int):
    return double(n)

@flow
def parent():
    return child(4)

@flow(timeout_seconds=1)
def timed_out():
    for _ in range(100):
        time.sleep(0.1)

@flow
def endless():
    for _ in range(6000):
        time.sleep(0.1)

@flow
def paused():
    double(1)
    pause_flow_run(timeout=600, poll_interval=1)
    return double(2)

@task(tags=["narrow"])
def narrow(n):
    time.sleep(0.3)
    return n

@flow
def crowded():
    return [f.result() for f in narrow.map([1, 2])]
`;

const DEPLOY = `
import asyncio, json
import flows
from prefect.deployments import Deployment
from prefect.client.orchestration import get_client

NAMES = "simple failing retried cached mapped parent timed_out endless paused crowded".split()

async def main():
    runs = {}
    async with get_client() as client:
        await client.create_concurrency_limit("narrow", 1)
        for name in NAMES:
            deployment = await Deployment.build_from_flow(flow=getattr(flows, name), name="compat", work_queue_name="compat", tags=["t"])
            id = await deployment.apply()
            runs[name] = str((await client.create_flow_run_from_deployment(id)).id)
    print(json.dumps(runs))

asyncio.run(main())
`;

interface Run {
  id: string;
  state_type: string;
  state_name: string;
  run_count: number;
  state: { message: string | null };
}

let prefect: Prefect;
let runs: Record<string, string>;
let agent: ReturnType<Prefect["start"]>;
beforeAll(async () => {
  if (!possible) return;
  prefect = await createPrefect();
  prefect.write("flows.py", FLOWS);
  runs = JSON.parse((await prefect.python(DEPLOY)).split("\n").at(-1) ?? "");
  agent = prefect.start(["agent", "start", "-q", "compat"]);
});
afterAll(() => prefect?.close());

const read = (name: string) => prefect.call<Run>("GET", `/flow_runs/${runs[name]}`);

function reaches(name: string, ...states: string[]): Promise<Run> {
  let seen = "";
  return until(
    async () => {
      const run = await read(name);
      seen = `${run.state_name}: ${run.state.message}`;
      return states.includes(run.state_name) ? run : undefined;
    },
    () => `${name} is ${seen}\n${agent.output().slice(-3000)}`,
  );
}

const tasksOf = (name: string) =>
  prefect.call<(Run & { name: string })[]>("POST", "/task_runs/filter", {
    ...{ flow_runs: { id: { any_: [runs[name]] } }, sort: "EXPECTED_START_TIME_ASC" },
  });

describe.skipIf(!possible)("the real agent", () => {
  test("runs a flow with its task, and its logs arrive", async () => {
    await reaches("simple", "Completed");
    expect((await tasksOf("simple")).map(({ state_name }) => state_name)).toEqual(["Completed"]);
    const logs = await until(
      async () => {
        const found = await prefect.call<{ message: string }[]>("POST", "/logs/filter", {
          logs: { flow_run_id: { any_: [runs["simple"]] } },
        });
        return found.some(({ message }) => message.includes("Finished in state")) ? found : undefined;
      },
      () => "the logs",
    );
    expect(logs.map(({ message }) => message)).toContain("hello Marvin");
  });

  test("a flow that raises has failed, and says why", async () => {
    expect((await reaches("failing", "Failed")).state.message).toContain("on purpose");
  });

  test("a task is tried again", async () => {
    await reaches("retried", "Completed");
    expect((await tasksOf("retried")).map(({ run_count }) => run_count)).toEqual([3]);
  });

  test("a result is taken from the cache", async () => {
    await reaches("cached", "Completed");
    expect((await tasksOf("cached")).map(({ state_name }) => state_name).toSorted()).toEqual(["Cached", "Completed"]);
  });

  test("a task is mapped", async () => {
    await reaches("mapped", "Completed");
    expect(await tasksOf("mapped")).toHaveLength(3);
  });

  test("a subflow is a run of its own, with a stand-in among the tasks", async () => {
    await reaches("parent", "Completed");
    const [standIn] = await tasksOf("parent");
    const children = await prefect.call<Run[]>("POST", "/flow_runs/filter", {
      flow_runs: { parent_task_run_id: { any_: [standIn?.id] } },
    });
    expect(children.map(({ state_name }) => state_name)).toEqual(["Completed"]);
  });

  test("a flow that takes too long has timed out", async () => {
    expect((await reaches("timed_out", "TimedOut", "Failed")).state_type).toBe("FAILED");
  });

  test("a paused run waits, and goes on when it is resumed", async () => {
    await reaches("paused", "Paused");
    await prefect.call("POST", `/flow_runs/${runs["paused"]}/resume`);
    await reaches("paused", "Completed");
    expect(await tasksOf("paused")).toHaveLength(2);
  });

  test("a run that is cancelled is ended by the agent", async () => {
    await reaches("endless", "Running");
    const { stdout } = await prefect.sandbox.orch(["flow-run", "cancel", runs["endless"] ?? ""]);
    expect(stdout).toContain("scheduled for cancellation");
    expect((await reaches("endless", "Cancelled")).state_type).toBe("CANCELLED");
  });

  test("of a tag with one slot one task runs at a time", async () => {
    await reaches("crowded", "Completed");
    const tasks = await prefect.call<{ start_time: string; end_time: string }[]>("POST", "/task_runs/filter", {
      ...{ task_runs: { tags: { all_: ["narrow"] } }, sort: "END_TIME_DESC" },
    });
    const [second, first] = tasks;
    expect(tasks).toHaveLength(2);
    expect((second?.start_time ?? "") >= (first?.end_time ?? "x")).toBe(true);
    const limit = await prefect.call<{ active_slots: string[] }>("GET", "/concurrency_limits/tag/narrow");
    expect(limit.active_slots).toEqual([]);
  });

  test("it stops when it is told to", async () => {
    expect(await agent.stop()).toBe(0);
    expect(agent.output()).toContain("Agent stopped!");
  });
});
