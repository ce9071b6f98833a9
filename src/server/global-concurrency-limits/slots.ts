// Taking and giving back slots of limits with a name. Exact: a unit of work cannot be interleaved by another.
import type { Tx } from "#db/connect.ts";
import { OrchError } from "#lib/errors.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import type { GlobalConcurrencyLimit } from "#wire/pools/global-concurrency-limits.ts";
import { readLimits, updateLimit } from "./store.ts";

export interface Brief {
  id: string;
  name: string;
  limit: number;
}

/** Some limit has too few slots left; nothing was taken. */
export class FullError extends Error {}

const brief = ({ id, name, limit }: GlobalConcurrencyLimit): Brief => ({ id, name, limit });

/**
 * Slots of every limit, or of none. A name without a limit, and a limit that is switched off, hold nothing up. Throws
 * `invalid` for more slots than a limit has, and for a rate limit whose slots do not come back by themselves; FullError.
 */
export function takeSlots(
  tx: Tx,
  now: Timestamp,
  { names, slots, mode }: { names: readonly string[]; slots: number; mode: "concurrency" | "rate_limit" },
): Brief[] {
  const limits = readLimits(tx, names, now);
  const active = limits.filter((limit) => limit.active);
  const small = active.find(({ limit }) => limit < slots);
  if (small) {
    const sentence = `Slots requested is greater than the limit: '${small.name}' has ${small.limit}, asked for ${slots}.`;
    throw new OrchError("invalid", sentence);
  }
  const lasting = active.filter(({ slot_decay_per_second }) => slot_decay_per_second === 0);
  if (mode === "rate_limit" && lasting.length > 0) {
    const sentence = "Only concurrency limits with slot decay can be used for rate limiting.";
    const listed = `'${lasting.map(({ name }) => name).join(",")}'`;
    throw new OrchError("invalid", `${sentence} The following limits do not have a decay configured: ${listed}`);
  }
  if (active.some(({ active_slots, limit }) => active_slots + slots > limit)) throw new FullError();
  for (const { id, active_slots } of active) updateLimit(tx, now, id, { active_slots: active_slots + slots });
  return limits.map(brief);
}

/** Notes that slots were asked for in vain. Gives the seconds after which there may be some. */
export function waitInLine(
  tx: Tx,
  now: Timestamp,
  { names, slots }: { names: readonly string[]; slots: number },
): number {
  const active = readLimits(tx, names, now).filter((limit) => limit.active);
  for (const { id, denied_slots } of active) updateLimit(tx, now, id, { denied_slots: denied_slots + slots });
  return Math.max(0, ...active.map((limit) => patience(limit, slots)));
}

/** Seconds: all who wait for this limit are counted as if they stood in a line. */
function patience(limit: GlobalConcurrencyLimit, slots: number): number {
  const waiting = slots + limit.denied_slots;
  if (limit.slot_decay_per_second > 0) return waiting / limit.slot_decay_per_second;
  return (limit.avg_slot_occupancy_seconds * waiting) / Math.max(limit.limit, 1);
}

/** An average moves by one part in this many times the limit. */
const SAMPLES = 2;
const LEAST_OCCUPANCY_SECONDS = 0.1;

/** Gives slots back. `occupancy`: the seconds they were held. */
export function releaseSlots(
  tx: Tx,
  now: Timestamp,
  { names, slots, occupancy }: { names: readonly string[]; slots: number; occupancy: number | null },
): Brief[] {
  const limits = readLimits(tx, names, now);
  for (const limit of limits.filter(({ active }) => active)) {
    const average = limit.avg_slot_occupancy_seconds;
    const sample = Math.max((occupancy ?? average * slots) / slots, LEAST_OCCUPANCY_SECONDS);
    updateLimit(tx, now, limit.id, {
      active_slots: Math.max(limit.active_slots - slots, 0),
      avg_slot_occupancy_seconds: average + (sample - average) / (Math.max(limit.limit, 1) * SAMPLES),
    });
  }
  return limits.map(brief);
}
