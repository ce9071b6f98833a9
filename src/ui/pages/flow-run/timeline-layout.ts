// Lays task runs out in lanes over time: one beside its parent where there is room, or each in a row of its own.
import type { Timeline } from "#wire/runs/timelines.ts";

export interface Bars {
  /** By task run: lane, start and end in milliseconds. Those that never began have neither. */
  lanes: Int32Array;
  starts: Float64Array;
  ends: Float64Array;
  laneCount: number;
  from: number;
  until: number;
  /** Numbers of the task runs that are drawn, in the order of their starts. */
  drawn: number[];
}

export interface LayoutOptions {
  isWaterfall: boolean;
  isFailedOnly: boolean;
  /** The end of what is still running. Milliseconds. */
  now: number;
}

const BAD: ReadonlySet<string | null> = new Set(["FAILED", "CRASHED"]);
/** A bar is never shorter than this part of the whole, so that lanes keep what is short apart. */
const LEAST_SHARE = 1 / 400;

export function layOut({ task_runs: columns }: Timeline, { isWaterfall, isFailedOnly, now }: LayoutOptions): Bars {
  const count = columns.ids.length;
  const [starts, ends, lanes] = [new Float64Array(count), new Float64Array(count), new Int32Array(count).fill(-1)];
  const drawn: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const start = columns.starts[at] ?? null;
    if (start === null || (isFailedOnly && !BAD.has(columns.state_types[at] ?? null))) continue;
    starts[at] = start;
    ends[at] = Math.max(start, columns.ends[at] ?? now);
    drawn.push(at);
  }
  drawn.sort((one, other) => (starts[one] ?? 0) - (starts[other] ?? 0));
  const from = drawn.reduce((least, at) => Math.min(least, starts[at] ?? least), Number.POSITIVE_INFINITY);
  const until = drawn.reduce((most, at) => Math.max(most, ends[at] ?? most), Number.NEGATIVE_INFINITY);
  const gap = Math.max(1, (until - from) * LEAST_SHARE);
  const numberOf = new Map(columns.places.map((place, at) => [place, at]));
  const free: number[] = []; // by lane, when it is free
  for (const at of drawn) {
    const start = starts[at] ?? 0;
    const parent = numberOf.get(columns.inputs[at]?.[0] ?? -1);
    const beside = parent === undefined ? -1 : (lanes[parent] ?? -1);
    const lane = isWaterfall ? free.length : laneFor(free, start, beside);
    lanes[at] = lane;
    free[lane] = Math.max(ends[at] ?? 0, start + gap);
  }
  return { lanes, starts, ends, laneCount: free.length, from, until: Math.max(until, from + 1), drawn };
}

function laneFor(free: readonly number[], start: number, beside: number): number {
  if (beside >= 0 && (free[beside] ?? Number.POSITIVE_INFINITY) <= start) return beside;
  const lane = free.findIndex((at) => at <= start);
  return lane < 0 ? free.length : lane;
}
