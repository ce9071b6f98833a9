// Has systemd start a unit, and waits until its server answers.

import { readServerNote } from "#client/server-note.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { statOf } from "#lib/process/process-stat.ts";
import type { Io } from "../kit/command.ts";
import { listeningServer } from "../server/running-server.ts";
import { systemctl, systemctlCommand, type UnitName, unitName } from "./unit.ts";

const LOOK_EVERY_MS = 100;
const PATIENCE_MS = 30_000;
/** Where `statOf` has a process's parent: a program may have started the server, as npm's does. */
const PARENT = 1;
/** What systemd calls a unit whose process has ended: for good, or until it is started again. */
const ENDED = ["failed", "auto-restart", "dead"];

/** Throws `unavailable` with what to type where systemd does not take it. */
export function startUnit(unit: UnitName, enable: string, io: Io): void {
  for (const step of [["daemon-reload"], ["enable", unitName(unit)], ["restart", unitName(unit)]]) {
    const done = systemctl(io.env, unit, ...step);
    if (done?.code === 0) continue;
    const why = done === undefined ? "There is no systemctl here" : done.output || `exit code ${done.code}`;
    const failed = `'${systemctlCommand(unit)} ${step.join(" ")}' failed`;
    const sentence = `The unit is written, and ${failed}: ${why.replace(/\.?$/, ".")}`;
    throw new OrchError("unavailable", `${sentence} Where systemd runs: ${enable}`);
  }
}

/** Of a unit that was started: systemd calls it active before it listens. Throws `unavailable` when it ends instead. */
export async function serverOfUnit(unit: UnitName, home: string, io: Io): Promise<string> {
  const log = logCommand(unit);
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_EVERY_MS) {
    const url = await listeningServer(home);
    if (url !== undefined && isOfUnit(unit, home, io)) return url;
    const state = systemctl(io.env, unit, "show", "-P", "SubState", unitName(unit))?.output ?? "";
    if (ENDED.includes(state)) {
      throw new OrchError(
        "unavailable",
        `The unit is written, and its server ends as it starts. Its log says why: ${log}`,
      );
    }
    await systemClock.sleep(LOOK_EVERY_MS);
  }
  throw new OrchError("unavailable", `The server has not answered for 30 s. Its log: ${log}`);
}

/** Another server of the home, started by hand, is none of systemd's: it ends with its terminal. */
function isOfUnit(unit: UnitName, home: string, io: Io): boolean {
  const pid = String(readServerNote(home)?.pid ?? "");
  const main = systemctl(io.env, unit, "show", "-P", "MainPID", unitName(unit))?.output;
  return main === pid || main === statOf(pid)[PARENT];
}

export function logCommand(unit: UnitName): string {
  return `journalctl ${unit.isSystem ? "" : "--user "}-u ${unitName(unit)}`;
}
