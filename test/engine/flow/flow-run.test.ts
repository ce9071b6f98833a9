// Every row of "States proposed by the engine": what a flow's function does, and the state its run ends in.
import { expect, test } from "bun:test";
import type { FlowDefinition } from "#domain/definitions.ts";
import { Interruption } from "#engine/session/interruption.ts";
import { Cancelled, Completed, Failed, flow, getRunLogger, runContext, sleep, task } from "#sdk/index.ts";
import { here } from "../here.ts";

const ok = task(async function ok(value: number = 1) {
  return value;
});
const bad = task(async function bad() {
  throw new Error("bad luck");
});
const swallow = (work: Promise<unknown>) => work.catch(() => {});

interface Row {
  what: string;
  flow: FlowDefinition;
  type: string;
  name?: string;
  message: string | RegExp | null;
}

const ROWS: Row[] = [
  { what: "a value completes it", flow: flow(async () => 42, { name: "a" }), type: "COMPLETED", message: null },
  { what: "a plain function's value too", flow: flow(() => "x", { name: "a" }), type: "COMPLETED", message: null },
  { what: "nothing at all completes it", flow: flow(async () => {}, { name: "a" }), type: "COMPLETED", message: null },
  {
    what: "null is a value",
    flow: flow(() => swallow(bad()).then(() => null), { name: "a" }),
    type: "COMPLETED",
    message: null,
  },
  {
    what: "nothing returned: completed tasks complete it",
    flow: flow(async () => void (await ok()), { name: "a" }),
    type: "COMPLETED",
    message: "All states completed.",
  },
  {
    what: "nothing returned: failed tasks fail it, caught or not",
    flow: flow(
      async () => {
        await ok();
        await swallow(bad());
        await swallow(bad());
      },
      { name: "a" },
    ),
    type: "FAILED",
    message: "2/3 states failed.",
  },
  {
    what: "nothing returned: a failed task nobody looked at fails it",
    flow: flow(async () => void bad.submit(), { name: "a" }),
    type: "FAILED",
    message: "1/1 states failed.",
  },
  {
    what: "nothing returned: a call nobody awaited is waited for",
    flow: flow(
      async () => {
        void bad();
      },
      { name: "a" },
    ),
    type: "FAILED",
    message: "1/1 states failed.",
  },
  {
    what: "an error fails it",
    flow: flow(
      async () => {
        throw new TypeError("no such thing");
      },
      { name: "a" },
    ),
    type: "FAILED",
    message: /^Flow run encountered an exception\. TypeError: no such thing\n {4}at .*flow-run\.test\.ts:\d+:\d+/,
  },
  {
    what: "an error with a cause shows both",
    flow: flow(
      async () => {
        throw new Error("outer", { cause: new Error("inner") });
      },
      { name: "a" },
    ),
    type: "FAILED",
    message: /Error: outer\n[\s\S]*Caused by: Error: inner/,
  },
  {
    what: "what is thrown need not be an error",
    flow: flow(
      async () => {
        throw { code: 7 };
      },
      { name: "a" },
    ),
    type: "FAILED",
    message: /^Flow run encountered an exception\. Thrown: \{\s*code: 7,?\s*\}/,
  },
  {
    what: "a returned state decides",
    flow: flow(async () => Failed({ message: "not today" }), { name: "a" }),
    type: "FAILED",
    message: "not today",
  },
  {
    what: "a returned state may have a name of its own",
    flow: flow(async () => Completed({ name: "Skipped", message: "nothing new" }), { name: "a" }),
    type: "COMPLETED",
    name: "Skipped",
    message: "nothing new",
  },
  {
    what: "a returned cancelled state cancels it",
    flow: flow(async () => Cancelled({ message: "enough" }), { name: "a" }),
    type: "CANCELLED",
    message: "enough",
  },
  {
    what: "a returned future decides",
    flow: flow(async () => bad.submit(), { name: "a" }),
    type: "FAILED",
    message: /^Task run encountered an exception\. Error: bad luck/,
  },
  {
    what: "a list of futures: all completed",
    flow: flow(async () => [ok.submit(), ok.submit()], { name: "a" }),
    type: "COMPLETED",
    message: "All states completed.",
  },
  {
    what: "a list of states: some failed",
    flow: flow(async () => [Completed(), Failed(), await bad.submit().wait()], { name: "a" }),
    type: "FAILED",
    message: "2/3 states failed.",
  },
  {
    what: "a list of states: some cancelled",
    flow: flow(async () => [Completed(), Failed(), Cancelled()], { name: "a" }),
    type: "CANCELLED",
    message: "1/3 states cancelled.",
  },
  {
    what: "a list of other things is a value",
    flow: flow(async () => [Completed(), 1], { name: "a" }),
    type: "COMPLETED",
    message: null,
  },
  { what: "an empty list is a value", flow: flow(async () => [], { name: "a" }), type: "COMPLETED", message: null },
  {
    what: "too slow is TimedOut",
    flow: flow(async () => sleep(5), { name: "a", timeoutSeconds: 1.5 }),
    type: "FAILED",
    name: "TimedOut",
    message: "Flow run exceeded timeout of 1.5 seconds",
  },
];

