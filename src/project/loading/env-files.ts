// Sets the variables of a folder's `.env` files, as Bun does for the programs it runs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { own } from "#lib/own.ts";

/** A name with or without braces, perhaps with a default: `$HOST`, `${HOST}`, `${HOST:-localhost}`; `\$` is a `$`. */
const REFERENCE = /\\\$|\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g;
/** What is set already stays as it is. */
export function loadEnvFiles(folder: string, env: Record<string, string | undefined> = process.env): void {
  const found = filesFor(env["NODE_ENV"] || "development").map((name) => readEnvFile(join(folder, name)));
  const values: Record<string, string> = Object.assign({}, ...found);
  /** `within`: the variables whose values are being made; one of them again would go round in a circle. */
  const expanded = (value: string, within: readonly string[]): string =>
    value.replace(REFERENCE, (_, braced?: string, fallback = "", bare?: string) => {
      const name = braced ?? bare;
      if (name === undefined) return "$";
      const referred = within.includes(name) ? undefined : own(values, name);
      return env[name] ?? (referred === undefined ? fallback : expanded(referred, [...within, name]));
    });
  const added = Object.entries(values).filter(([name]) => env[name] === undefined);
  Object.assign(env, Object.fromEntries(added.map(([name, value]) => [name, expanded(value, [name])])));
}

/** Later ones win. Tests do not depend on what is set on one machine alone. */
function filesFor(environment: string): string[] {
  const local = environment === "test" ? [] : [".env.local"];
  return [".env", `.env.${environment}`, ...local, `.env.${environment}.local`];
}

function readEnvFile(path: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch {
    return {}; // not there, or a folder of that name
  }
}
