// Decides whether a scheduled run of a deployment may start now, by the deployment's overlap and catch-up policies. Both the rule that
// guards the claim and the loop that acts at the due time ask here, in the transaction in which they act.
import type { Reader } from "#db/connect.ts";
import { type Timestamp, toMillis } from "#lib/time/timestamps.ts";
import type { Catchup } from "#wire/runs/run-policies.ts";
import { newerDueRun, othersUnderWay, readRunPolicy } from "./store.ts";

/** Runs start within seconds of their time; later than this one was missed. For `catchup: none`. */
const PUNCTUAL_SECONDS = 60;

export type StartDecision =
  | { action: "start" }
  /** It never starts. */
  | { action: "skip"; message: string }
  /** Not yet. `cancels`: runs that have to make room. `isDue`: it waits for its turn, and not for its time. */
  | { action: "wait"; message: string; cancels: readonly string[]; isDue: boolean };

export interface Candidate {
  id: string;
  name: string;
  deployment_id: string;
  /** Made by a schedule. */
  isAutoScheduled: boolean;
  run_count: number;
  next_scheduled_start_time: Timestamp | null;
}

const START: StartDecision = { action: "start" };

/** `undefined` for a run that is not scheduled, or of no deployment. */
export function readCandidate(q: Reader, id: string): Candidate | undefined {
  const row = q.get<Omit<Candidate, "isAutoScheduled"> & { auto_scheduled: number }>(
    `select id, name, deployment_id, auto_scheduled, run_count, next_scheduled_start_time from flow_run
     where id = ? and state_type = 'SCHEDULED' and deployment_id is not null`,
    id,
  );
  return row && { ...row, isAutoScheduled: row.auto_scheduled === 1 };
}

/** Of a run that has begun before, and starts again, only its turn is decided: it is not skipped, and takes no other one's place. */
export function decideStart(q: Reader, id: string, deploymentId: string, now: Timestamp): StartDecision {
  const policy = readRunPolicy(q, deploymentId);
  const run = policy && readCandidate(q, id);
  if (!run) return START;
  const due = run.next_scheduled_start_time ?? now;
  const isDue = due <= now;
  const isFirst = run.run_count === 0;
  if (isFirst && isDue) {
    const missed = run.isAutoScheduled ? missedMessage(q, run, policy.catchup, { due, now }) : undefined;
    const message = missed ?? (policy.overlap === "cancel-older" ? replacedMessage(q, run, { due, now }) : undefined);
    if (message !== undefined) return { action: "skip", message };
  }
  const others = policy.overlap === "allow" ? [] : othersUnderWay(q, deploymentId, id);
  const [other] = others;
  if (!other) return START;
  if (isFirst && isDue && policy.overlap === "skip") {
    return { action: "skip", message: `Skipped: flow run '${other.name}' was still under way (overlap: skip).` };
  }
  const newer =
    isFirst && isDue && policy.overlap === "cancel-older"
      ? others.find((one) => one.expected_start_time > due)
      : undefined;
  if (newer) return { action: "skip", message: replacedBy(newer.name) };
  if (policy.overlap !== "cancel-older" || !isFirst) {
    const message = `Waits for its turn: flow run '${other.name}' was under way (overlap: ${policy.overlap}).`;
    return { action: "wait", message, cancels: [], isDue };
  }
  return {
    action: "wait",
    message: `Waits until flow run '${other.name}' is cancelled (overlap: cancel-older).`,
    cancels: others.filter(({ state_type }) => state_type !== "CANCELLING").map((one) => one.id),
    isDue,
  };
}

interface Times {
  due: Timestamp;
  now: Timestamp;
}

function missedMessage(q: Reader, run: Candidate, catchup: Catchup, { due, now }: Times): string | undefined {
  if (catchup === "all") return undefined;
  if (catchup === "last") {
    const newer = newerDueRun(q, run.deployment_id, { due, id: run.id }, { now, autoScheduled: true });
    return newer && `Skipped: it was missed, and only the last missed run starts: '${newer.name}' (catchup: last).`;
  }
  const late = (toMillis(now) - toMillis(due)) / 1000;
  const most = catchup === "none" ? PUNCTUAL_SECONDS : catchup.within;
  if (late <= most) return undefined;
  const policy = catchup === "none" ? "none" : `within ${spanText(most)}`;
  return `Skipped: it was late by ${spanText(late)} when it could have started (catchup: ${policy}).`;
}

function replacedMessage(q: Reader, run: Candidate, { due, now }: Times): string | undefined {
  const newer = newerDueRun(q, run.deployment_id, { due, id: run.id }, { now, autoScheduled: false });
  return newer && replacedBy(newer.name);
}

function replacedBy(name: string): string {
  return `Skipped: the newer flow run '${name}' takes its place (overlap: cancel-older).`;
}

const UNITS = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
] as const;

/** `2 h 5 min`: the two largest units, rounded down. */
function spanText(seconds: number): string {
  let left = Math.max(Math.floor(seconds), 1);
  const parts = UNITS.map(([length, unit]) => {
    const count = Math.floor(left / length);
    left -= count * length;
    return count > 0 ? `${count} ${unit}` : "";
  });
  const first = parts.findIndex((part) => part !== "");
  return parts
    .slice(first, first + 2)
    .filter((part) => part !== "")
    .join(" ");
}
