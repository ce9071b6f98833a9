// Python flows run by the built-in engine: python3 and the executable, nothing else.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pythonHere } from "./python-here.ts";
import { createSandbox, type Sandbox } from "./sandbox.ts";

const python = pythonHere();

const FLOWS = `import os, signal, sys, time
from datetime import date, timedelta
from pathlib import Path
from typing import List, Optional
from prefect import allow_failure, flow, get_run_logger, pause_flow_run, task, unmapped
from prefect.artifacts import create_markdown_artifact
from prefect.blocks.system import Secret, String
from prefect.deployments import Deployment, run_deployment
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.tasks import task_input_hash
from prefect import variables
from helper import word

calls = []

@task(retries=2)
def flaky():
    calls.append(1)
    if len(calls) < 3:
        raise ValueError("again")
    return len(calls)

@task
def add(a, b=1):
    get_run_logger().info("adding")
    return a + b

@task(cache_key_fn=task_input_hash, cache_expiration=timedelta(minutes=5))
def cached(n):
    return {"n": n, "at": time.time()}

@task
def bad():
    raise RuntimeError("bad")

@flow
def inner(n: int):
    return add(n)

@flow(name="Whole", log_prints=True, flow_run_name="whole-{n}")
def whole(n: int, names: List[str], day: date, where: Path = Path("a"), maybe: Optional[int] = None):
    print("given", repr([n, names, day, where, maybe]))
    print("from", word, flow_run.name, flow_run.parameters["n"])
    print("flaky", flaky())
    first = add.submit(1)
    second = add.submit(first, wait_for=[first])
    print("many", [future.result() for future in add.map([1, 2], b=unmapped(10))], second.result())
    print("cached", cached(1) == cached(1))
    state = bad(return_state=True)
    print("state", state.name, repr(state.result(raise_on_failure=False)))
    print("inner", inner(4))
    Secret(value="key").save("mine", overwrite=True)
    print("secret", Secret.load("mine").get(), variables.get("none", default="nothing"))
    create_markdown_artifact("# hi", key="report")
    print("deployed", run_deployment("inner/x", parameters={"n": 1}, timeout=0).state.name)
    return "done"

@flow
def fails():
    def deeper():
        return {}["key"]
    return deeper()

@flow
def children():
    add(1)
    bad.submit()

@flow
def exits():
    sys.exit(3)

@flow
def dies():
    os.kill(os.getpid(), signal.SIGKILL)

@flow(retries=1)
def again():
    calls.append(1)
    if len(calls) < 2:
        raise ValueError("once")

@flow(timeout_seconds=0.2)
def late():
    while True:
        time.sleep(0.01)

@flow
async def asynchronous():
    import asyncio
    @task
    async def wait(n):
        await asyncio.sleep(0.01)
        return n
    futures = [await wait.submit(n) for n in range(3)]
    return sum([await future.result() for future in futures]) + sum(await asyncio.gather(wait(1), wait(2)))

@flow
async def submits():
    import asyncio
    @task
    async def wait(n):
        await asyncio.sleep(0.05)
    await wait.submit(1)
    await wait.map([1, 2])

@flow(timeout_seconds=0.2)
async def sleeps():
    import asyncio
    await asyncio.sleep(600)

@task(retries=1, retry_delay_seconds=0.2)
def second(n):
    calls.append(n)
    if calls.count(n) < 2:
        raise ValueError("once")
    return n + 1

@flow(task_runner=ThreadPoolTaskRunner(max_workers=1))
def chained():
    future = add.submit(0)
    last = [add.submit(future) for _ in range(3)]
    for _ in range(5):
        future = add.submit(future)
    retried = [second.submit(future), second.submit(1)]
    return [each.result() for each in last + retried]

@flow
def threadless():
    import threading
    def refused(thread):
        raise RuntimeError("can't start new thread")
    start, threading.Thread.start = threading.Thread.start, refused
    try:
        add.submit(1)
    finally:
        threading.Thread.start = start

@flow
async def blocks_loop():
    import asyncio
    @task(name="waited")
    async def wait(n):
        await asyncio.sleep(0.05)
        return n
    add(await wait.submit(1))

@flow
async def blocks_by_thread():
    import asyncio
    @task(name="far")
    async def wait(n):
        await asyncio.sleep(0.05)
        return n
    add.submit(await wait.submit(1)).result()

@flow(timeout_seconds=2)
def waits_in_task():
    @task
    def forever():
        while True:
            time.sleep(0.01)
    forever()

@flow(timeout_seconds=0.2)
def blocks():
    time.sleep(600)

@flow(log_prints=True)
def task_blocks():
    @task(timeout_seconds=0.2)
    def blocked():
        time.sleep(600)
    print("tasks", [blocked(return_state=True).name, blocked.submit().wait().name])
`;
const LONG = `import time
from prefect import flow, get_run_logger, pause_flow_run, task

@task(persist_result=True)
def before():
    get_run_logger().info("ran before")
    return "kept"

@flow
def slow():
    get_run_logger().info("begun")
    try:
        while True:
            time.sleep(0.05)
    finally:
        get_run_logger().info("cleaned up")

@flow
async def awaits():
    import asyncio
    get_run_logger().info("begun to wait")
    try:
        await asyncio.sleep(600)
    finally:
        get_run_logger().info("cleaned up")

@flow
def paused():
    value = before()
    pause_flow_run(reschedule=True, timeout=600)
    get_run_logger().info("resumed with %s", value)
`;
const FAR =
  "from prefect import flow\nfrom prefect_snowflake import SnowflakeConnector\n\n@flow\ndef far():\n    pass\n";

