// Remembers jobs that outlive their agent, one small file for each: an agent that is killed leaves them to the next one of its home.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PRIVATE_FILE } from "#lib/files/private.ts";
import { isObject, type JsonObject, tryParseJson } from "#lib/json.ts";
import { isAlive } from "#lib/process/process-alive.ts";
import { processStart } from "#lib/process/process-identity.ts";
import { processSpace } from "#lib/process/process-stat.ts";
import type { Job, LeftJob } from "./infrastructure.ts";

const NAME = /^(?<space>\d+)-(?<pid>\d+)-(?<run>[0-9a-f-]{36})\.json$/;

export interface LeftJobs {
  /** A job of this agent runs. Without it nothing is lost but its adoption, so a full disk is no failure. */
  remember(job: Job, pid: string): void;
  forget(runId: string): void;
  /** Jobs whose agent is gone. Of several agents that ask, one gets each; it remembers them as its own. */
  take(): LeftJob[];
}

interface Kept extends LeftJob {
  /** The start of the agent, as `processStart` gives it. */
  agent: string | null;
}

export function createLeftJobs(home: string | undefined): LeftJobs {
  const folder = join(home ?? "", "running-jobs");
  const prefix = `${processSpace()}-${process.pid}-`;
  const fileOf = (runId: string) => join(folder, `${prefix}${runId}.json`);

  function isLeft(name: string): boolean {
    const { space, pid } = NAME.exec(name)?.groups ?? {};
    if (space !== processSpace() || name.startsWith(prefix)) return false;
    if (!isAlive(Number(pid))) return true;
    const agent = read(join(folder, name))?.agent;
    return typeof agent === "string" && agent !== processStart(Number(pid)); // its number is another's by now
  }

  function takeOne(name: string): LeftJob | undefined {
    const { run = "" } = NAME.exec(name)?.groups ?? {};
    try {
      renameSync(join(folder, name), fileOf(run));
    } catch {
      return undefined; // another agent has it
    }
    return read(fileOf(run));
  }

  return {
    remember({ run, attempt }, pid) {
      if (home === undefined) return;
      const kept: Kept = { run, pid, attempt: attempt ?? "", agent: processStart(process.pid) ?? null };
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeFileSync(fileOf(run.id), JSON.stringify(kept), { mode: PRIVATE_FILE });
      } catch {
        // a full disk: the job goes on, and its own signs of life count
      }
    },
    forget(runId) {
      try {
        rmSync(fileOf(runId), { force: true });
      } catch {
        // there is no such folder: nothing was remembered
      }
    },
    take: () =>
      home === undefined
        ? []
        : namesIn(folder)
            .filter(isLeft)
            .flatMap((name) => takeOne(name) ?? []),
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no such job was ever started
  }
}

/** Undefined for a file that was cut off, or is gone. */
function read(path: string): Kept | undefined {
  try {
    const kept = tryParseJson(readFileSync(path, "utf8"));
    const { pid, run } = isObject(kept) ? (kept as JsonObject) : {}; // JSON holds JSON
    if (typeof pid !== "string" || !isObject(run)) return undefined;
    return kept as unknown as Kept; // written by `remember`
  } catch {
    return undefined;
  }
}
