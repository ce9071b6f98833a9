// The variables of a flow run's process: the machine's, then the agent's settings, both without the server's, then the
// block's own.
import { ATTEMPT_VARIABLE } from "#lib/attempt-variable.ts";
import { LOG_FILE_VARIABLE } from "#lib/files/record-file.ts";
import { WORKING_DIR_VARIABLE } from "#lib/files/run-folder.ts";
import { HAND_OVER_VARIABLE } from "#lib/hand-over.ts";
import { PARENT_VARIABLE } from "#lib/process/watch-parent.ts";
import { withoutServerVariables } from "#settings/table.ts";

/** In the agent's own environment they are about the agent. They would make the executable do something else than run a flow. */
const NEVER_INHERITED = ["BUN_OPTIONS", "BUN_BE_BUN", "NODE_OPTIONS"];

export interface EnvironmentParts {
  /** The agent's own environment. */
  machine: Readonly<Record<string, string | undefined>>;
  /** Settings that were set on purpose, and where the API is, as `ORCH_X`. */
  settings: Readonly<Record<string, string>>;
  job: {
    flowRunId: string;
    /** The block's variables; `null` removes one. */
    env: Readonly<Record<string, string | null>>;
    /** The folder that the deployment gave the run. */
    workingDir: string | null;
    logFile?: string | undefined;
    attempt?: string | undefined;
    /** See HAND_OVER_VARIABLE. */
    handOver?: string | undefined;
  };
  agentPid: number;
}

export function environmentOf({ machine, settings, job, agentPid }: EnvironmentParts): Record<string, string> {
  const ofClients = withoutServerVariables(settings);
  const merged: Record<string, string | null | undefined> = {
    ...withoutServerVariables(machine),
    ...Object.fromEntries(NEVER_INHERITED.map((name) => [name, null])),
    ...ofClients,
    ...underOldNames(ofClients),
    // As the old engine reads it: 32 digits without dashes.
    PREFECT__FLOW_RUN_ID: job.flowRunId.replaceAll("-", ""),
    [ATTEMPT_VARIABLE]: job.attempt,
    [PARENT_VARIABLE]: String(agentPid),
    [WORKING_DIR_VARIABLE]: job.workingDir,
    [LOG_FILE_VARIABLE]: job.logFile,
    [HAND_OVER_VARIABLE]: job.handOver,
    ...job.env,
  };
  const kept = Object.entries(merged).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(kept);
}

/** Python flows read `PREFECT_X`. */
export function underOldNames(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([name]) => /^ORCH_(API|LOGGING)_/.test(name))
      .map(([name, value]) => [name.replace(/^ORCH_/, "PREFECT_"), value]),
  );
}
