// A month of flow runs: when they were due, how they went, and each state on the way.

import { usualName } from "#domain/run-state.ts";
import { dates } from "#domain/schedules/expand.ts";
import { createZones, type Zones } from "#domain/schedules/zone.ts";
import { runName } from "#lib/text/names.ts";
import { toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import type { StateType } from "#wire/runs/states.ts";
import { DAY_MS, type Place } from "./places.ts";
import type { Chance, Rows, Value } from "./rows.ts";
import { CRASHES, FAILURES, LINES } from "./words.ts";

const HOUR_MS = 3_600_000;

export interface Step {
  type: StateType;
  at: number;
  name?: string | undefined;
  message?: string | undefined;
  details?: Record<string, unknown>;
  /** The id of an artifact. */
  result?: string;
}

export interface RunRow {
  id: string;
  name: string;
  place: Place;
  due: number;
  steps: readonly Step[];
  key?: string;
  columns?: Record<string, Value>;
}

/** Writes a run with its states; its columns follow from them, as the server's own do. */
export function addRun(rows: Rows, chance: Chance, { id, name, place, due, steps, key, columns = {} }: RunRow): void {
  const last = steps.at(-1);
  if (!last) throw new Error("a run has a state");
  const ids = steps.map(({ at }) => chance.id(at));
  const running = steps.filter(({ type }) => type === "RUNNING");
  const hasEnded = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"].includes(last.type);
  const total = steps.reduce((sum, { type, at }, index) => {
    const next = steps[index + 1];
    return type === "RUNNING" && next ? sum + (next.at - at) / 1000 : sum;
  }, 0);
  rows.add("flow_run", {
    ...{ id, created: toTimestamp(steps[0]?.at ?? due), updated: toTimestamp(last.at), name, flow_id: place.flowId },
    ...{ state_id: ids.at(-1) ?? null, deployment_id: place.id, work_queue_name: place.queueName },
    ...{ work_queue_id: place.queueId, flow_version: "9c1d0a", parameters: JSON.stringify(place.parameters) },
    ...{ idempotency_key: key ?? null, tags: JSON.stringify([...(key ? ["auto-scheduled"] : []), ...place.tags]) },
    ...{ state_type: last.type, state_name: last.name ?? usualName(last.type), state_timestamp: toTimestamp(last.at) },
    ...{ run_count: running.length, expected_start_time: toTimestamp(due) },
    next_scheduled_start_time: last.type === "SCHEDULED" ? toTimestamp(due) : null,
    start_time: running[0] ? toTimestamp(running[0].at) : null,
    end_time: hasEnded ? toTimestamp(last.at) : null,
    ...{ total_run_time: total, auto_scheduled: key ? 1 : 0 },
    ...{ parent_task_run_id: null, empirical_policy: "{}" },
    ...columns,
  });
  for (const [index, step] of steps.entries()) {
    const details = { flow_run_id: id, ...(step.type === "SCHEDULED" ? { scheduled_time: toTimestamp(due) } : {}) };
    rows.add("flow_run_state", {
      ...{ id: ids[index] ?? null, flow_run_id: id, type: step.type, name: step.name ?? usualName(step.type) },
      ...{ timestamp: toTimestamp(step.at), message: step.message ?? null },
      ...{ state_details: JSON.stringify({ ...details, ...step.details }), result_artifact_id: step.result ?? null },
    });
  }
}

interface Due {
  place: Place;
  at: number;
  key?: string;
}

/** Moments in the month before `now` and a little after it, `most` of each deployment at most. */
function duesOf(place: Place, now: number, most: number, zones: Zones, chance: Chance, byHand: number): Due[] {
  const { schedule } = place;
  const begin = now - 30 * DAY_MS;
  if (!schedule) {
    const count = Math.min(most, byHand);
    return Array.from({ length: count }, () => ({ place, at: begin + chance.next() * 30 * DAY_MS })).sort(byTime);
  }
  const until = place.isActive ? now + HOUR_MS : now - 10 * DAY_MS;
  const found: Due[] = [];
  // An expansion ends after a thousand dates.
  for (let start = begin; start < until; ) {
    const some = [
      ...dates(schedule as never, { start, end: until, limit: 1000, anchor: toMillis(place.created) }, zones),
    ]; // the API has answered it
    for (const { instant, text } of some) found.push({ place, at: instant, key: `scheduled ${place.id} ${text}` });
    const last = some.at(-1)?.instant;
    if (last === undefined) break;
    start = last + 1000;
  }
  return found.slice(-most);
}

const byTime = (a: Due, b: Due) => a.at - b.at;

/** How the run that is due then went, as it looks at `now`. */
function stepsOf({ place, at, key }: Due, now: number, chance: Chance): Step[] {
  const due = Math.round(at);
  const planned = key ? due - HOUR_MS - chance.below(600_000) : due;
  const steps: Step[] = [{ type: "SCHEDULED", at: planned, message: "Flow run scheduled" }];
  if (due >= now) return steps;
  const slow = chance.next() < 0.03 ? 20_000 + chance.below(400_000) : 15 + chance.below(600);
  if (slow > 15_000) steps.push({ type: "SCHEDULED", name: "Late", at: due + 15_000 });
  const start = due + slow;
  steps.push({ type: "PENDING", at: start });
  steps.push(...executed(start + 20 + chance.below(900), place.usual, chance));
  const past = steps.filter((step, index) => index === 0 || step.at <= now);
  return past;
}

/** From RUNNING to the end, some by way of another try. */
function executed(start: number, usual: number, chance: Chance): Step[] {
  const seconds = usual * (0.7 + 0.6 * chance.next()) * (chance.next() < 0.02 ? 6 : 1);
  const end = start + Math.max(5, Math.round(seconds * 1000));
  const running: Step = { type: "RUNNING", at: start };
  const done: Step = { type: "COMPLETED", at: end, message: "All states completed." };
  const luck = chance.next();
  const failed: Step = { type: "FAILED", at: end, ...chance.pick(FAILURES) };
  if (luck < 0.86) return [running, done];
  if (luck < 0.92) return [running, failed];
  if (luck < 0.94) return [running, { type: "CRASHED", at: end, message: chance.pick(CRASHES) }];
  if (luck < 0.95) {
    const cancelling: Step = { type: "CANCELLING", at: end - 2, message: "Cancelled by a colleague" };
    return [running, cancelling, { type: "CANCELLED", at: end }];
  }
  const again = end + 10_000;
  const retry: Step = { type: "SCHEDULED", name: "AwaitingRetry", at: end, message: failed.message };
  const second: Step = { type: "RUNNING", name: "Retrying", at: again };
  const outcome = { ...(luck < 0.98 ? done : failed), at: again + (end - start) };
  return [running, retry, second, outcome];
}

/** Gives the number of runs. Those of the last day have log lines, the last ones task runs too. */
export function addHistory(
  rows: Rows,
  chance: Chance,
  { places, now, wanted, most }: { places: readonly Place[]; now: number; wanted: number; most: number },
): number {
  const zones = createZones();
  const scheduled = places
    .filter(({ schedule }) => schedule)
    .flatMap((place) => duesOf(place, now, most, zones, chance, 0));
  const free = places.filter(({ schedule }) => !schedule);
  const byHand = Math.max(0, Math.ceil((wanted - scheduled.length) / free.length));
  const all = [...scheduled, ...free.flatMap((place) => duesOf(place, now, wanted, zones, chance, byHand))].sort(
    byTime,
  );
  for (const due of all) {
    const steps = stepsOf(due, now, chance);
    const id = chance.id(steps[0]?.at ?? due.at);
    const run = { id, name: runName(chance.next), place: due.place, due: Math.round(due.at), steps };
    addRun(rows, chance, { ...run, ...(due.key ? { key: due.key } : {}) });
    if (due.at > now - DAY_MS) addLines(rows, chance, id, steps);
  }
  return all.length;
}

/** A few lines, from the first RUNNING to the last state. */
function addLines(rows: Rows, chance: Chance, id: string, steps: readonly Step[]): void {
  const start = steps.find(({ type }) => type === "RUNNING")?.at;
  const last = steps.at(-1);
  if (start === undefined || !last) return;
  const count = 3 + chance.below(5);
  for (let index = 0; index < count; index += 1) {
    const at = start + ((last.at - start) * index) / count;
    addLine(rows, chance, { flowRun: id, at, message: chance.pick(LINES).replace("%d", String(chance.below(9000))) });
  }
  if (last.type === "FAILED")
    addLine(rows, chance, { flowRun: id, at: last.at, level: 40, message: last.message ?? "" });
}

export interface Line {
  flowRun: string;
  at: number;
  message: string;
  level?: number;
  taskRun?: string | null;
  logger?: string;
}

export function addLine(
  rows: Rows,
  chance: Chance,
  { flowRun, at, message, level = 20, taskRun = null, logger }: Line,
): void {
  const time = toTimestamp(at);
  rows.add("log", {
    ...{ id: chance.id(at), created: time, updated: time, name: logger ?? "prefect.flow_runs", level, message },
    ...{ timestamp: time, flow_run_id: flowRun, task_run_id: taskRun },
  });
}
