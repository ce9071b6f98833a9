// How a run's process ends, and what becomes of the run; and what becomes of one that cannot be started.
import { afterEach, describe, expect, test } from "bun:test";
import { listLogs } from "#wire/runs/logs.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { type Bundle, makeDueRun, meanwhile, put, readRun, setup } from "./setup.ts";

const open: Bundle[] = [];
afterEach(async () => {
  for (const { agent, app, clock } of open.splice(0)) {
    await meanwhile(clock, agent.abort(), 1);
    await app.close();
  }
});

/** Runs one run whose process goes through `states` and exits with `code`; gives the state it is left in. */
async function leftAs(code: number, ...states: StateInput[]) {
  const bundle = setup();
  open.push(bundle);
  const running = bundle.agent.run();
  const run = await makeDueRun(bundle.app);
  const [job] = await bundle.place.started(1);
  for (const state of states) await put(bundle.app, run.id, state, true);
  bundle.agent.drain();
  job?.exit(code);
  await running;
  const { state } = await readRun(bundle.app, run.id);
  return { type: state?.type, name: state?.name, message: state?.message ?? null, lines: bundle.lines.all };
}

const RETRY: StateInput = {
  type: "SCHEDULED",
  name: "AwaitingRetry",
  state_details: { scheduled_time: "2099-01-01T00:00:00Z" },
};
const NO_RESULT = "The process of the flow run ended without reporting its result.";
const exited = (code: number) => `Flow run infrastructure exited with non-zero status code ${code}.`;

const ENDS: [what: string, code: number, states: StateInput[], type: string, message: string | null][] = [
  ["0 after Completed", 0, [{ type: "RUNNING" }, { type: "COMPLETED" }], "COMPLETED", null],
  ["0 after Failed", 0, [{ type: "RUNNING" }, { type: "FAILED", message: "no" }], "FAILED", "no"],
  ["1 while Running", 1, [{ type: "RUNNING" }], "CRASHED", exited(1)],
  ["1 before it ran", 1, [], "CRASHED", exited(1)],
  ["-9 while Running", -9, [{ type: "RUNNING" }], "CRASHED", exited(-9)],
  ["3 after its own report", 3, [{ type: "CRASHED", message: "By exit(3)." }], "CRASHED", "By exit(3)."],
  ["1 after Completed", 1, [{ type: "RUNNING" }, { type: "COMPLETED" }], "COMPLETED", null],
  ["0 while Running", 0, [{ type: "RUNNING" }], "CRASHED", NO_RESULT],
  ["0 before it ran", 0, [], "CRASHED", NO_RESULT],
  ["0 while it waits for its retry", 0, [{ type: "RUNNING" }, RETRY], "SCHEDULED", null],
  ["0 while Paused", 0, [{ type: "RUNNING" }, { type: "PAUSED" }], "PAUSED", null],
  ["0 while being cancelled", 0, [{ type: "RUNNING" }, { type: "CANCELLING" }], "CANCELLED", null],
  ["-15 while being cancelled", -15, [{ type: "RUNNING" }, { type: "CANCELLING" }], "CANCELLED", null],
];
for (const [what, code, states, type, message] of ENDS) {
  test(`a process that exits with ${what} leaves its run ${type}`, async () => {
    expect(await leftAs(code, ...states)).toMatchObject({ type, message });
  });
}

test("a bad end is told in words", async () => {
  const { lines } = await leftAs(-9, { type: "RUNNING" });
  expect(lines.at(-2)).toMatch(/Process '.*' exited with status code: -9\. It was killed by SIGKILL/);
  expect(lines.at(-1)).toMatch(/Flow run '.*' finished in state Crashed$/);
});

test("what a run prints comes out as it is", async () => {
  const bundle = setup();
  open.push(bundle);
  void bundle.agent.run();
  await makeDueRun(bundle.app);
  const [job] = await bundle.place.started(1);
  job?.output("hi Ada");
  expect(bundle.lines.all.at(-1)).toBe("hi Ada");
});

describe("a run that cannot be started is FAILED with the reason", () => {
  /** The message of a run of a deployment like this. */
  async function refusal(bundle: Bundle, fields: Parameters<typeof makeDueRun>[1]): Promise<string | null> {
    open.push(bundle);
    void bundle.agent.run();
    const run = await makeDueRun(bundle.app, fields);
    await bundle.lines.until(/could not be started/);
    await meanwhile(bundle.clock, bundle.clock.sleep(1_000));
    const { state } = await readRun(bundle.app, run.id);
    expect(state?.type).toBe("FAILED");
    const log = await bundle.app.call(listLogs, { body: { logs: { flow_run_id: { any_: [run.id] } } } });
    expect(log.map(({ message }) => message)).toEqual([state?.message ?? ""]);
    return state?.message ?? null;
  }

  test("when its place refuses", async () => {
    const bundle = setup();
    bundle.place.onStart = () => {
      throw new Error("'nope' could not be started: no such file");
    };
    expect(await refusal(bundle, {})).toBe("Submission failed. 'nope' could not be started: no such file");
  });

  test("when an override names nothing", async () => {
    expect(await refusal(setup(), { infra_overrides: { "a.b": 1 } })).toStartWith(
      "Submission failed. The override 'a.b' names no field of the process. Its fields are: env,",
    );
  });

  test("and the next run is started as ever", async () => {
    const bundle = setup();
    await refusal(bundle, { infra_overrides: { "a.b": 1 } });
    await makeDueRun(bundle.app);
    await bundle.place.started(1);
  });
});
