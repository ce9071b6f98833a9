// Containers go on when their agent is killed: the next agent looks after them to their end.
import { afterEach, expect, test } from "bun:test";
import { attemptClient } from "#client/attempt.ts";
import { newId } from "#lib/ids.ts";
import { attemptText } from "#wire/runs/attempts.ts";
import { deleteFlowRun, setFlowRunState } from "#wire/runs/flow-runs.ts";
import type { TestApp } from "../app.ts";
import { type Bundle, history, lineTo, makeDueRun, meanwhile, put, readRun, setup } from "./setup.ts";

const open: Bundle[] = [];
afterEach(async () => {
  const all = open.splice(0);
  for (const { agent, clock } of all) await meanwhile(clock, agent.abort(), 1);
  for (const app of new Set(all.map((bundle) => bundle.app))) await app.close();
});

const PID = "docker://host/var/lib/docker:abc";

/** A run that executes in a container; its agent is cut off for good, another one is there. */
async function left() {
  const first = setup();
  open.push(first);
  void first.agent.run();
  const run = await makeDueRun(first.app);
  const [started] = await first.place.started(1);
  await put(first.app, run.id, { type: "RUNNING" });
  first.line.cut = true;
  const bundle = { ...first, ...first.another() };
  bundle.place.left.push({
    run: { id: run.id, name: run.name },
    pid: PID,
    attempt: started?.attempt ?? "",
    deployment: null,
  });
  void bundle.agent.run();
  const [job] = await meanwhile(bundle.clock, bundle.place.started(1));
  open.push(bundle);
  return { ...bundle, run, job };
}

test("its end is reported", async () => {
  const { app, clock, lines, run, job } = await left();
  expect(job).toMatchObject({ pid: PID, run: { id: run.id }, type: "process" });
  await lines.until(/Looking after flow run .*, whose agent is gone\./);
  job?.exit(137);
  await meanwhile(clock, lines.until(/finished in state Crashed/));
  expect((await readRun(app, run.id)).state?.message).toBe(
    "Flow run infrastructure exited with non-zero status code 137.",
  );
});

test("it can be cancelled at once", async () => {
  const { app, clock, lines, run, job } = await left();
  await put(app, run.id, { type: "CANCELLING" });
  await meanwhile(clock, lines.until(/Cancelled flow run/));
  expect(job?.killed).toBe(true);
  expect((await history(app, run.id)).slice(-2)).toEqual(["Cancelling", "Cancelled"]);
});

test("the agent waits for it as for its own", async () => {
  const { app, clock, agent, lines, run, job } = await left();
  agent.drain();
  await lines.until(/Waiting for 1 flow run/);
  await put(app, run.id, { type: "COMPLETED" });
  job?.exit(0);
  await meanwhile(clock, lines.until(/finished in state Completed/));
});

test("that of a run which was deleted is ended, also where its place is away for a while", async () => {
  const bundle = setup();
  open.push(bundle);
  const asked: string[] = [];
  bundle.place.kill = async ({ pid }) => {
    asked.push(pid);
    if (asked.length < 3) throw new Error("No container engine answers.");
    return "killed";
  };
  bundle.place.left.push({ run: { id: newId(), name: "gone" }, pid: PID, attempt: "t", deployment: null });
  void bundle.agent.run();
  await meanwhile(bundle.clock, bundle.place.started(1), 1);
  expect(asked).toEqual([PID, PID, PID]);
});

test("of a run which was deleted, its deployment still says how its place is reached; what no agent here knows is named", async () => {
  const bundle = setup();
  open.push(bundle);
  const blocks: unknown[] = [];
  bundle.place.kill = async ({ block }) => {
    blocks.push(await block?.());
    return "not-ours";
  };
  const { id, deployment_id } = await makeDueRun(bundle.app, { infra_overrides: { "env.X": "1" } });
  await bundle.app.call(deleteFlowRun, { params: { id } });
  for (const deployment of [deployment_id, newId()]) {
    bundle.place.left.push({ run: { id: newId(), name: "gone" }, pid: PID, attempt: "t", deployment });
  }
  void bundle.agent.run();
  await meanwhile(bundle.clock, bundle.place.started(2), 1);
  expect(blocks).toEqual([expect.objectContaining({ env: { X: "1" } }), undefined]);
  expect(bundle.lines.all.join("\n")).toContain(
    `The job of flow run 'gone', which was deleted, is not known here and may go on: ${PID}`,
  );
});

test("one that cannot be reached is tried again", async () => {
  const bundle = setup();
  open.push(bundle);
  const run = await makeDueRun(bundle.app, { inSeconds: 3600 });
  let tries = 0;
  const { adopt } = bundle.place;
  bundle.place.adopt = async (pid, job, isAwaited) => {
    tries += 1;
    if (tries < 3) throw new Error("No container engine answers.");
    return adopt(pid, job, isAwaited);
  };
  bundle.place.left.push({ run: { id: run.id, name: run.name }, pid: PID, attempt: "", deployment: null });
  void bundle.agent.run();
  await meanwhile(bundle.clock, bundle.place.started(1), 1);
  expect(
    bundle.lines.all.filter((line) => line.includes("cannot be reached: No container engine answers.")),
  ).toHaveLength(1);
});

const claim = (app: TestApp, id: string, token: string) =>
  attemptClient(lineTo(app).client, attemptText({ flowRunId: id, token }), () => {}).call(setFlowRunState, {
    params: { id },
    body: { state: { type: "PENDING" } },
  });

const MEANWHILE: [what: string, isAwaited: boolean, happens: (app: TestApp, id: string) => Promise<unknown>][] = [
  ["waits for it", true, async () => {}],
  ["was cancelled", false, (app, id) => put(app, id, { type: "CANCELLED" }, true)],
  ["is being cancelled", false, (app, id) => put(app, id, { type: "CANCELLING" }, true)],
  ["was given up for lost", false, (app, id) => put(app, id, { type: "CRASHED" }, true)],
  ["is to be tried again", false, (app, id) => put(app, id, { type: "SCHEDULED" }, true)],
  ["was deleted", false, (app, id) => app.call(deleteFlowRun, { params: { id } })],
  [
    "was claimed by another",
    false,
    async (app, id) => {
      await put(app, id, { type: "SCHEDULED" }, true);
      await claim(app, id, "another");
    },
  ],
];
for (const [what, isAwaited, happens] of MEANWHILE) {
  test(`one that was made and has not begun ${isAwaited ? "begins" : "does not begin"} where its run ${what}`, async () => {
    const bundle = setup();
    open.push(bundle);
    const run = await makeDueRun(bundle.app, { inSeconds: 3600 });
    await claim(bundle.app, run.id, "one");
    await happens(bundle.app, run.id);
    bundle.place.kill = async () => "not-found";
    const asked = Promise.withResolvers<boolean>();
    bundle.place.adopt = async (_pid, _job, isAwaited) => {
      asked.resolve(await isAwaited());
      return null;
    };
    bundle.place.left.push({ run: { id: run.id, name: run.name }, pid: PID, attempt: "one", deployment: null });
    void bundle.agent.run();
    expect(await meanwhile(bundle.clock, asked.promise, 1)).toBe(isAwaited);
  });
}
