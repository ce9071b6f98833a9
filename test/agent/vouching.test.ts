// Runs whose place does not answer: for minutes their agent speaks for them, then only what they say themselves counts.
import { afterEach, expect, test } from "bun:test";
import { createLostRuns } from "#server/loops/lost-runs.ts";
import { sendHeartbeats } from "#wire/runs/heartbeats.ts";
import { listLogs } from "#wire/runs/logs.ts";
import { type Bundle, makeDueRun, meanwhile, put, readRun, setup } from "./setup.ts";

let open: Bundle | undefined;
afterEach(async () => {
  if (!open) return;
  await meanwhile(open.clock, open.agent.abort(), 1);
  await open.app.close();
  open = undefined;
});

const REASON = "No container engine answers at unix:///run/docker.sock.";
const SENTENCE =
  /Nothing has been seen of flow run '.*' for 5 minutes: No container engine answers at .*\. If it sends no heartbeat itself, it counts as lost\./;

/** A run that executes where nothing answers. */
async function unseen() {
  const bundle = setup();
  open = bundle;
  void bundle.agent.run();
  const run = await makeDueRun(bundle.app);
  const [job] = await bundle.place.started(1);
  await put(bundle.app, run.id, { type: "RUNNING" });
  bundle.place.unseen = { since: bundle.clock.elapsed(), reason: REASON };
  const loop = createLostRuns(bundle.app.app.context);
  /** Time passes; `each` is called every few seconds. */
  const pass = async (seconds: number, each = async () => {}) => {
    for (const end = bundle.clock.elapsed() + seconds * 1000; bundle.clock.elapsed() < end; ) {
      await meanwhile(bundle.clock, bundle.clock.sleep(2_000), 1);
      await each();
      await loop.runOnce();
    }
  };
  const said = () => bundle.lines.all.filter((line) => SENTENCE.test(line));
  const state = async () => (await readRun(bundle.app, run.id)).state_type;
  return { ...bundle, run, job, pass, said, state };
}

test("a run that is silent too is CRASHED, its log says what did not answer, and its job is ended when that is back", async () => {
  const { app, run, job, pass, said, state, place, clock, lines } = await unseen();
  let isAway = true;
  const { onKill } = place;
  place.onKill = (killed) => {
    if (isAway) throw new Error(REASON);
    return onKill(killed);
  };
  await pass(280);
  expect([await state(), said()]).toEqual(["RUNNING", []]);
  await pass(70);
  expect([await state(), said().length]).toEqual(["CRASHED", 1]);
  const logs = await app.call(listLogs, { body: { logs: { flow_run_id: { any_: [run.id] } } } });
  expect(logs.map(({ message }) => message)).toEqual([expect.stringMatching(SENTENCE)]);
  isAway = false;
  await meanwhile(clock, clock.sleep(20_000), 1);
  expect(job?.killed).toBe(true);
  expect(lines.all.join("\n")).toMatch(/is no longer this agent's\. Its process is ended\./);
});

test("a run that sends heartbeats itself goes on, and so does one that is seen again", async () => {
  const { app, run, job, pass, said, state, place } = await unseen();
  await pass(400, async () => {
    await app.call(sendHeartbeats, { body: { flow_run_ids: [run.id] } });
  });
  expect([await state(), said().length]).toEqual(["RUNNING", 1]);
  place.unseen = undefined;
  await pass(60);
  expect([await state(), said().length, job?.killed]).toEqual(["RUNNING", 1, false]);
});
