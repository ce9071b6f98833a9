// Remembers jobs that outlive their agent, one small file for each: an agent that is killed leaves them to the next one of its home.
import { readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "#lib/files/fsync.ts";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "#lib/files/private.ts";
import { isObject, type JsonObject, tryParseJson } from "#lib/json.ts";
import { isAlive } from "#lib/process/process-alive.ts";
import { processStart } from "#lib/process/process-identity.ts";
import { processSpace } from "#lib/process/process-stat.ts";
import type { Job, LeftJob } from "./infrastructure.ts";

/** `draft`: of a file that was being written when its agent was killed. */
const NAME = /^(?<space>\d+)-(?<pid>\d+)-(?<run>[0-9a-f-]{36})\.json(?<draft>\..+)?$/;

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
  /** What the files of this agent hold, by their runs. */
  const written = new Map<string, string>();

  function isLeft(name: string): boolean {
    const { space, pid } = NAME.exec(name)?.groups ?? {};
    if (space !== processSpace() || name.startsWith(prefix)) return false;
    if (!isAlive(Number(pid))) return true;
    const agent = read(join(folder, name))?.agent;
    return typeof agent === "string" && agent !== processStart(Number(pid)); // its number is another's by now
  }

  function takeOne(name: string): LeftJob | undefined {
    const { run = "", draft } = NAME.exec(name)?.groups ?? {};
    if (draft !== undefined) return remove(join(folder, name));
    try {
      renameSync(join(folder, name), fileOf(run));
    } catch {
      return undefined; // another agent has it
    }
    const left = read(fileOf(run));
    if (left === null) remove(fileOf(run)); // its job is not known any more
    return left ?? undefined;
  }

  return {
    remember({ run, attempt, deployment }, pid) {
      if (home === undefined) return;
      const agent = processStart(process.pid) ?? null;
      const kept: Kept = { run, pid, attempt: attempt ?? "", deployment: deployment?.id ?? null, agent };
      const text = JSON.stringify(kept);
      if (written.get(run.id) === text) return;
      try {
        writeWhole(fileOf(run.id), text, { mode: PRIVATE_FILE, folderMode: PRIVATE_FOLDER });
        written.set(run.id, text);
      } catch {
        // a full disk: the job goes on, and its own heartbeats count
      }
    },
    forget(runId) {
      written.delete(runId);
      remove(fileOf(runId));
    },
    take: () =>
      home === undefined
        ? []
        : namesIn(folder)
            .filter(isLeft)
            .flatMap((name) => takeOne(name) ?? []),
  };
}

function remove(path: string): undefined {
  try {
    rmSync(path, { force: true });
  } catch {
    // there is no such folder: nothing was remembered
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no such job was ever started
  }
}

/** Null for a file that was cut off, undefined for one that cannot be read now, or is gone. */
function read(path: string): Kept | null | undefined {
  try {
    const kept = tryParseJson(readFileSync(path, "utf8"));
    const { pid, run, deployment = null } = isObject(kept) ? (kept as JsonObject) : {}; // JSON holds JSON
    if (typeof pid !== "string" || !isObject(run)) return null;
    return { ...(kept as unknown as Kept), deployment: deployment as string | null }; // written by `remember`
  } catch {
    return undefined;
  }
}
