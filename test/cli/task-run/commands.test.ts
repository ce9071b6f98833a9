// The commands on task runs, and those on flows by name; a flow with tasks has really run, on the home's own database.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApi } from "#cli/api.ts";
import { loadSettings } from "#settings/load.ts";
import { createFlow } from "#wire/deployments/flows.ts";
import { createFlowRun, type FlowRun } from "#wire/runs/flow-runs.ts";
import { createLogs } from "#wire/runs/logs.ts";
import { createTaskRun, type TaskRun } from "#wire/runs/task-runs.ts";
import { type TestTerminal, testTerminal } from "../io.ts";

const NOBODY = "00000000-0000-4000-8000-000000000000";

let terminal: TestTerminal;
let parent: FlowRun;
const tasks: TaskRun[] = [];
const orch = (...words: string[]) => terminal.orch(...words);
const json = async (...words: string[]) => JSON.parse((await orch(...words, "--json")).out);
const idsOf = async (...words: string[]) => (await json("task-run", "ls", ...words)).map(({ id }: TaskRun) => id);

beforeAll(async () => {
  terminal = testTerminal();
  expect((await orch("task-run", "ls")).out).toBe("No task runs found. They appear when a flow calls its tasks.");
  const { client, close } = await openApi(loadSettings({ ORCH_HOME: terminal.home, HOME: terminal.folder }).settings);
  const flow = await client.call(createFlow, { body: { name: "work" } });
  parent = await client.call(createFlowRun, {
    body: { flow_id: flow.id, name: "busy-bee", state: { type: "RUNNING" } },
  });
  const other = await client.call(createFlowRun, { body: { flow_id: flow.id, state: { type: "RUNNING" } } });
  for (const [index, type] of (["COMPLETED", "FAILED", "RUNNING"] as const).entries()) {
    const flow_run_id = type === "RUNNING" ? other.id : parent.id;
    const body = { flow_run_id, name: `t-${index}`, task_key: "t", dynamic_key: String(index), state: { type } };
    tasks.push(await client.call(createTaskRun, { body }));
  }
  const line = (index: number, task_run_id: string | undefined) => ({
    ...{ name: "prefect.task_runs", level: 20, message: `line ${index}`, flow_run_id: parent.id },
    ...{ task_run_id: task_run_id ?? null, timestamp: `2026-11-23T06:00:${String(index).padStart(2, "0")}Z` },
  });
  const lines = Array.from({ length: 30 }, (_, index) => line(index, tasks[0]?.id));
  await client.call(createLogs, { body: [...lines, line(40, undefined)] });
  await close();
});
afterAll(() => terminal.close());
const task = (index: number): TaskRun => tasks[index] as TaskRun; // made above

describe("task-run ls", () => {
  test("lists task runs with their flow runs and states", async () => {
    const { out, code } = await orch("task-runs", "ls");
    expect(out).toMatch(/┃ Name +┃ Flow Run +┃ State +┃ When +┃ ID +┃/);
    expect(out).toMatch(new RegExp(`│ t-0 +│ busy-bee +│ Completed +│ [^│]+│ ${task(0).id} │`));
    expect(code).toBe(0);
  });

  test("by flow run, by state, by type, and as many as asked for", async () => {
    expect((await idsOf("--flow-run", parent.id)).toSorted()).toEqual([task(0).id, task(1).id].toSorted());
    expect(await idsOf("--state-type", "failed")).toEqual([task(1).id]);
    expect(await idsOf("--state", "Running")).toEqual([task(2).id]);
    expect(await idsOf("--flow-run", parent.id, "--state", "Running")).toEqual([]);
    expect(await idsOf("--limit", "2")).toHaveLength(2);
  });

  test("of a flow run that is not there says so", async () => {
    const { code, err } = await orch("task-run", "ls", "--flow-run", NOBODY);
    expect(err).toBe(`Flow run '${NOBODY}' not found! 'orch flow-run ls' lists the latest ones.`);
    expect(code).toBe(1);
  });

  test("by a type that is none lists the types", async () => {
    expect((await orch("task-run", "ls", "--state-type", "DONE")).err).toStartWith(
      "'DONE' is no state type. They are:",
    );
  });
});

