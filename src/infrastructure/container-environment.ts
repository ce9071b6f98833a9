// The variables of a flow run in a container: the agent's settings without what means something on its machine alone, the run,
// then the block's own.
import { ATTEMPT_VARIABLE } from "#lib/attempt-variable.ts";
import { OrchError } from "#lib/errors.ts";
import { withoutServerVariables } from "#settings/table.ts";
import { underOldNames } from "./environment.ts";
import type { Job } from "./infrastructure.ts";
import { variablesOf } from "./job-fields.ts";

/** Paths of the agent's machine, and what is about the agent itself. */
const OF_MACHINE = /^(?:ORCH|PREFECT)_(?:HOME|LOCAL_STORAGE_PATH|PROFILES_PATH|AGENT_.*|WORKER_.*|UI_.*)$/;
const API_NAMES = ["ORCH_API_URL", "PREFECT_API_URL"] as const;

/** The address of the API that the block's own variables name, under either name. */
export function ownApiUrl(job: Pick<Job, "type" | "block">): string | undefined {
  const own = variablesOf(job);
  return own["PREFECT_API_URL"] ?? own["ORCH_API_URL"] ?? undefined;
}

/** The address of the API where the block names none: the agent's. Throws `invalid` where the agent has none either. */
export function apiUrlFor(job: Pick<Job, "type" | "block">, settings: Readonly<Record<string, string>>): string {
  const url = ownApiUrl(job) ?? settings["ORCH_API_URL"];
  if (url) return url;
  const sentence = "A run in a container finds no server: this agent works on the database of its home.";
  throw new OrchError("invalid", `${sentence} Start 'orch server start', and the agent with ORCH_API_URL set to it.`);
}

/** `apiUrl`: as the container reaches the API, where the block does not name it. Python flows read `PREFECT_X`. */
export function containerEnvironment(
  job: Pick<Job, "type" | "block" | "run" | "attempt">,
  settings: Readonly<Record<string, string>>,
  apiUrl: string,
): Record<string, string> {
  const shared = Object.fromEntries(
    Object.entries(withoutServerVariables(settings)).filter(([name]) => !OF_MACHINE.test(name)),
  );
  const url = ownApiUrl(job) ?? apiUrl;
  const merged: Record<string, string | null | undefined> = {
    ...shared,
    ...underOldNames(shared),
    ...Object.fromEntries(API_NAMES.map((name) => [name, url])),
    // As the old engine reads it: 32 digits without dashes.
    PREFECT__FLOW_RUN_ID: job.run.id.replaceAll("-", ""),
    [ATTEMPT_VARIABLE]: job.attempt,
    ...variablesOf(job),
  };
  return Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
