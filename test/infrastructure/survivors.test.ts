// Jobs that outlive their agent: ended by a shell that reads the agent's pipe.
import { expect, test } from "bun:test";
import { createSurvivors } from "#infrastructure/survivors.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { membersOf } from "#lib/process/process-group.ts";
import { eventually } from "../eventually.ts";

/** Every job takes long at once. */
const clock: Clock = { ...systemClock, sleep: async () => {} };
const machine = { PATH: process.env["PATH"] };

/** A job: a shell, and what it starts. */
function job(script: string) {
  const child = Bun.spawn(["sh", "-c", script], { detached: true, stdout: "ignore", stderr: "ignore" });
  const over = Promise.withResolvers<void>();
  return { group: child.pid, exited: child.exited, ended: over.promise, end: over.resolve };
}

test("T33: when the agent is gone its jobs are ended, hard where they do not listen, and no others", async () => {
  const survivors = createSurvivors({ clock, machine, askAfterSeconds: 0, killAfterSeconds: 1 });
  const polite = job("sleep 600; true");
  const deaf = job("trap '' TERM; while true; do sleep 1; done");
  const over = job("sleep 600; true");
  for (const { group, ended } of [polite, deaf, over]) survivors.add(group, ended);
  await clock.sleep(0);
  over.end(); // the agent takes it for ended: its number may be another's by now
  await over.ended;
  await clock.sleep(0);
  survivors.close(); // as the end of the agent does
  await Promise.all([polite.exited, deaf.exited]);
  const isThere = ({ group }: { group: number }) => membersOf(group)?.length !== 0;
  await eventually(() => ![polite, deaf].some(isThere), "what the jobs had started has ended"); // it needs a moment to die
  expect(isThere(over)).toBe(true);
  process.kill(-over.group, "SIGKILL");
  await over.exited;
});

test("a short job is ended too, if it is named at once", async () => {
  const slow: Clock = { ...clock, sleep: () => new Promise(() => {}) };
  const survivors = createSurvivors({ clock: slow, machine, askAfterSeconds: 0, killAfterSeconds: 0 });
  const one = job("sleep 600; true");
  survivors.add(one.group, one.ended, { atOnce: true });
  survivors.close();
  await one.exited;
});

test("a machine without a shell ends nothing, and that is no error", async () => {
  const survivors = createSurvivors({ clock, machine: { PATH: "/nowhere" } });
  const one = job("sleep 600; true");
  survivors.add(one.group, one.ended);
  await clock.sleep(0);
  expect(() => survivors.close()).not.toThrow();
  expect(membersOf(one.group)).not.toEqual([]);
  process.kill(-one.group, "SIGKILL");
  await one.exited;
});

test("R11: a group that has got the number of a job meanwhile is left alone", async () => {
  const survivors = createSurvivors({ clock, machine, askAfterSeconds: 0, killAfterSeconds: 0 });
  const [reused, known, unknown] = [job("sleep 600; true"), job("sleep 600; true"), job("sleep 600; true")];
  survivors.add(reused.group, reused.ended, { start: "1" });
  survivors.add(unknown.group, unknown.ended, { start: "" });
  survivors.add(known.group, known.ended);
  await clock.sleep(0);
  survivors.close();
  await Promise.all([known.exited, unknown.exited]);
  expect(membersOf(reused.group)).not.toEqual([]);
  process.kill(-reused.group, "SIGKILL");
  await reused.exited;
});