for (const { what, flow: definition, type, name, message } of ROWS) {
  test(`flow run: ${what}`, async () => {
    const { run, api } = here();
    await run(definition);
    const [flowRun] = api.flowRuns;
    expect(flowRun?.state?.type).toBe(type);
    if (name) expect(flowRun?.state?.name).toBe(name);
    if (message instanceof RegExp) expect(flowRun?.state?.message ?? "").toMatch(message);
    else expect(flowRun?.state?.message ?? null).toBe(message);
  });
}

test("the result stays in the process; the server learns its type only", async () => {
  const { run, api } = here();
  const state = await run(flow(async () => new Map([[1, 2]]), { name: "a" }));
  expect(state.result()).toEqual(new Map([[1, 2]]));
  expect(api.flowRuns[0]?.state?.data).toEqual({
    type: "unpersisted",
    artifact_type: "result",
    artifact_description: "Unpersisted result of type `Map`",
  });
});

test("a failed run gives back the very error", async () => {
  const boom = new RangeError("boom");
  const { run } = here();
  const state = await run(flow(() => Promise.reject(boom), { name: "a" }));
  expect(() => state.result()).toThrow(boom);
});

test("a flow that fails twice and has two retries completes, after its delays", async () => {
  const { run, api, clock } = here();
  let calls = 0;
  const counts: number[] = [];
  const stubborn = flow(
    async function stubborn() {
      counts.push(runContext().flowRun.runCount);
      if (++calls < 3) throw new Error(`no ${calls}`);
      return calls;
    },
    { retries: 2, retryDelaySeconds: 30 },
  );
  const state = await run(stubborn);
  expect(state.result()).toBe(3);
  expect(counts).toEqual([1, 2, 3]);
  expect(api.flowRuns[0]?.history).toEqual([
    ...["Pending", "Running", "AwaitingRetry", "Retrying", "AwaitingRetry", "Retrying", "Completed"],
  ]);
  expect(clock.elapsed()).toBeWithin(60_000, 62_100);
});

test("a fraction of a second of retry delay is kept, though the wire has whole seconds", async () => {
  const { run, clock } = here();
  let calls = 0;
  await run(
    flow(
      async () => {
        if (++calls < 2) throw new Error("no");
        return 1;
      },
      { name: "a", retries: 1, retryDelaySeconds: 0.5 },
    ),
  );
  expect(clock.elapsed()).toBeWithin(500, 600);
});

test("a retried flow does not redo tasks that completed", async () => {
  const { run, api } = here();
  let done = 0;
  let attempts = 0;
  const step = task(async function step(x: number) {
    done++;
    return x * 2;
  });
  const state = await run(
    flow(
      async () => {
        const doubled = await step(21);
        if (++attempts === 1) throw new Error("later");
        return doubled;
      },
      { name: "a", retries: 1 },
    ),
  );
  expect(state.result()).toBe(42);
  expect(done).toBe(1);
  expect(api.taskRuns).toHaveLength(1);
});

test("hooks run once the server knows, in order, and may fail", async () => {
  const { run, api } = here();
  const seen: string[] = [];
  const state = await run(
    flow(async () => 1, {
      name: "a",
      onCompletion: [
        (_flow, flowRun, final) => void seen.push(`${flowRun.name} ${final.name} ${api.flowRuns[0]?.state?.type}`),
        function broken() {
          throw new Error("hook trouble");
        },
        () => void seen.push("last"),
      ],
      onFailure: [() => void seen.push("never")],
    }),
  );
  expect(state.isCompleted()).toBeTrue();
  expect(seen).toEqual([`${api.flowRuns[0]?.name} Completed COMPLETED`, "last"]);
  expect(api.messages(40).join()).toContain("hook trouble");
});

test("a hook is within its run: it logs and prints to the run's log, and can ask which run it is", async () => {
  const { run, api } = here();
  const child = flow(async () => 1, { name: "child", onCompletion: [() => getRunLogger().info("of the child")] });
  const work = task(async () => 1, {
    name: "work",
    onCompletion: [() => getRunLogger().info(`of ${runContext().taskRun?.name}`)],
  });
  const state = await run(
    flow(async () => [await child(), await work()], {
      name: "a",
      logPrints: true,
      onCompletion: [
        () => getRunLogger().info(`${runContext().flowRun.name} is attempt ${runContext().flowRun.runCount}`),
        () => console.log("printed"),
        () => sleep(0),
        () => work(),
      ],
    }),
  );
  expect(state.isCompleted()).toBeTrue();
  const hooks = api.logs.filter(({ message }) => /^of |attempt 1|^printed|Task 'work' was/.test(message));
  const [parent, inner] = api.flowRuns;
  expect(hooks.map(({ name, flow_run_id, message }) => [name, flow_run_id, message])).toEqual([
    ["prefect.flow_runs", inner?.id, "of the child"],
    ["prefect.task_runs", parent?.id, "of work-0"],
    ["prefect.flow_runs", parent?.id, `${parent?.name} is attempt 1`],
    ["prefect.flow_runs", parent?.id, "printed"],
    ["prefect.flow_runs", parent?.id, expect.stringContaining("Task 'work' was called outside of a flow.")],
  ]);
});

