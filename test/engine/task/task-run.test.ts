// Task runs: calls, submits, maps, dependencies, retries, timeouts — as the flow sees them and as the server does.
import { expect, test } from "bun:test";
import {
  allowFailure,
  flow,
  getRunLogger,
  runContext,
  sleep,
  task,
  UnfinishedRun,
  UpstreamTaskError,
  unmapped,
} from "#sdk/index.ts";
import { here } from "../here.ts";

const add = task(async function add(x: number, y: number) {
  return x + y;
});
const double = task((x: number) => 2 * x, { name: "double" });
const make = task(async function make() {
  return { rows: [1, 2, 3] };
});
const sum = task(async function sum(table: { rows: number[] }, ...more: number[]) {
  return [...table.rows, ...more].reduce((total, each) => total + each, 0);
});
const bad = task(async function bad(): Promise<number> {
  throw new Error("bad luck");
});

test("a call is three requests and gives the value", async () => {
  const { run, api } = here();
  const state = await run(flow(() => add(2, 3), { name: "a" }));
  expect(state.result()).toBe(5);
  expect(api.calls.filter((call) => call.includes("task_runs"))).toEqual([
    "POST /task_runs/",
    "POST /task_runs/{id}/set_state",
    "POST /task_runs/{id}/set_state",
  ]);
  expect(api.run("add-0")).toMatchObject({
    task_key: "__prefect_loader__.add",
    dynamic_key: "0",
    history: ["Pending", "Running", "Completed"],
    task_inputs: { x: [], y: [] },
    empirical_policy: { retries: 0, retry_delay: 0 },
  });
});

test("dynamic keys count the calls of each task in the order they were made", async () => {
  const { run, api } = here();
  await run(
    flow(
      async () => {
        const futures = [add.submit(1, 1), double.submit(1), add.submit(2, 2)];
        await Promise.all(futures.map((future) => future.wait()));
      },
      { name: "a" },
    ),
  );
  expect(api.taskRuns.map((each) => each.name).sort()).toEqual(["add-0", "add-1", "double-0"]);
  expect(api.run("add-1").dynamic_key).toBe("1");
});

test("a future is an argument: its task is waited for and recorded as the source", async () => {
  const { run, api } = here();
  const state = await run(
    flow(
      async () => {
        const first = add.submit(1, 2);
        return sum.submit({ rows: [1, 1] }, first, 10).result();
      },
      { name: "a" },
    ),
  );
  expect(state.result()).toBe(15);
  expect(api.run("sum-0")["task_inputs"]).toEqual({
    table: [],
    more: [{ input_type: "task_run", id: api.run("add-0").id }],
    arg2: [],
  });
});

test("futures are found inside lists and objects; what holds none is handed on untouched", async () => {
  const { run } = here();
  const table = { rows: [1] };
  let same = false;
  const look = task(async function look(deep: { list: unknown[] }, whole: object) {
    same = whole === table;
    return deep.list;
  });
  const state = await run(
    flow(() => look.submit({ list: [add.submit(1, 1), "x"] } as never, table).result(), { name: "a" }),
  );
  expect(state.result()).toEqual([2, "x"]);
  expect(same).toBeTrue();
});

test("the result of a task, handed to another, is recorded as its source", async () => {
  const { run, api } = here();
  await run(flow(async () => sum(await make()), { name: "a" }));
  expect(api.run("sum-0")["task_inputs"]).toEqual({ table: [{ input_type: "task_run", id: api.run("make-0").id }] });
});

test("submitted tasks run side by side: fifty that take a second take a second", async () => {
  const { run, api, clock } = here();
  let most = 0;
  let now = 0;
  const slow = task(async function slow(n: number) {
    most = Math.max(most, ++now);
    await sleep(1);
    now--;
    return n;
  });
  const numbers = Array.from({ length: 50 }, (_, index) => index);
  const state = await run(flow(() => Promise.all(slow.map(numbers).map((future) => future.result())), { name: "a" }));
  expect(state.result()).toEqual(numbers);
  expect(most).toBe(50);
  expect(clock.elapsed()).toBeWithin(1000, 1500);
  expect(new Set(api.taskRuns.map((each) => each.dynamic_key)).size).toBe(50);
});

test("map gives each call its item, other values to all, and lists to all by unmapped", async () => {
  const { run } = here();
  const join = task(async function join(a: number, b: string, c: number[]) {
    return `${a}${b}${c.length}`;
  });
  const state = await run(
    flow(
      async () => {
        const futures = join.map([1, add.submit(1, 1)], "x", unmapped([7, 8, 9]));
        return (await Promise.all(futures.map((future) => future.result()))).join();
      },
      { name: "a" },
    ),
  );
  expect(state.result()).toBe("1x3,2x3");
});

