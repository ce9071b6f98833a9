// Settings from their sources, strongest first: ORCH_X in the environment, PREFECT_X there, the profile, the default.
import { join, resolve } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { withUserHome } from "#lib/process/user-home.ts";
import { isBlank, type Profile, readProfile, readProfiles } from "./profiles.ts";
import { entryOf, SETTING_NAMES, type SettingName, type Settings } from "./table.ts";

export type Source = "env" | "profile" | "default";

export interface LoadedSettings {
  settings: Settings;
  profile: string;
  source(name: SettingName): Source;
  /** What was set on purpose, as text: handed on to the processes of runs. */
  explicit: Record<string, string>;
}

export type Environment = Record<string, string | undefined>;

export interface LoadOptions {
  /**
   * For the commands that mend them, values of the profile that cannot be read, and an active profile that is gone, count
   * as not set. With `all` whatever cannot be read does, in the environment too.
   */
  mending?: boolean | "all";
}

/** Throws `invalid` with a sentence naming the setting whose value cannot be read. */
export function loadSettings(env: Environment, { mending = false }: LoadOptions = {}): LoadedSettings {
  const home = homeOf(env);
  const path = join(home, "profiles.toml");
  const profile = profileOf(path, variable(env, "ORCH_PROFILE"), mending);
  const sources = new Map<SettingName, Source>();
  const explicit: Record<string, string> = {};
  const values = Object.fromEntries(
    SETTING_NAMES.map((name) => {
      const found = find(name, env, profile.values);
      sources.set(name, found?.source ?? "default");
      if (found) explicit[name] = found.text;
      return [name, name === "ORCH_HOME" ? home : found ? read(name, found) : fallbackOf(name, home)];
    }),
  );
  return {
    settings: values as unknown as Settings, // every name of the table, each by its own kind
    profile: profile.name,
    source: (name) => sources.get(name) ?? "default",
    explicit,
  };

  function read(name: SettingName, { text, source }: Found) {
    try {
      return parseSetting(name, text);
    } catch (error) {
      if (!(error instanceof OrchError)) throw error;
      if (mending === "all" || (mending && source === "profile")) return fallbackOf(name, home);
      if (source === "env") throw error;
      throw new OrchError("invalid", `${error.message} It is set so in '${path}'.`, { cause: error });
    }
  }
}

function profileOf(path: string, asked: string | undefined, mending: boolean | "all"): Profile {
  try {
    return readProfile(path, asked);
  } catch (error) {
    if (mending === "all") return { name: asked ?? "default", values: {} };
    if (!mending || asked !== undefined) throw error;
    return { name: readProfiles(path).active, values: {} };
  }
}

interface Found {
  text: string;
  source: "env" | "profile";
}

/** What the environment says about an `ORCH_` name, also under its old one. A variable that is blank counts as unset. */
export function variable(env: Environment, name: string): string | undefined {
  return [env[name], env[name.replace(/^ORCH_/, "PREFECT_")]].find((text) => text !== undefined && !isBlank(text));
}

/** The folder of everything that orch keeps. */
export function homeOf(env: Environment = process.env): string {
  const given = variable(env, "ORCH_HOME") ?? "~/.orch";
  return resolve(withUserHome(given, env));
}

function find(name: SettingName, env: Environment, profile: Record<string, string>): Found | undefined {
  const text = variable(env, name);
  if (text !== undefined) return { text, source: "env" };
  const kept = entryOf(name).inProfile === false ? undefined : profile[name];
  return kept === undefined ? undefined : { text: kept, source: "profile" };
}

function fallbackOf(name: SettingName, home: string): string | number | boolean | null {
  const { fallback } = entryOf(name);
  return typeof fallback === "string" ? fallback.replace("$ORCH_HOME", home) : fallback;
}

const TRUE = ["true", "1", "yes", "on", "t", "y"];
const FALSE = ["false", "0", "no", "off", "f", "n"];

/** The value of a setting's text. Throws `invalid` with a sentence naming the setting. */
export function parseSetting(name: SettingName, text: string): string | number | boolean {
  const { kind, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, mustBe } = entryOf(name);
  if (kind === "text") {
    const wanted = mustBe?.(text);
    if (wanted === undefined) return text;
    throw new OrchError("invalid", `${name} must be ${wanted}, not '${text}'.`);
  }
  if (kind === "boolean") {
    const word = text.toLowerCase();
    if (TRUE.includes(word)) return true;
    if (FALSE.includes(word)) return false;
    throw new OrchError("invalid", `${name} must be true or false, not '${text}'.`);
  }
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new OrchError("invalid", `${name} must be a number, not '${text}'.`);
  if (value < min) throw new OrchError("invalid", `${name} must be at least ${min}, not ${text}.`);
  if (value > max) throw new OrchError("invalid", `${name} must be at most ${max}, not ${text}.`);
  return value;
}
