// Where the time of a run went, by its states: from when it was due until it ended.
import { type Timestamp, toMillis } from "#lib/time/timestamps.ts";
import type { SPAN_KINDS } from "#wire/runs/flow-run-stories.ts";
import type { StateType } from "#wire/runs/states.ts";

export type SpanKind = (typeof SPAN_KINDS)[number];

export interface Span {
  kind: SpanKind;
  start: Timestamp;
  /** Null while it goes on. */
  end: Timestamp | null;
}

export interface TimedState {
  type: StateType;
  name: string;
  timestamp: Timestamp;
  /** When a scheduled run is due. */
  scheduled_time: Timestamp | null;
}

const KINDS: Readonly<Partial<Record<StateType, SpanKind>>> = {
  SCHEDULED: "waited",
  PENDING: "started",
  RUNNING: "ran",
  PAUSED: "paused",
  CANCELLING: "ended",
};

/** In the order of time, next to each other of different kinds. Nothing before the run was due: it was meant to wait until then. */
export function spansOf(states: readonly TimedState[], now: Timestamp): Span[] {
  const spans: Span[] = [];
  let due = "";
  for (const [index, { type, name, timestamp, scheduled_time }] of states.entries()) {
    const isRetry = name === "AwaitingRetry";
    if (type === "SCHEDULED" && !isRetry) due = scheduled_time ?? due;
    const kind = isRetry ? "retrying" : KINDS[type];
    const next = states[index + 1]?.timestamp ?? null;
    if (!kind) continue;
    const start = (kind === "waited" || kind === "started") && due > timestamp ? due : timestamp;
    if ((next ?? now) <= start) continue;
    const last = spans.at(-1);
    if (last?.kind === kind) last.end = next;
    else spans.push({ kind, start, end: next });
  }
  return spans;
}

/** Seconds of each kind, up to now. */
export function secondsOf(spans: readonly Span[], now: Timestamp): Record<SpanKind, number> {
  const sums: Record<SpanKind, number> = { waited: 0, started: 0, ran: 0, paused: 0, retrying: 0, ended: 0 };
  for (const { kind, start, end } of spans) sums[kind] += (toMillis(end ?? now) - toMillis(start)) / 1000;
  return sums;
}
