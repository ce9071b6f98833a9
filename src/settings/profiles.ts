// Named sets of settings, in `profiles.toml` of the home: `active = "default"` and tables `[profiles.default]`.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isObject } from "#lib/json.ts";
import { settingName } from "./table.ts";

export interface Profile {
  name: string;
  /** Under the names of the table, whichever way they are spelt in the file. */
  values: Record<string, string>;
}

interface ProfilesFile {
  active: string;
  profiles: Record<string, Record<string, string>>;
}

/** The profile asked for, or the active one. Throws `Unknown profile` when one is asked for that is not there. */
export function readProfile(path: string, asked?: string): Profile {
  if (!asked && !existsSync(path)) return { name: "default", values: {} };
  const file = readFile(path);
  const name = asked ?? file.active;
  const values = Object.hasOwn(file.profiles, name) ? file.profiles[name] : undefined;
  if (!values && name !== "default") throw new OrchError("invalid", `Unknown profile '${name}'.`);
  return { name, values: values ?? {} };
}

/** Lays `changes` over a profile; `null` removes a value. Atomic: a reader sees the old file or the new one. Throws `invalid` where it cannot write. */
export function writeProfile(path: string, name: string, changes: Record<string, string | null>): void {
  const file = readFile(path);
  const values = { ...file.profiles[name] };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete values[key];
    else values[key] = value;
  }
  const text = print({ active: file.active, profiles: { ...file.profiles, [name]: values } });
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    throw new OrchError("invalid", `'${path}' cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

function readFile(path: string): ProfilesFile {
  if (!existsSync(path)) return { active: "default", profiles: {} };
  const parsed = parse(path);
  const tables = isObject(parsed["profiles"]) ? parsed["profiles"] : {};
  const profiles = Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [name, isObject(table) ? textValues(table) : {}]),
  );
  return { active: typeof parsed["active"] === "string" ? parsed["active"] : "default", profiles };
}

function parse(path: string): Record<string, unknown> {
  try {
    const parsed: unknown = Bun.TOML.parse(readFileSync(path, "utf8"));
    return isObject(parsed) ? parsed : {};
  } catch (error) {
    throw new OrchError("invalid", `'${path}' is not valid TOML: ${messageOf(error)}`, { cause: error });
  }
}

function textValues(table: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [settingName(key) ?? key, String(value)]));
}

/** JSON's quoting is TOML's for basic strings. */
function print({ active, profiles }: ProfilesFile): string {
  const tables = Object.entries(profiles).map(([name, values]) => {
    const lines = Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
    return [`[profiles.${JSON.stringify(name)}]`, ...lines, ""].join("\n");
  });
  return [`active = ${JSON.stringify(active)}`, "", ...tables].join("\n");
}
