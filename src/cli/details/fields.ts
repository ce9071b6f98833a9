// Turns a record of the API into fields that people read: names in words, times in words with the exact time, nothing that is empty.
import { isExact, isObject } from "#lib/json.ts";
import { durationText, relativeTime } from "#lib/text/words-of-time.ts";
import { localMoment } from "#lib/time/local-moment.ts";
import { parseTimestamp, toMillis } from "#lib/time/timestamps.ts";
import type { Field } from "./draw.ts";

export interface FieldsOptions {
  /** In milliseconds. */
  now: number;
  /** Names of fields that are shown elsewhere, or not at all. */
  leaveOut?: readonly string[];
}

/** Fields that hold a moment. */
const TIMES = /^(?:created|updated|timestamp|last_polled|expiration|.*_time)$/;
/** Fields that count seconds. */
const SECONDS = new Set(["total_run_time", "estimated_run_time", "estimated_start_time_delta"]);
/** Objects of the API with a value for everything, most of which say nothing. */
const SPARSE = new Set(["empirical_policy", "filter"]);
/** A zero here says that nothing happened yet. */
const COUNTS = new Set(["run_count", ...SECONDS]);

/** In the order of the record. */
export function fieldsOf(record: object, { now, leaveOut = [] }: FieldsOptions): Field[] {
  return Object.entries(record).flatMap(([name, value]): Field[] => {
    if (leaveOut.includes(name)) return [];
    const shown = shownValue(name, value, now);
    return isEmpty(shown) || (shown === 0 && COUNTS.has(name)) ? [] : [{ label: labelOf(name), value: shown }];
  });
}

function shownValue(name: string, value: unknown, now: number): unknown {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string" && TIMES.test(name)) return momentText(value, now);
  if (typeof value === "number" && value !== 0 && SECONDS.has(name)) return durationText(Math.abs(value));
  if (!isObject(value)) return value;
  if (typeof value["display_value"] === "string") return value["display_value"];
  return SPARSE.has(name) ? withoutEmpty(value) : value;
}

/** `3 minutes ago (2026-11-28 01:40:12 CET)`; text that is no time stays as it is. */
export function momentText(timestamp: string, now: number): string {
  const parsed = parseTimestamp(timestamp);
  if (parsed === null) return timestamp;
  const millis = toMillis(parsed);
  return `${relativeTime(millis, now)} (${localMoment(millis)})`;
}

/** Without what is null, empty, zero or false. */
export function withoutEmpty(value: object): object {
  return Object.fromEntries(
    Object.entries(value).filter(([, item]) => !(isEmpty(item) || item === 0 || item === false)),
  );
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && !isExact(value) && Object.keys(value).length === 0;
}

/** Words that are written in capitals. */
const CAPITALS: Record<string, string> = { id: "ID", pid: "PID" };

/** Where the words of the API are not those of people. */
const LABELS: Record<string, string> = {
  empirical_policy: "Retry policy",
  estimated_start_time_delta: "Started late by",
  infrastructure_document_id: "Infrastructure ID",
  storage_document_id: "Storage ID",
  work_pool_name: "Work pool",
  work_queue_name: "Work queue",
};

/** `next_scheduled_start_time` to `Next scheduled start time`, `is_paused` to `Paused`, `flow_id` to `Flow ID`. */
function labelOf(name: string): string {
  const known = Object.hasOwn(LABELS, name) ? LABELS[name] : undefined;
  if (known !== undefined) return known;
  const [first = "", ...rest] = name.replace(/^is_/, "").split("_");
  const start = CAPITALS[first] ?? first.charAt(0).toUpperCase() + first.slice(1);
  return [start, ...rest.map((word) => CAPITALS[word] ?? word)].join(" ");
}