const MAP_MISTAKES: [string, () => unknown, RegExp][] = [
  ["no list", () => double.map(3), /'double\.map' needs a list among its arguments/],
  ["lists of two lengths", () => add.map([1, 2], [1]), /needs lists of one length, and got lists of 2, 1/],
  ["a future of a list", () => double.map(make.submit() as never), /Wait for a future first/],
];
for (const [what, mistake, sentence] of MAP_MISTAKES) {
  test(`map refuses ${what}`, async () => {
    const { run, api } = here();
    await run(flow(async () => void mistake(), { name: "a" }));
    expect(api.flowRuns[0]?.state?.message ?? "").toMatch(sentence);
  });
}

test("waitFor holds a task back without giving it a value", async () => {
  const { run, api } = here();
  const order: string[] = [];
  const slow = task(async function slow() {
    await sleep(3);
    order.push("slow");
  });
  const after = task(async function after() {
    order.push("after");
  });
  await run(
    flow(
      async () => {
        const first = slow.submit();
        await after
          .withOptions({ waitFor: [first] })
          .submit()
          .wait();
      },
      { name: "a" },
    ),
  );
  expect(order).toEqual(["slow", "after"]);
  expect(api.run("after-0")["task_inputs"]).toEqual({
    wait_for: [{ input_type: "task_run", id: api.run("slow-0").id }],
  });
});

test("a task whose upstream failed never starts: NotReady, and the flow fails", async () => {
  const { run, api } = here();
  let error: unknown;
  await run(
    flow(
      async () => {
        const late = double.submit(bad.submit());
        error = await late.result().catch((thrown) => thrown);
      },
      { name: "a" },
    ),
  );
  expect(error).toBeInstanceOf(UpstreamTaskError);
  expect(api.run("double-0").history).toEqual(["Pending", "NotReady"]);
  expect(api.run("double-0").state?.message).toBe(
    `Upstream task run '${api.run("bad-0").id}' did not reach a 'COMPLETED' state.`,
  );
  expect(api.flowRuns[0]?.state).toMatchObject({ type: "FAILED", message: "1/2 states failed." });
});

test("allowFailure hands the error over in the place of the value", async () => {
  const { run } = here();
  const say = task(async function say(value: unknown) {
    return value instanceof Error ? `got ${value.message}` : "fine";
  });
  const state = await run(flow(() => say.submit(allowFailure(bad.submit())).result(), { name: "a" }));
  expect(state.result()).toBe("got bad luck");
});

test("retries wait for their delay, each its own, the last for those beyond", async () => {
  const { run, api, clock } = here();
  const at: number[] = [];
  const flaky = task(
    async function flaky() {
      at.push(clock.elapsed());
      if (at.length < 4) throw new Error(`try ${at.length}`);
      return runContext().taskRun?.runCount;
    },
    { retries: 3, retryDelaySeconds: [1, 10] },
  );
  const state = await run(flow(() => flaky(), { name: "a" }));
  expect(state.result()).toBe(4);
  expect(at.map((millis) => Math.floor(millis / 1000))).toEqual([0, 1, 11, 21]);
  expect(api.run("flaky-0").empirical_policy).toEqual({ retries: 3, retry_delay: [1, 10] });
  expect(api.run("flaky-0").history.filter((name) => name === "AwaitingRetry")).toHaveLength(3);
});

test("a task that takes too long is TimedOut", async () => {
  const { run, api, lines } = here();
  const slow = task(
    async function slow() {
      await sleep(9);
    },
    { timeoutSeconds: 2 },
  );
  await run(flow(() => slow(), { name: "a" }));
  expect(lines.filter((line) => line.includes("Task run 'slow-0'"))).toEqual([
    expect.stringContaining("Finished in state TimedOut('Task run exceeded timeout of 2 seconds', type=FAILED)"),
  ]);
  expect(api.run("slow-0").state).toMatchObject({
    type: "FAILED",
    name: "TimedOut",
    message: "Task run exceeded timeout of 2 seconds",
  });
});

test("an error travels through the call as it is, so flows can catch it", async () => {
  const { run, api } = here();
  const state = await run(flow(() => bad().catch((error: Error) => `caught ${error.message}`), { name: "a" }));
  expect(state.result()).toBe("caught bad luck");
  expect(api.run("bad-0").state?.message ?? "").toMatch(
    /^Task run encountered an exception\. Error: bad luck\n {4}at .*task-run\.test\.ts:\d+/,
  );
});

test("a task the server does not let start has no result", async () => {
  const { run, api } = here();
  api.before = (call, body) => {
    if (call === "POST /task_runs/{id}/set_state" && JSON.stringify(body).includes("RUNNING")) {
      Object.assign(api.taskRuns[0]?.state ?? {}, { type: "CANCELLED", name: "Cancelled" });
    }
  };
  let error: unknown;
  await run(
    flow(
      async () => {
        error = await add(1, 1).catch((thrown) => thrown);
      },
      { name: "a" },
    ),
  );
  expect(String(error)).toContain("Run is in Cancelled state");
  expect(api.messages().join("\n")).toContain("Task run 'add-0' was not started: This run has already terminated.");
  expect(error).not.toBeInstanceOf(UnfinishedRun);
});

