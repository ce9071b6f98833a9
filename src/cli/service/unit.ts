// The systemd unit of a user that runs the server of one home, and the program that looks after units.
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeWhole } from "#lib/durable.ts";
import { OrchError } from "#lib/errors.ts";
import { userHome } from "#lib/user-home.ts";
import type { LoadedSettings } from "#settings/load.ts";
import type { Io } from "../command.ts";
import { ownCommand } from "../own-command.ts";

export const UNIT = "orch.service";

/** Throws `invalid` where there is no systemd. */
export function refuseWithoutSystemd(platform: string = process.platform): void {
  if (platform === "linux") return;
  const way = platform === "darwin" ? "launchd" : platform === "win32" ? "the Task Scheduler" : "your system";
  const sentence = `Services are made for systemd, which this system (${platform}) does not have.`;
  throw new OrchError("invalid", `${sentence} Have ${way} start: ${ownCommand("server", "start").join(" ")}`);
}

/** `~/.config/systemd/user/orch.service` */
export function unitPath(env: Io["env"]): string {
  const config = env["XDG_CONFIG_HOME"] || join(userHome(env), ".config");
  return join(config, "systemd", "user", UNIT);
}

/** The text of the unit. `words`: what follows `orch server start`. */
export function unitText(words: readonly string[], { settings, profile }: LoadedSettings): string {
  return `# Written by 'orch service install'; 'orch service uninstall' removes it.
[Unit]
Description=orch server
After=network-online.target
Wants=network-online.target

[Service]
Environment=${quoted(`ORCH_HOME=${settings.ORCH_HOME}`)}
Environment=${quoted(`ORCH_PROFILE=${profile}`)}
ExecStart=${ownCommand("server", "start", ...words)
    .map((word) => quoted(word).replaceAll("$", "$$$$"))
    .join(" ")}
Restart=on-failure
RestartSec=2
KillMode=mixed
TimeoutStopSec=60

[Install]
WantedBy=default.target
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

/** `systemctl --user …`; undefined where there is no such program. */
export function systemctl(env: Io["env"], ...words: string[]): Systemctl | undefined {
  const program = Bun.which("systemctl", { PATH: env["PATH"] ?? "" });
  if (program === null) return undefined;
  const child = Bun.spawnSync([program, "--user", ...words], { env, stdout: "pipe", stderr: "pipe" });
  return { code: child.exitCode, output: `${child.stdout}${child.stderr}`.trim() };
}
