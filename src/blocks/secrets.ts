// Secret fields of block data: hidden on the way out, kept when they come back hidden.
import { copyJson, isObject, type Json, type JsonObject } from "#lib/json.ts";
import { own, setOwn } from "#lib/own.ts";

const HIDDEN = "********";

function secretPaths(fields: JsonObject): string[][] {
  const paths = fields["secret_fields"];
  return Array.isArray(paths) ? paths.filter((path) => typeof path === "string").map((path) => path.split(".")) : [];
}

/** Replaces each secret by eight asterisks; below a `*` every leaf is one. */
export function hideSecrets(data: JsonObject, fields: JsonObject): JsonObject {
  const hidden = copyJson(data);
  for (const path of secretPaths(fields)) hide(hidden, path);
  return hidden;
}

function hide(object: JsonObject, [key = "", ...rest]: string[]): void {
  const value = own(object, key);
  if (value === undefined || value === null) return;
  if (rest.length === 0) setOwn<Json>(object, key, HIDDEN);
  else if (rest[0] === "*") setOwn(object, key, hideLeaves(value));
  else if (isObject(value)) hide(value, rest);
}

/** A list is one leaf, and so is an object without keys: matches Prefect 2.10.4. */
function hideLeaves(value: Json): Json {
  const entries = isObject(value) ? Object.entries(value) : [];
  if (entries.length === 0) return HIDDEN;
  return Object.fromEntries(entries.map(([key, inner]) => [key, hideLeaves(inner)]));
}

/** A secret that is sent back as asterisks stands for the one that is stored. */
export function keepHidden(given: JsonObject, stored: JsonObject, fields: JsonObject): JsonObject {
  const names = new Set(secretPaths(fields).map(([name]) => name));
  const entries = Object.entries(given).map(([key, value]): [string, Json] => {
    const before = own(stored, key);
    return [key, names.has(key) && before !== undefined ? unhide(value, before) : value];
  });
  return Object.fromEntries(entries);
}

function unhide(value: Json, stored: Json): Json {
  if (value === HIDDEN) return stored;
  if (!isObject(value) || !isObject(stored)) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, Json] => {
    const before = own(stored, key);
    return [key, before === undefined ? inner : unhide(inner, before)];
  });
  return Object.fromEntries(entries);
}

/** The texts of all secrets, and of the parts of those that are addresses: what no line of a log may show. */
export function secretTexts(data: JsonObject, fields: JsonObject): string[] {
  const texts = secretPaths(fields).flatMap(([name = ""]) => leavesOf(own(data, name) ?? null));
  return texts.flatMap((text) => [text, ...partsOf(text)]).toSorted((a, b) => b.length - a.length);
}

/** The host of an address stays visible: it says where something went wrong. */
function partsOf(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { username, password, pathname, search } = new URL(text);
  return [username, password, `${pathname}${search}`, ...`${pathname}${search}`.split(/[/?&=]+/)];
}

function leavesOf(value: Json): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return isObject(value) ? Object.values(value).flatMap(leavesOf) : [];
}

/**
 * True for a name that people give to secrets, where no schema says what is one: in `settings`, in `env`.
 *
 * @example soundsSecret("AWS_SECRET_ACCESS_KEY") // true
 */
export function soundsSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}

const SECRET_NAME =
  /(?:^|[_.-]|(?<=[a-z])(?=[A-Z]))(?:p?key|key_?id|secret|token|password|passwd|pwd|passphrase|credentials?|connection_?string)$/i;

/** What logs in to a place, in blocks of `remote-file-system`: their type calls none of their settings secret. */
export function hideSettings(slug: string, data: JsonObject): JsonObject {
  if (slug !== "remote-file-system") return data;
  const entries = Object.entries(data);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, name === "settings" ? hideNamed(value) : withoutLogin(value)]),
  );
}

/** Hides what sounds like a secret by its name, at any depth, and logins in addresses. */
export function hideNamed(value: Json): Json {
  if (!isObject(value)) return withoutLogin(value);
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, soundsSecret(key) && inner !== null ? HIDDEN : hideNamed(inner)]),
  );
}

/** An address may hold a name and a password before its host. */
export function withoutLogin(value: Json): Json {
  return typeof value === "string" ? value.replace(/(:\/\/)[^/?#\s]*:[^/?#\s]*@/g, `$1${HIDDEN}@`) : value;
}