test("names, tags and versions of task runs come from the options", async () => {
  const { run, api } = here();
  await run(
    flow(() => add.withOptions({ taskRunName: "{x} plus {y}", tags: ["t"], version: "2" })(1, 2), { name: "a" }),
  );
  expect(api.taskRuns[0]).toMatchObject({ name: "1 plus 2", tags: ["t"], task_version: "2" });
});

test("a task called by a task belongs to the same flow run, and logs are each one's own", async () => {
  const { run, api } = here();
  const outer = task(async function outer() {
    getRunLogger().info("in outer");
    return add(1, 1);
  });
  const state = await run(flow(() => outer(), { name: "a" }));
  expect(state.result()).toBe(2);
  expect(api.run("add-0").flow_run_id).toBe(api.flowRuns[0]?.id ?? "");
  expect(api.logs.find((log) => log.message === "in outer")?.task_run_id).toBe(api.run("outer-0").id);
});

test("a future knows its state without waiting", async () => {
  const { run } = here();
  const state = await run(
    flow(
      async () => {
        const future = double.submit(4);
        const before = future.state().name;
        await future.wait();
        return `${before} ${future.state().name} ${typeof (await future.taskRunId)}`;
      },
      { name: "a" },
    ),
  );
  expect(state.result()).toBe("Pending Completed string");
});

test("tasks and loggers outside of a run say so", async () => {
  expect(() => add(1, 2)).toThrow("Task 'add' was called outside of a flow.");
  expect(() => getRunLogger()).toThrow("getRunLogger() was called outside of a flow or task run.");
  expect(await add.fn(1, 2)).toBe(3);
});

test("returnState gives the state of a call, and does not throw for one that failed", async () => {
  const { run, api } = here();
  const both = flow(
    async () => {
      const [good, failed] = [await add.returnState(1, double.submit(2)), await bad.returnState()];
      return `${good.name} ${good.result()} ${failed.name} ${failed.error()} ${failed.taskRunId === api.run("bad-0").id}`;
    },
    { name: "a" },
  );
  expect((await run(both)).result()).toBe("Completed 5 Failed Error: bad luck true");
  expect(api.messages()).toContain("Executing 'bad-0' immediately...");
});

test("a retry with jitter waits as long as the server says, not as long as its author did", async () => {
  const { run, api, clock } = here();
  const at: number[] = [];
  const flaky = task(
    async function flaky() {
      at.push(clock.elapsed());
      if (at.length < 2) throw new Error("no");
      return 1;
    },
    { retries: 1, retryDelaySeconds: 10.5, retryJitterFactor: 0.5 },
  );
  await run(flow(() => flaky(), { name: "a" }));
  // The fake server knows no jitter: it takes the whole seconds.
  expect((at[1] ?? 0) - (at[0] ?? 0)).toBeWithin(10_000, 10_400);
  expect(api.run("flaky-0").empirical_policy).toEqual({
    retries: 1,
    retry_delay: 10,
    retry_jitter_factor: 0.5,
  } as object);
});

test("a task that takes too long is tried again while it has retries, and its hook is called at the end", async () => {
  const { run, api } = here();
  const seen: string[] = [];
  const slow = task(
    async function slow() {
      await sleep(9);
    },
    {
      timeoutSeconds: 2,
      retries: 1,
      onFailure: [(_task, taskRun, state) => void seen.push(`${taskRun.name} ${state.name}`)],
    },
  );
  await run(flow(() => slow.returnState(), { name: "a" }));
  expect(api.run("slow-0").history).toEqual(["Pending", "Running", "AwaitingRetry", "Retrying", "TimedOut"]);
  expect(seen).toEqual(["slow-0 TimedOut"]);
});

test("a name made of what other tasks give is given when it is known", async () => {
  const { run, api } = here();
  const named = add.withOptions({ taskRunName: "{x} plus {y}" });
  const states: string[] = [];
  const both = flow(
    async () => {
      await named.submit(double.submit(4), 2).wait();
      states.push(...(await named.map([1, 2], unmapped(1))).map((each) => each.state().name));
    },
    { name: "a" },
  );
  await run(both);
  expect(api.taskRuns.map(({ name }) => name).toSorted()).toEqual(["1 plus 1", "2 plus 1", "8 plus 2", "double-0"]);
  expect(api.messages()).toContain("Created task run 'add-0' for task 'add'");
  // Only where it was not known from the start.
  expect(api.calls.filter((call) => call === "PATCH /task_runs/{id}")).toHaveLength(1);
});

test("a task that fails before its name is known keeps its first one", async () => {
  const { run, api } = here();
  const named = double.withOptions({ taskRunName: "twice {x}" });
  await run(flow(async () => void (await named.submit(bad.submit()).wait()), { name: "a" }));
  expect(api.run("double-0").history).toEqual(["Pending", "NotReady"]);
});

test("a timeout of 0 is none", async () => {
  const { run } = here();
  const slow = task(() => sleep(9).then(() => "done"), { name: "slow", timeoutSeconds: 0 });
  expect((await run(flow(() => slow(), { name: "a", timeoutSeconds: 0 }))).result()).toBe("done");
});
