// Looks at a value before JSON is made of it: most results are plain JSON, which need not be read again to be sure; and
// JSON of bytes is ten times their size.

/** `json`: JSON holds exactly this. `bytes`: there is binary data in it that JSON would swell. `other`: it has to be tried. */
export type Fitness = "json" | "bytes" | "other";

/** JSON of fewer is quickly made. */
const MANY_BYTES = 64 * 1024;

/** Each object is looked at once; what throws when it is looked at is `other`. */
export function fitnessForJson(value: unknown): Fitness {
  const seen = new Set<object>();
  let isPlain = true;
  try {
    const hasBytes = look(value);
    return hasBytes ? "bytes" : isPlain ? "json" : "other";
  } catch {
    return "other"; // nested too deep, a Proxy, a getter that throws
  }

  /** True where there are many bytes. */
  function look(part: unknown): boolean {
    if (typeof part === "string" || typeof part === "boolean" || part === null) return false;
    if (typeof part === "number") isPlain &&= isWritten(part);
    else if (typeof part !== "object") isPlain = false;
    if (typeof part !== "object" || seen.has(part)) return false;
    seen.add(part);
    if (ArrayBuffer.isView(part)) {
      isPlain = false;
      return part.byteLength > MANY_BYTES;
    }
    if (Array.isArray(part)) {
      isPlain &&= Object.getPrototypeOf(part) === Array.prototype && !("toJSON" in part);
      isPlain &&= !hasNamedFields(part);
      for (const item of part) if (look(item)) return true;
      return false;
    }
    return lookInto(part);
  }

  function lookInto(part: object): boolean {
    const prototype: unknown = Object.getPrototypeOf(part);
    isPlain &&= prototype === Object.prototype || prototype === null;
    isPlain &&= !("toJSON" in part) && Object.getOwnPropertySymbols(part).length === 0;
    for (const name of Object.keys(part)) {
      if (name === "__class__" || name === "__exc_type__") isPlain = false; // of an instance in Python
      if (look((part as Record<string, unknown>)[name])) return true; // its own key
    }
    return false;
  }
}

/** The names of long lists take seconds to make, and only short ones have fields besides their items: matches of patterns. */
const LONGEST_WITH_FIELDS = 10_000;

/** Whether a list has more than its items, which JSON would leave out. */
export function hasNamedFields(list: readonly unknown[]): boolean {
  if (list.length > LONGEST_WITH_FIELDS) return false;
  return Object.keys(list).length > list.reduce<number>((count) => count + 1, 0);
}

/** Integers beyond 2^53 are read as bigints, and -0 is written as 0. */
function isWritten(number: number): boolean {
  return (
    Number.isFinite(number) &&
    !Object.is(number, -0) &&
    (!Number.isInteger(number) || Math.abs(number) <= Number.MAX_SAFE_INTEGER)
  );
}
