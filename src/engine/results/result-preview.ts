// What people are shown of a flow's return value: small values whole, as JSON; the beginning of others, without secrets. It
// goes with the state, for the artifact of its result, and is not the result: where that is not kept, no run can use it.
import { RunState } from "#domain/run-state.ts";
import type { ResultMetadata } from "#wire/artifacts.ts";
import { briefValue, cut, looksSecret } from "../logs/brief-value.ts";

/** As much as the metadata of an artifact may hold. */
const MOST_CHARACTERS = 500;
const MOST_OF_SHORTENED = 450;

/** Undefined where there is nothing to show. Never throws. */
export function previewResult(value: unknown): ResultMetadata | undefined {
  if (value === undefined || isOfStates(value)) return undefined;
  try {
    const room = roomAfter(value, MOST_CHARACTERS);
    const text = room < 0 ? undefined : JSON.stringify(value);
    if (text !== undefined && text.length <= MOST_CHARACTERS) return { result: text };
    return { shortened_result: cut(briefValue(value, 3), MOST_OF_SHORTENED) };
  } catch {
    return undefined; // a Proxy, or a getter that throws
  }
}

/** What a run became by its tasks is no value. */
export function isOfStates(value: unknown): boolean {
  try {
    if (value instanceof RunState) return true;
    return Array.isArray(value) && value.length > 0 && value.every((item) => item instanceof RunState);
  } catch {
    return false; // a Proxy that throws
  }
}

/** How many of so many characters are left after the value's JSON, roughly; less than 0 for what is too large, secret or no JSON. */
function roomAfter(value: unknown, room: number): number {
  if (room < 0) return room;
  if (value === null || typeof value === "boolean") return room - 4;
  if (typeof value === "number") return Number.isFinite(value) ? room - 1 : -1;
  if (typeof value === "string") return room - value.length;
  if (typeof value !== "object") return -1;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype;
  if (!(isPlain || prototype === Array.prototype) || "toJSON" in value) return -1;
  let left = room;
  for (const name of Object.keys(value)) {
    if (left < 0 || looksSecret(name)) return -1;
    left = roomAfter((value as Record<string, unknown>)[name], left - (isPlain ? name.length : 1)); // its own key
  }
  // Holes are no JSON.
  return Array.isArray(value) && Object.keys(value).length !== value.length ? -1 : left;
}