test("a hook that ends the process is logged in one line", async () => {
  const { run, api } = here();
  const interruption = new Interruption("Execution was aborted by a call of process.exit(0).", 0);
  await run(flow(async () => 1, { name: "a", onCompletion: [() => Promise.reject(interruption)] }));
  expect(api.messages(40).at(-1)).toBe(
    "An error was encountered while running hook 'hook':\nExecution was aborted by a call of process.exit(0).",
  );
});

test("onFailure waits until no retry is left", async () => {
  const { run } = here();
  let failures = 0;
  const options = { name: "a", retries: 2, onFailure: [() => void failures++] };
  await run(flow(() => Promise.reject(new Error("no")), options));
  expect(failures).toBe(1);
});

test("the log reads like the old engine's, on the console and on the API", async () => {
  const { run, api, lines } = here();
  await run(
    flow(
      async function sayHi(name: string) {
        getRunLogger().info(`hi ${name}`, { n: 1 });
        getRunLogger().debug("not shown at INFO");
        await ok(3);
      },
      { flowRunName: "greet {name}" },
    ),
    "Ada",
  );
  const texts = api.logs.map(({ name, level, message }) => `${name} ${level} ${message}`);
  expect(texts).toEqual([
    "prefect.flow_runs 20 Created flow run 'greet Ada' for flow 'say-hi'",
    "prefect.flow_runs 20 hi Ada { n: 1 }",
    "prefect.flow_runs 20 Created task run 'ok-0' for task 'ok'",
    "prefect.flow_runs 20 Executing 'ok-0' immediately...",
    "prefect.task_runs 20 Finished in state Completed()",
    "prefect.flow_runs 20 Finished in state Completed('All states completed.')",
  ]);
  expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} \| INFO {4}\| Flow run 'greet Ada' - hi Ada/);
  expect(lines[4]).toMatch(/\| INFO {4}\| Task run 'ok-0' - Finished in state Completed\(\)$/);
  expect(api.logs.every((log) => log.flow_run_id === api.flowRuns[0]?.id)).toBeTrue();
  expect(api.logs[4]?.task_run_id).toBe(api.taskRuns[0]?.id ?? "");
});

test("logs of a flow that throws are all there when its run is over", async () => {
  const { run, api } = here();
  await run(
    flow(
      async () => {
        getRunLogger().warn("last words");
        throw new Error("boom");
      },
      { name: "a" },
    ),
  );
  expect(api.messages(30)[0]).toBe("last words");
  expect(api.messages(40)[0]).toMatch(/^Encountered exception during execution:\nError: boom\n/);
  expect(api.messages(40)[1]).toBe("Finished in state Failed('Flow run encountered an exception. Error: boom')");
});

test("logPrints sends console lines to the run's log, and only then", async () => {
  const { run, api } = here();
  const printing = flow(
    async () => {
      console.log("from %s", "console", 5);
      console.error("to stderr");
    },
    { name: "a", logPrints: true },
  );
  await run(printing);
  expect(api.messages()).toContain("from console 5");
  expect(api.messages(40)).toEqual(["to stderr"]);
});

test("a run that something else ended meanwhile is left as it is", async () => {
  const { run, api } = here();
  await run(
    flow(
      async () => {
        Object.assign(api.flowRuns[0] ?? {}, {
          state: { ...api.flowRuns[0]?.state, type: "CANCELLED", name: "Cancelled" },
        });
        return 1;
      },
      { name: "a" },
    ),
  );
  expect(api.flowRuns[0]?.state?.type).toBe("CANCELLED");
  expect(api.messages().at(-1)).toBe(
    "The end of the run was not recorded: This run has already terminated. It is Cancelled now.",
  );
});

test("when the server learns of the end, the run's log is there already", async () => {
  const { run, api } = here();
  let seen: string[] = [];
  api.before = (call, body) => {
    if (call === "POST /flow_runs/{id}/set_state" && JSON.stringify(body).includes("COMPLETED")) seen = api.messages();
  };
  await run(
    flow(
      async () => {
        getRunLogger().info("last line");
        return 1;
      },
      { name: "a" },
    ),
  );
  expect(seen.at(-1)).toBe("last line");
});
