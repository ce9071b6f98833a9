// What differs between two runs of the same conversation: ids, times of today, measured seconds, made-up names. Each id
// becomes a number, the same for the same id, so that what belongs together is still compared.
import { isObject, type Json } from "#lib/json.ts";
import { parseTimestamp, printTimestamp } from "#lib/time/timestamps.ts";

const UUID = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/gi;
/** Scenarios use times of other years. */
const TODAY = /^202[6-9]-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(\+00:00|Z)$/;
/** Ours are all in UTC, with a fraction; the old server's in the zone of a schedule now and then. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d:\d\d|Z)$/;
const SECONDS = new Set([
  ...["estimated_run_time", "estimated_start_time_delta", "total_run_time"],
  ...["sum_estimated_run_time", "sum_estimated_lateness", "duration", "lateness", "delay_seconds"],
]);
const MADE_UP = /^[a-z]+-[a-z]+$/;
/** Written by the old server's makers: their sentences are not kept. */
const PROSE = new Set(["description", "code_example", "documentation_url", "logo_url"]);

export interface Mask {
  /** What a request contains is ours, and never masked as made up. */
  asked(text: string): void;
  text(text: string): string;
  /** A list is sorted when its order does not matter. */
  json(value: Json, unordered?: boolean): Json;
}

export function createMask(): Mask {
  const ids = new Map<string, string>();
  let asked = "";

  function text(value: string): string {
    return value.replace(UUID, (id) => {
      const key = id.toLowerCase().replaceAll("-", "");
      if (/^(.)\1+$/.test(key)) return id; // written by a scenario
      if (!ids.has(key)) ids.set(key, `<id${ids.size + 1}>`);
      return ids.get(key) ?? "";
    });
  }

  function json(value: Json, unordered = false): Json {
    if (Array.isArray(value)) {
      const items = unordered ? value.toSorted(byText) : value;
      return items.map((item) => json(item));
    }
    if (typeof value === "string") {
      if (TODAY.test(value)) return "<time>";
      const time = TIME.test(value) ? parseTimestamp(value) : null;
      return time ? printTimestamp(time) : text(value);
    }
    if (typeof value !== "object" || value === null) return value;
    // By key: the servers write their fields in different orders, and ids are numbered as they are met.
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, inner]) => [text(key), field(key, inner)]));
  }

  function field(key: string, value: Json): Json {
    if (SECONDS.has(key) && typeof value === "number") return "<seconds>";
    if (typeof value === "string") {
      if (key === "name" && MADE_UP.test(value) && !asked.includes(value)) return "<made up>";
      // Hints that follow the first sentence have other words.
      if (key === "detail") return text(value.split(/(?<=\.) /)[0] ?? "");
      if (PROSE.has(key) && !asked.includes(value)) return "<prose>";
    }
    // A union of sets: in no order.
    return json(value, key === "tags");
  }

  return {
    asked(sent) {
      asked += sent;
    },
    text,
    json,
  };
}

/** By what they say, without their ids and times. */
function byText(a: Json, b: Json): number {
  const [left, right] = [blank(a), blank(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function blank(value: Json): string {
  const sorted = (_: string, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).toSorted()) : inner;
  return JSON.stringify(value, sorted)
    .replace(UUID, "")
    .replace(/20\d\d-[^"]*/g, "");
}
