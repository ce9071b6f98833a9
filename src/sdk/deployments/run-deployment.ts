// `runDeployment(name)`: a run of a deployment, made for an agent to execute, and by default waited for.
import type { Client } from "#client/client.ts";
import type { Outcome, RunState } from "#domain/run-state.ts";
import { fromWire } from "#domain/run-state.ts";
import { Scheduled } from "#domain/states.ts";
import { restored } from "#engine/results/result-persistence.ts";
import type { UserApi } from "#engine/session/api.ts";
import { currentRun } from "#engine/session/context.ts";
import type { Results } from "#engine/session/results.ts";
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { parseId } from "#lib/ids.ts";
import { objectWithNumbers } from "#lib/json.ts";
import { parseTimestamp, type Timestamp, toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import {
  createDeploymentFlowRun,
  type Deployment,
  readDeployment,
  readDeploymentByName,
} from "#wire/deployments/deployments.ts";
import { readFlow } from "#wire/deployments/flows.ts";
import { type FlowRun, readFlowRun } from "#wire/runs/flow-runs.ts";
import { apiFor, type Host } from "../host.ts";

export interface RunDeploymentOptions {
  /** Laid over the deployment's own. */
  parameters?: Record<string, unknown>;
  /** Default: now. */
  scheduledTime?: Date | string;
  /** Default: two words. */
  flowRunName?: string;
  /** Seconds to wait for the run's end. Default: until it comes; 0 does not wait. */
  timeout?: number | null;
  /** Seconds between two looks at the run. Default: at first more often, then 5. */
  pollInterval?: number;
  tags?: string[];
  /** A second call with the same key gives the first one's run. */
  idempotencyKey?: string;
}

export interface DeploymentRun {
  readonly id: string;
  readonly name: string;
  readonly flowId: string;
  readonly deploymentId: string | null;
  /** Set when it was asked for in a flow: the task run that stands for it there. */
  readonly parentTaskRunId: string | null;
  readonly parameters: Record<string, unknown>;
  readonly tags: readonly string[];
  readonly idempotencyKey: string | null;
  readonly expectedStartTime: Date | null;
  readonly startTime: Date | null;
  readonly endTime: Date | null;
  /** Seconds. */
  readonly totalRunTime: number;
  /** As it was when the waiting ended. */
  readonly state: RunState;
}

const FIRST_LOOK_SECONDS = 0.05;
const USUAL_INTERVAL_SECONDS = 5;

/** `runDeployment` for user files of `host`. */
export function runDeploymentFor(host: Host | null) {
  /**
   * @example
   * const run = await runDeployment("say-hi/marvin", { parameters: { name: "Ada" } });
   * if (!run.state.isCompleted()) throw run.state.error();
   */
  return async function runDeployment(name: string, options: RunDeploymentOptions = {}): Promise<DeploymentRun> {
    const when = momentOf(options.scheduledTime);
    const api = await apiFor(host, "runDeployment()");
    const deployment = await deploymentNamed(api.client, name);
    const { checkParameterNames } = await import("#domain/parameters/parameters.ts");
    const schema = deployment.parameter_openapi_schema;
    if (schema) checkParameterNames(schema, Object.keys(options.parameters ?? {}));
    const run = await createRun(api, deployment, when, options);
    const last = options.timeout === 0 ? run : await ended(api, run, options);
    return seen(last, await restored({ results: () => resultsOf(api) }, last.state));
  };
}

async function resultsOf(api: UserApi): Promise<Results> {
  const { createResults } = await import("#engine/results/results.ts");
  return createResults(api);
}

async function createRun(
  { client, clock }: UserApi,
  deployment: Deployment,
  when: Timestamp | undefined,
  options: RunDeploymentOptions,
): Promise<FlowRun> {
  const frame = currentRun.getStore();
  const given = options.parameters ?? {};
  const { sendableParameters } = await import("#domain/parameters/sendable.ts");
  const send = (values: Record<string, unknown>) => sendableParameters(values, deployment.parameter_openapi_schema);
  const asked = await frame?.engine
    ?.askForRun({ name: await fullName(client, deployment), version: deployment.version }, given, send)
    .catch(tooDeep);
  const key = options.idempotencyKey ?? asked?.idempotencyKey;
  const body = {
    parameters: asked?.parameters ?? send(given),
    state: Scheduled(when ?? timestampNow(clock)),
    ...(options.flowRunName === undefined ? {} : { name: options.flowRunName }),
    ...(options.tags === undefined ? {} : { tags: options.tags }),
    ...(key === undefined ? {} : { idempotency_key: key }),
    ...(asked ? { parent_task_run_id: asked.parentTaskRunId } : {}),
  };
  const run = await client.call(createDeploymentFlowRun, { params: { id: deployment.id }, body });
  frame?.logger.info(`Created flow run '${run.name}' of deployment '${deployment.name}'`);
  return run;
}

/** The look for futures in the parameters goes as deep as they do. */
function tooDeep(error: unknown): never {
  if (!(error instanceof RangeError)) throw error;
  throw new OrchError("invalid", "The parameters cannot be sent: they are nested too deep.", { cause: error });
}

/** Looks until the run is over, or time is up; gives it as it was at the last look. */
async function ended(
  { client, clock }: UserApi,
  created: FlowRun,
  { timeout, pollInterval }: RunDeploymentOptions,
): Promise<FlowRun> {
  const deadline = typeof timeout === "number" ? clock.elapsed() + timeout * 1000 : Number.POSITIVE_INFINITY;
  const longest = pollInterval ?? USUAL_INTERVAL_SECONDS;
  let pause = pollInterval ?? FIRST_LOOK_SECONDS;
  let run = created;
  while (!fromWire(run.state).isFinal()) {
    const left = (deadline - clock.elapsed()) / 1000;
    if (left <= 0) return run;
    await sleep(clock, Math.min(pause, left));
    pause = Math.min(pause * 2, longest);
    run = await client.call(readFlowRun, { params: { id: created.id } });
  }
  return run;
}

/** In a run it ends early, by throwing, when the run was given up. */
function sleep(clock: UserApi["clock"], seconds: number): Promise<void> {
  return currentRun.getStore()?.engine?.sleep(seconds) ?? clock.sleep(seconds * 1000);
}

/** By its name or its id. Throws `not_found`. */
async function deploymentNamed(client: Client, name: string): Promise<Deployment> {
  const id = parseId(name);
  const [flow_name, deployment_name, ...more] = name.split("/");
  if (id === null && (!flow_name || !deployment_name || more.length > 0)) {
    throw new OrchError("invalid", `'${name}' names no deployment: give it as '<flow-name>/<deployment-name>'.`);
  }
  const found =
    id === null
      ? client.call(readDeploymentByName, {
          params: { flow_name: flow_name ?? "", deployment_name: deployment_name ?? "" },
        })
      : client.call(readDeployment, { params: { id } });
  return found.catch((cause) => {
    if (!(cause instanceof OrchError) || cause.code !== "not_found") throw cause;
    const sentence = `There is no deployment '${name}'. 'orch deployment ls' lists what is there.`;
    throw new OrchError("not_found", sentence, { cause });
  });
}

async function fullName(client: Client, { flow_id, name }: Deployment): Promise<string> {
  return `${(await client.call(readFlow, { params: { id: flow_id } })).name}/${name}`;
}

function momentOf(given: Date | string | undefined): Timestamp | undefined {
  if (given === undefined) return undefined;
  const moment = typeof given === "string" ? parseTimestamp(given) : validMoment(given);
  if (moment !== null) return moment;
  throw new OrchError(
    "invalid",
    `'scheduledTime' is no moment: ${given}. Give a Date, or text such as 2026-01-02T03:04Z.`,
  );
}

function validMoment(date: Date): Timestamp | null {
  return Number.isNaN(date.getTime()) ? null : toTimestamp(date.getTime());
}

/** The value of a run is there when its flow keeps results: `persistResult`. */
function seen(run: FlowRun, kept: Outcome | undefined): DeploymentRun {
  return {
    id: run.id,
    name: run.name,
    flowId: run.flow_id,
    deploymentId: run.deployment_id,
    parentTaskRunId: run.parent_task_run_id,
    parameters: objectWithNumbers(run.parameters),
    tags: run.tags,
    idempotencyKey: run.idempotency_key,
    expectedStartTime: dateOf(run.expected_start_time),
    startTime: dateOf(run.start_time),
    endTime: dateOf(run.end_time),
    totalRunTime: run.total_run_time,
    state: fromWire(run.state, kept),
  };
}

function dateOf(timestamp: Timestamp | null): Date | null {
  return timestamp === null ? null : new Date(toMillis(timestamp));
}
