// Completes the logs of runs whose agents are gone: what their processes have left is sent by another agent of the home.
import { rmSync } from "node:fs";
import { hostname } from "node:os";
import type { Client } from "#client/client.ts";
import { isTerminal } from "#domain/states.ts";
import { isAlive } from "#lib/alive.ts";
import type { Clock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { runOfProcess } from "#lib/process-identity.ts";
import { isNoticeFile } from "#lib/record-file.ts";
import { type FlowRun, readFlowRun } from "#wire/flow-runs.ts";
import { orphanedLogFiles } from "./left-logs.ts";

export interface OrphanedLogsOptions {
  client: Client;
  clock: Clock;
  home: string;
  signal: AbortSignal;
}

/** Leaves alone what belongs to a run that may still be at work: it is looked at again the next time. */
export async function sendOrphanedLogs({ client, clock, home, signal }: OrphanedLogsOptions): Promise<void> {
  const call: Client["call"] = (endpoint, input) => client.call(endpoint, input, { signal });
  for (const { runId, path } of orphanedLogFiles(home)) {
    const run = await call(readFlowRun, { params: { id: runId } }).catch(nullIfMissing);
    if (run && mayBeAtWork(run)) continue;
    if (run && !isNoticeFile(path)) {
      const { completeLog } = await import("./last-words.ts");
      const reason = run.state_type === "CRASHED" ? `Crash detected! ${run.state?.message ?? ""}` : null;
      const reasonId = run.state_id; // the same at the next look
      await completeLog({ runId, call, clock, logFile: path, printed: null, reason, reasonId });
    }
    rmSync(path, { force: true });
  }
}

function mayBeAtWork({ id, state_type, infrastructure_pid }: FlowRun): boolean {
  if (!isTerminal(state_type)) return true; // the server will notice, and say so
  const [host, pid] = infrastructure_pid?.split(":") ?? [];
  if (host !== hostname() || !isAlive(Number(pid))) return false;
  // Its number may be another run's by now. An engine that was started ahead of its run does not show it.
  return ["", id.replaceAll("-", "")].includes(runOfProcess(Number(pid)) ?? "");
}

function nullIfMissing(error: unknown): null {
  if (error instanceof OrchError && error.code === "not_found") return null;
  throw error;
}