const JSON_BODY = { "content-type": "application/json" };

/** Flows of tasks that wait, for others or for their turn: these hang, or are cancelled, where that is not seen to. */
const WAITING = [
  "submits",
  "sleeps",
  "chained",
  "waits-in-task",
  "threadless",
  "blocks-loop",
  "blocks-by-thread",
  "blocks",
  "task-blocks",
];

interface Ended {
  name: string;
  state: { type: string; name: string; message: string | null };
  logs: string[];
}

describe.skipIf(!python)("python 4: by the built-in engine, a flow", () => {
  let sandbox: Sandbox;
  let url = "";
  const env = { ORCH_PYTHON: python ?? "", ORCH_PYTHON_ENGINE: "built-in" };
  const ended = new Map<string, Ended>();

  beforeAll(async () => {
    sandbox = createSandbox();
    mkdirSync(join(sandbox.folder, "flows"));
    writeFileSync(join(sandbox.folder, "flows/all.py"), FLOWS);
    writeFileSync(join(sandbox.folder, "flows/helper.py"), "word = 'helped'\n");
    writeFileSync(join(sandbox.folder, "flows/far.py"), FAR);
    writeFileSync(join(sandbox.folder, "flows/long.py"), LONG);
    const server = sandbox.start(["server", "start", "--port", "0"]);
    url = (await server.until(/running at (http:\S+?),/))[1] ?? "";
    const all = { ...env, ORCH_API_URL: `${url}/api` };
    const flows: [string, string, string[]][] = [
      ["inner", "all", ["n=1"]],
      ["Whole", "all", ['n="5"', 'names=["a"]', "day=2026-01-02", "where=b"]],
      ...["fails", "children", "exits", "dies", "again", "late", "asynchronous", ...WAITING].map(
        (name): [string, string, string[]] => [...([name, "all", []] as [string, string, string[]])],
      ),
      ["far", "far", []],
    ];
    const ids = new Map<string, string>();
    for (const [flow, file, parameters] of flows) {
      const words = [
        "deployment",
        "build",
        "-n",
        "x",
        "-q",
        "test",
        "-a",
        `flows/${file}.py:${flow.toLowerCase().replaceAll("-", "_")}`,
      ];
      expect(await sandbox.orch(words, { env: all })).toMatchObject({ code: 0 });
      const given = parameters.flatMap((one) => ["--param", one]);
      const run = await sandbox.orch(["deployment", "run", `${flow}/x`, ...given, "--json"], { env: all });
      ids.set(flow, JSON.parse(run.stdout).id);
    }
    expect(await sandbox.orch(["agent", "start", "-q", "test", "--run-once"], { env: all })).toMatchObject({ code: 0 });
    for (const [flow, id] of ids) {
      const run = await runOf(id);
      ended.set(flow, { name: run.name, state: run.state, logs: await logsOf(id) });
    }
  }, 120_000);
  afterAll(() => sandbox.close());

  const runOf = (id: string) => fetch(`${url}/api/flow_runs/${id}`).then((answer) => answer.json());

  async function logsOf(id: string): Promise<string[]> {
    const body = JSON.stringify({ logs: { flow_run_id: { any_: [id] } }, sort: "TIMESTAMP_ASC" });
    const answer = await fetch(`${url}/api/logs/filter`, { method: "POST", headers: JSON_BODY, body });
    const logs: { message: string }[] = await answer.json();
    return logs.map(({ message }) => message);
  }

  /** Asks until the run is in the state; the test's own time limit ends it. */
  async function reached(id: string, type: string): Promise<void> {
    for (;;) {
      if ((await runOf(id)).state_type === type) return;
      await sandbox.shell("sleep 0.1");
    }
  }

  const of = (flow: string): Ended =>
    ended.get(flow) ?? { name: "", state: { type: "", name: "", message: "" }, logs: [] };

  test("has tasks, parameters, subflows, blocks, artifacts and prints", () => {
    const { name, state, logs } = of("Whole");
    expect({ name, state: state.name, message: state.message }).toEqual({
      name: "whole-5",
      state: "Completed",
      message: null,
    });
    expect(logs[1]).toMatch(/^Running by orch's built-in Python engine, Python 3\.\d+\.\d+ at '.*' \(ORCH_PYTHON\)\.$/);
    const printed = logs.filter((line) => /^(given|from|flaky|many|cached|state|inner|secret|deployed) /.test(line));
    expect(printed).toEqual([
      "given [5, ['a'], datetime.date(2026, 1, 2), PosixPath('b'), None]",
      "from helped whole-5 5",
      "flaky 3",
      "many [11, 12] 3",
      "cached True",
      "state Failed RuntimeError('bad')",
      "inner 5",
      "secret key nothing",
      "deployed Scheduled",
    ]);
    expect(logs.filter((line) => line === "adding")).toHaveLength(4);
    expect(logs.at(-1)).toBe("Finished in state Completed()");
  });

  test("fails with the user's lines alone", () => {
    const { state, logs } = of("fails");
    expect(state).toMatchObject({ name: "Failed", message: "Flow run encountered an exception. KeyError: 'key'\n" });
    const trace = logs.find((line) => line.startsWith("Encountered exception during execution:")) ?? "";
    expect(trace.match(/File "[^"]*", line \d+, in \w+/g)?.map((line) => line.replace(/.*in /, ""))).toEqual([
      "fails",
      "deeper",
    ]);
    expect(of("children").state).toMatchObject({ name: "Failed", message: "1/2 states failed." });
  });

  test("that exits, dies, is late or is tried again has the states of Prefect's engine", () => {
    expect(of("exits").state).toMatchObject({
      name: "Crashed",
      message: "Execution was aborted by Python system exit call.",
    });
    const killed = "Flow run infrastructure exited with non-zero status code -9.";
    expect(of("dies").state).toMatchObject({ name: "Crashed", message: killed });
    expect(of("late").state).toMatchObject({
      type: "FAILED",
      name: "TimedOut",
      message: "Flow run exceeded timeout of 0.2 seconds TimeoutError\n",
    });
    expect(of("again").state).toMatchObject({ name: "Completed" });
    expect(of("asynchronous").state).toMatchObject({ name: "Completed" });
  });

  test("ends when its async tasks, and those that wait for a place in a runner, have ended", () => {
    expect(of("submits").state).toMatchObject({ name: "Completed", message: "All states completed." });
    expect(of("chained").state).toMatchObject({ name: "Completed" });
    // What cannot be waited for ends too.
    const failed = (error: string) => `Flow run encountered an exception. RuntimeError: ${error}\n`;
    expect(of("threadless").state).toMatchObject({ name: "Failed", message: failed("can't start new thread") });
    const words = (task: string) =>
      `Task run '${task}' goes on in the event loop, and a call without 'await' would stop that. Await it first: value = await future.result()`;
    expect(of("blocks-loop").state).toMatchObject({ name: "Failed", message: failed(words("waited-0")) });
    expect(of("blocks-by-thread").state).toMatchObject({ name: "Failed", message: failed(words("far-0")) });
  });

  test("is late by its own time limit, also in an async flow and within a task", () => {
    const late = (seconds: string) => `Flow run exceeded timeout of ${seconds} seconds TimeoutError\n`;
    expect(of("sleeps").state).toMatchObject({ name: "TimedOut", message: late("0.2") });
    expect(of("blocks").state).toMatchObject({ name: "TimedOut", message: late("0.2") });
    expect(of("task-blocks").logs).toContain("tasks ['TimedOut', 'TimedOut']");
    const { state, logs } = of("waits-in-task");
    expect(state).toMatchObject({ name: "TimedOut", message: late("2.0") });
    expect(logs).toContain("Crash detected! Execution was cancelled by the runtime environment.");
    expect(logs.join("\n")).not.toContain("None seconds");
  });

  test("is cancelled with time to clean up, and goes on after a pause in another process", async () => {
    const all = { ...env, ORCH_API_URL: `${url}/api` };
    const ids: string[] = [];
    for (const name of ["slow", "awaits", "paused"]) {
      await sandbox.orch(["deployment", "build", "-n", "x", "-q", "long", "-a", `flows/long.py:${name}`], { env: all });
      const run = await sandbox.orch(["deployment", "run", `${name}/x`, "--json"], { env: all });
      ids.push(JSON.parse(run.stdout).id);
    }
    const [slow = "", awaits = "", paused = ""] = ids;
    const agent = sandbox.start(["agent", "start", "-q", "long"], all);
    await Promise.all([agent.until(/begun\n/), agent.until(/begun to wait\n/)]);
    for (const id of [slow, awaits]) {
      await sandbox.orch(["flow-run", "cancel", id], { env: all });
      await reached(id, "CANCELLED");
      expect(await logsOf(id)).toContain("cleaned up");
    }
    await reached(paused, "PAUSED");
    await fetch(`${url}/api/flow_runs/${paused}/resume`, { method: "POST", body: "{}", headers: JSON_BODY });
    await reached(paused, "COMPLETED");
    const logs = await logsOf(paused);
    expect(logs).toContain("resumed with kept");
    // A task that has completed is not run again by the other process.
    expect(logs.filter((line) => line === "ran before")).toHaveLength(1);
    await agent.stop();
  }, 60_000);

  test("that needs what the engine has not fails with a sentence", () => {
    expect(of("far").state).toMatchObject({
      name: "Failed",
      message: `Flow could not be retrieved from deployment. 'prefect_snowflake' is not offered by orch's built-in Python engine. Install Prefect, and the run is executed by it: ${python} -m pip install 'prefect>=2,<3' prefect-snowflake`,
    });
  });
});
