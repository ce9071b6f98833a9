// Names the files in which processes of runs leave log records that they could not send, and finds those of agents that are gone.
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "#lib/process/process-alive.ts";
import { processSpace } from "#lib/process/process-stat.ts";

const NAME = /^(?<space>\d+)-(?<pid>\d+)-(?<run>[0-9a-f-]{36})(?:\.ending)?$/;

/** Where the process of a run keeps its records; undefined when there can be no such place. */
export function logFileFor(home: string, runId: string): string | undefined {
  const folder = join(home, "run-logs");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return join(folder, `${processSpace()}-${process.pid}-${runId}`);
  } catch {
    return undefined; // it keeps them in its memory
  }
}

/** Files whose agent is gone, and the notices beside them, by the ids of their runs. */
export function orphanedLogFiles(home: string): { runId: string; path: string }[] {
  const folder = join(home, "run-logs");
  const space = processSpace();
  return namesIn(folder).flatMap((name) => {
    const parts = NAME.exec(name)?.groups;
    const isOurs = parts?.["space"] === space && !isAlive(Number(parts["pid"]));
    return isOurs ? [{ runId: parts["run"] ?? "", path: join(folder, name) }] : [];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no run has been started
  }
}
