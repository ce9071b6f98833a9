// Reports runs that have passed their time, and ends their process, from another thread than that of the flow.
import { leftLogs, sendLeft } from "#agent/left-logs.ts";
import { attemptClient } from "#client/attempt.ts";
import type { TimeLimit } from "#engine/process/watchdog.ts";
import { systemClock, timestampNow } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { groupOfRun, signalled } from "#lib/process/process-group.ts";
import { retryUntilAvailable } from "#lib/retry.ts";
import { loadSettings } from "#settings/load.ts";
import { setFlowRunState } from "#wire/runs/flow-runs.ts";
import { createLogs } from "#wire/runs/logs.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { setTaskRunState } from "#wire/runs/task-runs.ts";
import { openApi } from "./api.ts";

const RETRY_SECONDS = 10;
const ERROR_LEVEL = 40;

export interface LateRuns {
  late: readonly TimeLimit[];
  /** The address of the API; another text when the process itself serves it. */
  api: string;
  /** Where the process keeps log records. */
  logFile: string | undefined;
  /** `FLOW_RUN_ID/TOKEN` of the process. */
  attempt: string | undefined;
  say: (line: string) => void;
}

/** The log first: the end of a run is reported when its log is whole. */
export async function endLateRuns({ late, api, logFile, attempt, say }: LateRuns): Promise<void> {
  const { settings } = loadSettings(process.env);
  const url = /^https?:/.test(api) ? api : settings.ORCH_API_URL;
  const opened = await openApi({ ...settings, ORCH_API_URL: url }, { retries: 0 });
  const client = attempt === undefined ? opened.client : attemptClient(opened.client, attempt, () => {});
  const patience = { clock: systemClock, seconds: RETRY_SECONDS };
  const [first] = late;
  const reason = `${first ? messageFor(first) : ""}, and kept its process too busy to notice. The process was ended.`;
  // The logs of the flows around them end with the reason too.
  const flowRunIds = late.flatMap(({ flowRunId, others }) => [flowRunId, ...flowsAmong(others)]);
  const records = [...new Set(flowRunIds)].map((flow_run_id) => ({
    ...{ id: newId(), name: "prefect.flow_runs", level: ERROR_LEVEL, message: reason, flow_run_id },
    timestamp: timestampNow(systemClock),
  }));
  say(reason);
  await retryUntilAvailable(patience, async () => {
    const file = leftLogs(logFile);
    if (file) await sendLeft(file, client.call);
    await client.call(createLogs, { body: records });
  }).catch((error) => say(`The log could not be sent: ${messageOf(error)}`));
  const isLate = new Set(late.map(({ id }) => id));
  const others = late.flatMap((run) => run.others).filter(({ id }) => !isLate.has(id));
  for (const run of late) await report(run, timedOut(run));
  for (const run of new Map(others.map((other) => [other.id, other])).values()) await report(run, ended(run, reason));
  await opened.close();

  async function report({ kind, id }: Pick<TimeLimit, "kind" | "id">, state: StateInput): Promise<void> {
    const endpoint = kind === "flow" ? setFlowRunState : setTaskRunState;
    await retryUntilAvailable(patience, (idempotencyKey) =>
      client.call(endpoint, { params: { id }, body: { state } }, { idempotencyKey }),
    ).catch((error) => say(`The end of a run could not be reported: ${messageOf(error)}`));
  }
}

function flowsAmong(runs: TimeLimit["others"]): string[] {
  return runs.flatMap(({ kind, id }) => (kind === "flow" ? [id] : []));
}

function messageFor({ kind, seconds }: TimeLimit): string {
  return `${kind === "flow" ? "Flow" : "Task"} run exceeded timeout of ${seconds} seconds`;
}

function timedOut(run: TimeLimit): StateInput {
  return { type: "FAILED", name: "TimedOut", message: messageFor(run) };
}

/** A flow fails by its late task, as it would have; what else went on has been cut off. */
function ended({ kind }: Pick<TimeLimit, "kind">, reason: string): StateInput {
  if (kind === "task") return { type: "CRASHED", name: "Crashed", message: reason };
  return { type: "FAILED", name: "Failed", message: `Flow run encountered an exception. ${reason}` };
}

/** Ends this process, and what the run has started where an agent has made a group for it. */
export function killRun(): void {
  const group = groupOfRun();
  if (group !== undefined) signalled(-group, "SIGKILL");
  signalled(process.pid, "SIGKILL");
}
