// Wall clock ↔ instant for one time zone: the only place that knows offsets, gaps and repeated hours.
// A wall time is a number too: the milliseconds of that clock face as if it stood in UTC.
import { toTimestamp } from "#lib/time/timestamps.ts";

const DAY = 86_400_000;
/** Two changes of a zone are never closer (Morocco's Ramadan break, the shortest known, lasts 29 days). */
const CHUNK = 14 * DAY;

export interface Zone {
  readonly name: string;
  /** Milliseconds that the wall clock is ahead of UTC at an instant. */
  offset(instant: number): number;
  /**
   * The instant at which the wall clock shows `wall`. In a gap or a repeated hour two offsets are in question:
   * `larger` reads a repeated hour in its first pass, `smaller` in its second.
   */
  instant(wall: number, choose: "larger" | "smaller"): number;
  /** The least offset around an instant: no wall time below `instant + floor(instant)` can come after it. */
  floor(instant: number): number;
  /** The other instant at which the clock shows `wall`, where the hour comes twice; `undefined` where it does not. */
  otherPass(wall: number, instant: number): number | undefined;
  /** No wall time from `wall` on is before it. */
  earliest(wall: number): number;
  /** True when the clocks do not change within a day of it. */
  isSteady(instant: number): boolean;
}

export interface Zones {
  get(name: string): Zone;
}

/** Zones with what they have learnt about their offsets so far: worth keeping for as long as many schedules are expanded. */
export function createZones(): Zones {
  const known = new Map<string, Zone>();
  return {
    get(name) {
      const zone = known.get(name) ?? createZone(name);
      known.set(name, zone);
      return zone;
    },
  };
}

/** True for an IANA name spelt as IANA does: the old client refuses `utc` and `+05:00`, so they are not stored. */
export function isZone(name: string): boolean {
  if (!/^[A-Z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone === name;
  } catch {
    return false; // Intl throws a RangeError for a name it does not know: the answer to the question
  }
}

/** ISO text of an instant as the zone's clocks show it, as the old server printed it: no fraction when it is zero. */
export function isoText(zone: Zone, instant: number): string {
  const offset = zone.offset(instant);
  const wall = toTimestamp(instant + offset);
  const clock = wall.slice(19, 26) === ".000000" ? wall.slice(0, 19) : wall.slice(0, 26);
  return clock + offsetText(offset);
}

function offsetText(offset: number): string {
  const clock = new Date(Math.abs(offset)).toISOString().slice(11, 19);
  return (offset < 0 ? "-" : "+") + (clock.endsWith(":00") ? clock.slice(0, 5) : clock);
}

function createZone(name: string): Zone {
  const offset = name === "UTC" ? () => 0 : offsetsOf(name);
  const around = (instant: number): [number, number] => [offset(instant - DAY), offset(instant + DAY)];
  return {
    name,
    offset,
    instant(wall, choose) {
      const [before, after] = around(wall);
      if (before === after) return wall - before;
      const fits = [before, after].filter((candidate) => offset(wall - candidate) === candidate);
      const open = fits.length === 1 ? fits : [before, after];
      return wall - (choose === "larger" ? Math.max(...open) : Math.min(...open));
    },
    otherPass(wall, instant) {
      const [before, after] = around(wall);
      if (before <= after) return undefined;
      const other = wall - (instant === wall - before ? after : before);
      return other + offset(other) === wall ? other : undefined;
    },
    earliest: (wall) => wall - Math.max(...around(wall)),
    floor: (instant) => Math.min(...around(instant)),
    isSteady(instant) {
      const [before, after] = around(instant);
      return before === after;
    },
  };
}

interface Chunk {
  before: number;
  after: number;
  /** Where `before` becomes `after`. */
  change: number;
}

/** Asks Intl (0.8 µs) once per fortnight, and 31 times more in a fortnight in which the offset changes. */
function offsetsOf(name: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
  const chunks = new Map<number, Chunk>();
  const ask = (instant: number) => parseOffset(format.format(Math.floor(instant)));

  function chunkOf(index: number): Chunk {
    const start = index * CHUNK;
    const [before, after] = [ask(start), ask(start + CHUNK)];
    if (before === after) return { before, after, change: start };
    let [low, high] = [start, start + CHUNK];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (ask(middle) === before) low = middle;
      else high = middle;
    }
    return { before, after, change: high };
  }

  return (instant) => {
    const index = Math.floor(instant / CHUNK);
    const chunk = chunks.get(index) ?? chunkOf(index);
    chunks.set(index, chunk);
    return instant < chunk.change ? chunk.before : chunk.after;
  };
}

/** `11/5/2023, GMT-05:00` → −18,000,000. */
function parseOffset(text: string): number {
  const match = /GMT(?:([+-])(\d+):(\d+)(?::(\d+))?)?$/.exec(text);
  const [, sign, hours = 0, minutes = 0, seconds = 0] = match ?? [];
  const millis = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return sign === "-" ? -millis : millis;
}
