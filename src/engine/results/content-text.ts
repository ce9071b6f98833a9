// The content of a value as text: equal for equal content, whatever the order of its keys, and different for all else.

/** Undefined when it holds something that cannot be compared by its content: a function, an instance of a class. */
export function contentText(value: unknown, above: readonly unknown[] = []): string | undefined {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (value === undefined || typeof value === "number") return Object.is(value, -0) ? "0" : String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || above.includes(value)) return undefined;
  const path = [...above, value];
  const all = (items: Iterable<unknown>) => joined([...items].map((item) => contentText(item, path)));
  if (Array.isArray(value)) return wrapped("[", all(value), "]");
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof URL) return `URL(${value.href})`;
  if (ArrayBuffer.isView(value))
    return `${value.constructor.name}(${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")})`;
  if (value instanceof Set) return wrapped("Set(", all(value), ")");
  if (value instanceof Map) return wrapped("Map(", all([...value]), ")");
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = entries.map(([key, item]) => wrapped(`${JSON.stringify(key)}:`, contentText(item, path), ""));
  return wrapped("{", joined(parts), "}");
}

function joined(parts: readonly (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join(",");
}

function wrapped(open: string, text: string | undefined, close: string): string | undefined {
  return text === undefined ? undefined : `${open}${text}${close}`;
}
