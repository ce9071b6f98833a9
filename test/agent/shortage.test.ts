// A machine that lacks what a process needs: runs wait for it, and are not failed.
import { afterEach, expect, test } from "bun:test";
import { createShortage } from "#agent/shortage.ts";
import { OrchError } from "#lib/errors.ts";
import { manualClock } from "../clock.ts";
import { type Bundle, history, makeDueRun, meanwhile, put, readRun, setup } from "./setup.ts";

const open: Bundle[] = [];
afterEach(async () => {
  for (const { agent, app, clock } of open.splice(0)) {
    await meanwhile(clock, agent.abort(), 1);
    await app.close();
  }
});

const SHORT = new OrchError("unavailable", "This process may not open more files at once.");

/** A place for so many jobs at a time. */
function crowded(room: number): Bundle & { most: () => number } {
  const bundle = setup();
  open.push(bundle);
  let [now, most] = [0, 0];
  bundle.place.onStart = (job) => {
    if (now >= room) throw SHORT;
    now += 1;
    most = Math.max(most, now);
    const { exit } = job;
    job.exit = (code) => {
      now -= 1;
      exit(code);
    };
  };
  return { ...bundle, most: () => most };
}

test("R13: thirty runs where three have room: none fails, all execute, said once", async () => {
  const bundle = crowded(3);
  const { app, clock, place, lines, agent } = bundle;
  const runs = [];
  for (let n = 0; n < 30; n += 1) runs.push(await makeDueRun(app));
  void agent.run();
  for (let done = 0; done < runs.length; done += 1) {
    const [job] = (await meanwhile(clock, place.started(done + 1), 0.1)).slice(done);
    await put(app, job?.run.id ?? "", { type: "RUNNING" });
    await put(app, job?.run.id ?? "", { type: "COMPLETED" });
    job?.exit(0);
  }
  for (const { id } of runs) expect(await history(app, id)).toEqual(["Scheduled", "Pending", "Running", "Completed"]);
  expect(bundle.most()).toBeLessThanOrEqual(3);
  expect(lines.all.filter((line) => line.includes(SHORT.message))).toHaveLength(1);
  expect(lines.all.join()).not.toContain("could not be started");
});

test("R13: while runs wait for the machine few more are claimed", async () => {
  const { app, clock, agent } = crowded(0);
  const runs = [];
  for (let n = 0; n < 40; n += 1) runs.push(await makeDueRun(app));
  void agent.run();
  await meanwhile(clock, clock.sleep(30_000), 0.1);
  const states = await Promise.all(runs.map(async ({ id }) => (await readRun(app, id)).state_type));
  expect(states.filter((type) => type === "PENDING").length).toBeWithin(1, 20);
  expect(new Set(states)).toEqual(new Set(["PENDING", "SCHEDULED"]));
});

test("R13: what cannot be started for another reason is refused at once", async () => {
  const shortage = createShortage({ clock: manualClock(), say: () => {} });
  const refusal = new OrchError("invalid", "There is no such command.");
  const refused = shortage.insist(() => Promise.reject(refusal), new AbortController().signal);
  await expect(refused).rejects.toBe(refusal);
  expect(shortage.isShort()).toBe(false);
});

test("R13: an agent that has to end does not wait on", async () => {
  const stop = new AbortController();
  const shortage = createShortage({ clock: manualClock(), say: () => {} });
  const waiting = shortage.insist(() => Promise.reject(SHORT), stop.signal);
  stop.abort();
  await expect(waiting).rejects.toBe(SHORT);
});
