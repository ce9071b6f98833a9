// Completes the logs of runs whose agents are gone: what their processes have left is sent by another agent of the home.
import { rmSync } from "node:fs";
import type { Client } from "#client/client.ts";
import { isTerminal } from "#domain/states.ts";
import type { Infrastructure } from "#infrastructure/infrastructure.ts";
import { orphanedLogFiles } from "#infrastructure/log-files.ts";
import type { Clock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { isNoticeFile } from "#lib/files/record-file.ts";
import { type FlowRun, readFlowRun } from "#wire/runs/flow-runs.ts";

export interface OrphanedLogsOptions {
  client: Client;
  clock: Clock;
  infrastructure: Pick<Infrastructure, "isRunning">;
  home: string;
  signal: AbortSignal;
}

/** Leaves alone what belongs to a run that may still be at work: it is looked at again the next time. */
export async function sendOrphanedLogs(options: OrphanedLogsOptions): Promise<void> {
  const { client, clock, infrastructure, home, signal } = options;
  const call: Client["call"] = (endpoint, input) => client.call(endpoint, input, { signal });
  for (const { runId, path } of orphanedLogFiles(home)) {
    const run = await call(readFlowRun, { params: { id: runId } }).catch(nullIfMissing);
    if (run && (await mayBeAtWork(run, infrastructure))) continue;
    if (run && !isNoticeFile(path)) {
      const { completeLog } = await import("./last-words.ts");
      const reason = run.state_type === "CRASHED" ? `Crash detected! ${run.state?.message ?? ""}` : null;
      const reasonId = run.state_id; // the same at the next look
      await completeLog({ runId, call, clock, logFile: path, printed: null, reason, reasonId });
    }
    rmSync(path, { force: true });
  }
}

async function mayBeAtWork(
  { id, state_type, infrastructure_pid: pid }: FlowRun,
  infrastructure: OrphanedLogsOptions["infrastructure"],
): Promise<boolean> {
  if (!isTerminal(state_type)) return true; // the server will notice, and say so
  return pid !== null && infrastructure.isRunning({ pid, flowRunId: id });
}

function nullIfMissing(error: unknown): null {
  if (error instanceof OrchError && error.code === "not_found") return null;
  throw error;
}
