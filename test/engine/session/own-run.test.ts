// R1: a process that slept while its question was answered, and whose run was taken from it meanwhile: the old answer starts
// nothing.
import { expect, test } from "bun:test";
import { OrchError } from "#lib/errors.ts";
import { flow, task } from "#sdk/index.ts";
import { here } from "../here.ts";

const TAKEN = new OrchError("no_longer_yours", "Flow run 'a' is no longer yours: another execution of it has begun.");
const SECONDS = 5;

/** Runs a flow with a task; the process sleeps before it gets the first answer to `question`. Gives what was begun. */
async function begunIn(question: string, slept: number, isTaken: boolean): Promise<string[]> {
  const { run, api, clock } = here({ ORCH_HEARTBEAT_SECONDS: SECONDS });
  const begun: string[] = [];
  let hasSlept = false;
  api.after = (call) => {
    if (call !== question || hasSlept) return;
    hasSlept = true;
    clock.advance(slept);
  };
  api.before = () => {
    if (hasSlept && isTaken) throw TAKEN;
  };
  const step = task(async function step() {
    begun.push("task");
  });
  const work = flow(
    async () => {
      begun.push("flow");
      await step();
    },
    { name: "a" },
  );
  await run(work).catch((error) => expect(error.message).toContain("no longer yours"));
  return begun;
}

const OF_FLOW = "POST /flow_runs/{id}/set_state";
const OF_TASK = "POST /task_runs/{id}/set_state";

test("R1: a flow does not begin", async () => {
  expect(await begunIn(OF_FLOW, 60, true)).toEqual([]);
});
test("R1: a task does not begin", async () => {
  expect(await begunIn(OF_TASK, 60, true)).toEqual(["flow"]);
});
test("both begin where the run is the process's own still", async () => {
  expect(await begunIn(OF_FLOW, 60, false)).toEqual(["flow", "task"]);
  expect(await begunIn(OF_TASK, 60, false)).toEqual(["flow", "task"]);
});
test("an answer that took no longer than a heartbeat is no reason to ask", async () => {
  expect(await begunIn(OF_TASK, SECONDS, true)).toEqual(["flow", "task"]);
});
