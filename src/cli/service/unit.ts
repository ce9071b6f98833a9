// The systemd units that run the server or an agent, of a user or of the system, and the program that looks after units.
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { EXIT_NEWER_DATABASE, OrchError } from "#lib/errors.ts";
import { writeWhole } from "#lib/files/fsync.ts";
import { userHome } from "#lib/process/user-home.ts";
import type { LoadedSettings } from "#settings/load.ts";
import type { Io } from "../kit/command.ts";
import { ownCommand } from "../kit/own-command.ts";

/** Of all commands of the group: which unit. */
export const UNIT_OPTIONS = {
  what: {
    type: "positional",
    required: false,
    choices: ["server", "agent"],
    description: "What it runs: the server (default), or an agent alone.",
  },
  system: { type: "boolean", description: "A unit of the system instead of your user; needs root." },
} as const;

export interface UnitName {
  what: "server" | "agent";
  isSystem: boolean;
}

/** From UNIT_OPTIONS. */
export function unitOf(options: { what: string | undefined; system: boolean }): UnitName {
  return { what: options.what === "agent" ? "agent" : "server", isSystem: options.system };
}

/** `orch.service` is the server's. */
export function unitName({ what }: UnitName): string {
  return what === "server" ? "orch.service" : "orch-agent.service";
}

/** Throws `invalid` where there is no systemd. */
export function refuseWithoutSystemd(platform: string = process.platform): void {
  if (platform === "linux") return;
  const way = platform === "darwin" ? "launchd" : platform === "win32" ? "the Task Scheduler" : "your system";
  const sentence = `Services are made for systemd, which this system (${platform}) does not have.`;
  throw new OrchError("invalid", `${sentence} Have ${way} start: ${ownCommand("server", "start").join(" ")}`);
}

/** Throws `unavailable` where no systemd answers, as in most containers: before anything is written. */
export function refuseWithoutManager(env: Io["env"], unit: UnitName): void {
  const answer = systemctl(env, unit, "show-environment");
  // In a chroot systemctl does nothing, says so, and ends with 0.
  if (answer?.code === 0 && !answer.output.startsWith("Running in chroot")) return;
  const why = answer === undefined ? "there is no systemctl here" : answer.output || `exit code ${answer.code}`;
  const sentence = `Services are made for systemd, which does not answer: ${why.replace(/\.?$/, ".")} Nothing was written.`;
  const way = unit.what === "server" ? ["server", "start", "--background"] : ["agent", "start", "-q", "QUEUE"];
  throw new OrchError("unavailable", `${sentence} Start the ${unit.what} yourself: ${ownCommand(...way).join(" ")}`);
}

/** `~/.config/systemd/user/orch.service`, or the system's folder. */
export function unitPath(env: Io["env"], unit: UnitName): string {
  if (unit.isSystem) return join("/etc/systemd/system", unitName(unit));
  const config = env["XDG_CONFIG_HOME"] || join(userHome(env), ".config");
  return join(config, "systemd", "user", unitName(unit));
}

/** The server of the system's agent, and its key. systemd reads it before it gives up root's rights. */
export const AGENT_SETTINGS = "/etc/orch/agent.env";

/** Where a unit of the system keeps its home: systemd makes it, for the user of the unit. */
export const SYSTEM_HOME = "/var/lib/orch";

export interface UnitInput {
  unit: UnitName;
  /** What follows `orch server start` or `orch agent start`. */
  words: readonly string[];
  /** The user that a unit of the system runs as. */
  user: string | undefined;
  loaded: LoadedSettings;
}

/**
 * The text of the unit. A run that needs too much memory ends alone, not with the agent that started it. What starting again does
 * not help is left: a wrong option, a database of a newer orch. The home of the system's units has profiles that yours does not have.
 */
export function unitText({ unit, words, user, loaded: { settings, profile } }: UnitInput): string {
  const { what, isSystem } = unit;
  const home = isSystem ? SYSTEM_HOME : settings.ORCH_HOME;
  const api = what === "agent" && !isSystem ? settings.ORCH_API_URL : undefined;
  return `# Written by 'orch service install'; 'orch service uninstall' removes it.
[Unit]
Description=orch ${what}
After=network-online.target${what === "agent" ? " orch.service" : ""}
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
${isSystem ? `User=${user}\nStateDirectory=orch\nStateDirectoryMode=0700\nUMask=0077\n` : ""}\
Environment=${quoted(`ORCH_HOME=${home}`)}
${isSystem ? "" : `Environment=${quoted(`ORCH_PROFILE=${profile}`)}\n`}\
${api ? `Environment=${quoted(`ORCH_API_URL=${api}`)}\n` : ""}\
${isSystem && what === "agent" ? `EnvironmentFile=-${AGENT_SETTINGS}\n` : ""}\
ExecStart=${ownCommand(what, "start", ...words)
    .map((word) => quoted(word).replaceAll("$", "$$$$"))
    .join(" ")}
Restart=on-failure
RestartSec=2
RestartPreventExitStatus=2 ${EXIT_NEWER_DATABASE}
KillMode=mixed
TimeoutStopSec=60
OOMPolicy=continue
LimitNOFILE=65536
TasksMax=infinity

[Install]
WantedBy=${isSystem ? "multi-user.target" : "default.target"}
`;
}

/** As systemd reads words. `%` stands for itself; in commands `$` has to be doubled besides. */
function quoted(word: string): string {
  return `"${word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%")}"`;
}

/** Throws a sentence where it cannot be written. */
export function writeUnit(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeWhole(path, text);
}

export function removeUnit(path: string): void {
  rmSync(path, { force: true });
}

export interface Systemctl {
  code: number;
  output: string;
}

/** The words that people type for it. */
export function systemctlCommand({ isSystem }: UnitName): string {
  return isSystem ? "systemctl" : "systemctl --user";
}

/** Undefined where there is no such program. */
export function systemctl(env: Io["env"], { isSystem }: UnitName, ...words: string[]): Systemctl | undefined {
  const program = Bun.which("systemctl", { PATH: env["PATH"] ?? "" });
  if (program === null) return undefined;
  const command = [program, ...(isSystem ? [] : ["--user"]), ...words];
  const child = Bun.spawnSync(command, { env, stdout: "pipe", stderr: "pipe" });
  return { code: child.exitCode, output: `${child.stdout}${child.stderr}`.trim() };
}
