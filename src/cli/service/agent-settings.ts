// Keeps what an agent of the system knows of its server, address and key, in a file that root alone reads: its unit is open to all.
import { existsSync, rmdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { writeWhole } from "#lib/files/fsync.ts";
import { makePrivate, PRIVATE_FILE } from "#lib/files/private.ts";
import { type LoadedSettings, loadSettings } from "#settings/load.ts";
import type { Settings } from "#settings/table.ts";
import type { Io } from "../kit/command.ts";
import { AGENT_SETTINGS, SYSTEM_HOME, type UnitName, unitPath } from "./unit.ts";

type Server = Pick<Settings, "ORCH_API_URL" | "ORCH_API_KEY">;

/** Under sudo root's settings; where these name no server, those of the person who called it. */
export function settingsOfCaller(loaded: LoadedSettings, env: Io["env"]): LoadedSettings {
  const home = loaded.settings.ORCH_API_URL === null && env["SUDO_USER"] ? homeOf(env["SUDO_USER"], env) : undefined;
  return home === undefined ? loaded : loadSettings({ HOME: home });
}

/** As the machine's user database says; undefined for a user that it does not know. */
function homeOf(user: string, env: Io["env"]): string | undefined {
  const program = Bun.which("getent", { PATH: env["PATH"] ?? "" });
  if (program === null) return undefined;
  return Bun.spawnSync([program, "passwd", user]).stdout.toString().trim().split(":")[5] || undefined;
}

/** As the process of the unit will find them: it has the home, and what the unit names; nothing of this shell. */
export function settingsOfUnit({ what, isSystem }: UnitName, { settings, profile }: LoadedSettings): Settings {
  const { ORCH_HOME, ORCH_API_URL, ORCH_API_KEY } = settings;
  const server = what === "server" || ORCH_API_URL === null ? {} : { ORCH_API_URL };
  if (!isSystem) return loadSettings({ ORCH_HOME, ORCH_PROFILE: profile, ...server }).settings;
  const key = ORCH_API_KEY === null ? {} : { ORCH_API_KEY };
  return loadSettings({ ORCH_HOME: SYSTEM_HOME, ...server, ...("ORCH_API_URL" in server ? key : {}) }).settings;
}

/**
 * Throws `invalid` for an agent that would do nothing: one of the system that knows no server, or one without the key that its server
 * asks for. A server that does not answer is waited for when the agent runs.
 */
export async function refuseVainAgent(unit: UnitName, settings: Settings, env: Io["env"]): Promise<void> {
  const set = "orch config set ORCH_API_URL=http://SERVER:4200/api ORCH_API_KEY=KEY";
  if (settings.ORCH_API_URL === null) {
    if (!unit.isSystem || existsSync(AGENT_SETTINGS) || existsSync(unitPath(env, { ...unit, what: "server" }))) return;
    const sentence =
      "The agent would know no server, and nothing was written. Name the server, and its key if it has one:";
    throw new OrchError("invalid", `${sentence} ${set}`);
  }
  const { checkServer } = await import("../doctor/server.ts");
  const refusal = (await checkServer(settings)).find(({ check, ok }) => check === "API key" && !ok);
  if (refusal) throw new OrchError("invalid", `${refusal.says} Nothing was written. Set the key first: ${set}`);
}

/** Writes the file, or leaves it as it is where the settings name no server. The names of what it holds then. */
export function writeAgentSettings({ ORCH_API_URL, ORCH_API_KEY }: Server, path = AGENT_SETTINGS): string[] {
  if (ORCH_API_URL === null) return [];
  const values = { ORCH_API_URL, ...(ORCH_API_KEY === null ? {} : { ORCH_API_KEY }) };
  const lines = Object.entries(values).map(([name, value]) => `${name}="${value.replace(/["\\`$]/g, "\\$&")}"\n`);
  makePrivate(path); // what is there keeps its rights
  writeWhole(path, `# The server of orch-agent.service. Written by 'orch service install'.\n${lines.join("")}`, {
    mode: PRIVATE_FILE,
  });
  return Object.keys(values);
}

/** False where there was none. */
export function removeAgentSettings(path = AGENT_SETTINGS): boolean {
  if (!existsSync(path)) return false;
  rmSync(path);
  try {
    rmdirSync(dirname(path));
  } catch {
    // other files are in it
  }
  return true;
}
