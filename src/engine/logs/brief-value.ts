// Shows a value in one line, for the properties of errors: bounded in depth and length, without what looks like a secret.

const MOST_CHARACTERS = 500;
const MOST_ITEMS = 10;
const MOST_KEYS = 20;
const SECRET = /pass(?:word|wd|phrase)?$|secret|token|authorization|cookie|credential|(?:api|private)[-_]?key|^auth$/i;
/** Clients keep a whole request with their errors, with its headers and what was sent. */
const NOT_SHOWN = new Set(["config", "request", "req", "headers", "options", "env", "socket", "agent", "client"]);

/** Whether a field of this name is likely to hold a secret. */
export function looksSecret(name: string): boolean {
  return SECRET.test(name);
}

/**
 * Getters are not called; what a Proxy throws is thrown.
 *
 * @example
 * briefValue({ status: 404, headers: {} }); // { status: 404, headers: [Object] }
 */
export function briefValue(value: unknown, depth = 2): string {
  if (typeof value === "string") return JSON.stringify(cut(value, MOST_CHARACTERS));
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `[Function ${value.name || "(anonymous)"}]`;
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof Error) return cut(`${value.name}: ${value.message}`, MOST_CHARACTERS);
  if (Array.isArray(value)) return depth > 0 ? listText(value, depth) : `[Array(${value.length})]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype;
  if (!isPlain) return `[${classOf(value)}]${statusOf(value)}`;
  return depth > 0 ? cut(objectText(value, depth), 2 * MOST_CHARACTERS) : "[Object]";
}

/** A property as `name: value`; undefined for one that only a call would show. */
export function briefProperty(owner: object, name: string, depth = 2): string | undefined {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  if (!descriptor || !("value" in descriptor)) return undefined;
  const value: unknown = descriptor.value;
  const isSet = value !== null && value !== undefined && value !== "";
  if (looksSecret(name) && isSet) return `${name}: ********`;
  if (NOT_SHOWN.has(name) && typeof value === "object" && isSet) return `${name}: ${briefValue(value, 0)}`;
  return `${name}: ${briefValue(value, depth)}`;
}

/** At most so many characters, and how many there were. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;
}

function listText(items: readonly unknown[], depth: number): string {
  const shown = items.slice(0, MOST_ITEMS).map((item) => briefValue(item, depth - 1));
  if (items.length > MOST_ITEMS) shown.push(`… ${items.length - MOST_ITEMS} more`);
  return `[${shown.join(", ")}]`;
}

function objectText(value: object, depth: number): string {
  const names = Object.keys(value);
  const shown = names.slice(0, MOST_KEYS).flatMap((name) => briefProperty(value, name, depth - 1) ?? []);
  if (names.length > MOST_KEYS) shown.push(`… ${names.length - MOST_KEYS} more`);
  return shown.length === 0 ? "{}" : `{ ${shown.join(", ")} }`;
}

function classOf(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "" ? name : "object";
}

/** What a failed request was answered with. */
function statusOf(value: object): string {
  const { status, statusCode } = value as { status?: unknown; statusCode?: unknown }; // either may be missing
  const found = [status, statusCode].find((each) => typeof each === "number");
  return found === undefined ? "" : ` { status: ${found} }`;
}