describe("task-run inspect and logs", () => {
  test("show the run", async () => {
    expect((await orch("task-run", "inspect", task(1).id)).out).toMatch(/^Task run 't-1'\n\nState: +Failed, /);
    expect(await json("task-run", "inspect", task(1).id)).toMatchObject({ name: "t-1", state_type: "FAILED" });
  });

  test("print the task's own lines, the first ones, or the newest first", async () => {
    const all = (await orch("task-run", "logs", task(0).id)).out.split("\n");
    expect(all).toHaveLength(30);
    expect(all[0]).toBe("2026-11-23 06:00:00.000 | INFO    | Task run 't-0' - line 0");
    expect((await orch("task-run", "logs", task(0).id, "--head")).out.split("\n")).toHaveLength(20);
    expect((await orch("task-run", "logs", task(0).id, "-r", "-n", "1")).out).toEndWith("- line 29");
    expect(await json("task-run", "logs", task(0).id, "-n", "3")).toHaveLength(3);
  });

  test("say when there are no lines", async () => {
    expect(await orch("task-run", "logs", task(1).id)).toEqual({
      ...{ code: 0, out: "" },
      err: "Task run 't-1' has no log lines. Its state is Failed.",
    });
  });

  for (const name of ["inspect", "logs", "delete"]) {
    test(`${name} of what is no task run says so`, async () => {
      expect(await orch("task-run", name, NOBODY)).toEqual({
        ...{ code: 1, out: "" },
        err: `Task run '${NOBODY}' not found! 'orch task-run ls' lists the latest ones.`,
      });
      const wrong = await orch("task-run", name, "x");
      expect(wrong.code).toBe(1);
      expect(wrong.err).toStartWith("Task run 'x' not found!");
    });
  }
});

describe("task-run delete", () => {
  test("asks first, and a no leaves it", async () => {
    terminal.answer = false;
    expect((await orch("task-run", "delete", task(2).id)).err).toBe("Deletion aborted.");
    terminal.answer = true;
    expect(terminal.asked.splice(0)).toEqual(["Delete task run 't-2'?"]);
    expect(await idsOf("--state", "Running")).toEqual([task(2).id]);
  });

  test("with --yes takes it away without a word", async () => {
    const { out } = await orch("task-run", "delete", task(2).id, "--yes");
    expect(out).toBe(`Successfully deleted task run 't-2'.`);
    expect(terminal.asked).toEqual([]);
    expect((await orch("task-run", "inspect", task(2).id)).code).toBe(1);
  });
});

describe("flow inspect and delete", () => {
  test("find it by name and by id", async () => {
    const byName = await json("flow", "inspect", "work");
    expect(byName.name).toBe("work");
    expect(await json("flow", "inspect", byName.id)).toEqual(byName);
    expect((await orch("flow", "inspect", "work")).out).toStartWith("Flow 'work'\n");
  });

  for (const name of ["inspect", "delete"]) {
    test(`${name} of a flow that is not there says so`, async () => {
      const { err, code } = await orch("flow", name, "none");
      expect(err).toBe("Flow 'none' not found! 'orch flow ls' lists what is there.");
      expect(code).toBe(1);
    });
  }

  test("delete says what goes with it, and takes it", async () => {
    terminal.answer = false;
    expect((await orch("flow", "delete", "work")).err).toBe("Deletion aborted.");
    terminal.answer = true;
    expect(terminal.asked.splice(0)).toEqual(["Delete flow 'work' with its 0 deployment(s) and 2 run(s)?"]);
    expect((await orch("flow", "delete", "work", "-y")).out).toBe("Deleted flow 'work'.");
    expect(await json("flow-run", "ls")).toEqual([]);
    expect(await idsOf()).toEqual([]);
  });
});
