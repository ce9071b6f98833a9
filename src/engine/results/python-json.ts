// Reads and writes what Prefect's JSON serializer makes of instances: their class in Python beside what they hold.
import { isObject } from "#lib/json.ts";

const MOMENT = /^datetime\.date(?:time)?$|^pendulum\..*\.DateTime$/;
const SET = /^builtins\.(?:frozen)?set$/;
const INSTANCE = /"__(?:class|exc_type)__"/;

/** False for JSON text without any. */
export function mayHoldInstances(text: string): boolean {
  return INSTANCE.test(text);
}

/**
 * The value with moments as dates, sets as sets, exceptions as errors, and all other instances as what they hold.
 *
 * @example withoutClasses({ __class__: "datetime.date", data: "2026-01-02" }) // new Date("2026-01-02")
 */
export function withoutClasses(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutClasses);
  if (!isObject(value)) return value;
  const { __class__: type, data: held, __exc_type__: exception, message } = value;
  if (typeof exception === "string" && typeof message === "string") {
    return Object.assign(new Error(message), { name: exception.split(".").at(-1) });
  }
  if (typeof type !== "string" || held === undefined) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutClasses(item)]));
  }
  const data = withoutClasses(held);
  if (MOMENT.test(type) && typeof data === "string" && Number.isFinite(Date.parse(data))) return new Date(data);
  return SET.test(type) && Array.isArray(data) ? new Set(data) : data;
}

/** JSON text in which dates and sets are instances of Python's classes. Throws as JSON.stringify does. */
export function jsonWithInstances(value: unknown): string | undefined {
  return JSON.stringify(value, function (this: Record<string, unknown>, key: string, item: unknown) {
    const own = this[key]; // a date that has not become text yet
    if (own instanceof Date) return { __class__: "datetime.datetime", data: item };
    // In Python what is in a set must not change.
    const isSet = item instanceof Set && [...item].every((one) => one === null || typeof one !== "object");
    return isSet ? { __class__: "builtins.set", data: [...item] } : item;
  });
}
