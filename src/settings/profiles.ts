// Named sets of settings, in `profiles.toml` of the home: `active = "default"` and tables `[profiles.default]`.
import { existsSync, readFileSync } from "node:fs";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isObject } from "#lib/json.ts";
import { didYouMean } from "#lib/text/nearest.ts";
import { settingName } from "./table.ts";

export interface Profile {
  name: string;
  /** Under the names of the table, whichever way they are spelt in the file. */
  values: Record<string, string>;
}

export interface ProfilesFile {
  active: string;
  /** `default` is always among them. */
  profiles: Record<string, Record<string, string>>;
}

/** The profile asked for, or the active one. Throws `Unknown profile` when one is asked for that is not there. */
export function readProfile(path: string, asked?: string): Profile {
  if (!asked && !existsSync(path)) return { name: "default", values: {} };
  const file = readProfiles(path);
  const name = asked ?? file.active;
  const values = Object.hasOwn(file.profiles, name) ? file.profiles[name] : undefined;
  if (!values)
    throw new OrchError("invalid", `Unknown profile '${name}'.${didYouMean(name, Object.keys(file.profiles))}`);
  return { name, values };
}

/** All profiles, with the names of settings as the table has them. */
export function readProfiles(path: string): ProfilesFile {
  const { active, tables } = readTables(path);
  const profiles = Object.fromEntries(Object.entries(tables).map(([name, values]) => [name, underTableNames(values)]));
  return { active, profiles: { default: {}, ...profiles } };
}

/** A profile as the file spells it: old names, unknown ones and all. */
export function readAsWritten(path: string, name: string): Record<string, string> {
  const { tables } = readTables(path);
  return (Object.hasOwn(tables, name) ? tables[name] : undefined) ?? {};
}

function readTables(path: string): { active: string; tables: Record<string, Record<string, string>> } {
  if (!existsSync(path)) return { active: "default", tables: {} };
  const parsed = parse(path);
  const tables = isObject(parsed["profiles"]) ? parsed["profiles"] : {};
  return {
    active: typeof parsed["active"] === "string" ? parsed["active"] : "default",
    tables: Object.fromEntries(
      Object.entries(tables).map(([name, table]) => [name, isObject(table) ? texts(table) : {}]),
    ),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    // Loaded here, as nearly no start needs it.
    const { systemFault }: typeof import("#lib/files/system-fault.ts") = require("#lib/files/system-fault.ts");
    throw new OrchError("invalid", systemFault(cause, path) ?? `'${path}' cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function parse(path: string): Record<string, unknown> {
  const text = textOf(path);
  try {
    const parsed: unknown = Bun.TOML.parse(text);
    return isObject(parsed) ? parsed : {};
  } catch (error) {
    throw new OrchError("invalid", `'${path}' is not valid TOML: ${messageOf(error)}`, { cause: error });
  }
}

function texts(table: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, String(value)]));
}

/** A value that counts as unset. */
export function isBlank(text: string): boolean {
  return text.trim() === "";
}

/** A value under its own name wins over one under its old name. */
function underTableNames(values: Record<string, string>): Record<string, string> {
  const given = Object.entries(values).filter(([, value]) => !isBlank(value));
  const named = given.map(([key, value]) => ({ key, name: settingName(key) ?? key, value }));
  const oldFirst = named.toSorted((a, b) => Number(a.key === a.name) - Number(b.key === b.name));
  return Object.fromEntries(oldFirst.map(({ name, value }) => [name, value]));
}
