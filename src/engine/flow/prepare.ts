// Prepares a run: fetches the code, loads the flow, binds the parameters, and updates the run on the server.
import type { FlowDefinition } from "#domain/definitions.ts";
import { languageAt } from "#domain/entrypoint.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { type JsonObject, objectWithNumbers } from "#lib/json.ts";
import { callUntilAvailable } from "#lib/retry.ts";
import { type Deployment, readDeployment } from "#wire/deployments/deployments.ts";
import { type FlowRun, updateFlowRun } from "#wire/runs/flow-runs.ts";
import { describeError } from "../logs/stack.ts";
import { nameOfFlowRun } from "../run/run-names.ts";
import type { RunLogger } from "../session/context.ts";
import type { Cleanup, Session } from "../session/session.ts";
import { fetchCode } from "./code.ts";
import type { FlowRunJob } from "./flow-run.ts";

/** The run fails before its function is called. `force`: whatever state it is in, as the old engine has it. */
export class CannotStart extends Error {
  readonly force: boolean;

  constructor(message: string, force: boolean) {
    super(message);
    this.force = force;
  }
}

export async function prepare(
  session: Session,
  run: FlowRun,
  logger: RunLogger,
  register: () => void,
  cleanup: Cleanup[],
): Promise<FlowRunJob> {
  const { flow, name, file, schema } = await retrieve(session, run, logger, register, cleanup);
  let args: unknown[];
  try {
    args = await argumentsOf(flow, schema, run.parameters);
  } catch (error) {
    throw new CannotStart(`Validation of flow parameters failed with error: ${messageOf(error)}`, false);
  }
  const named = await tellServer(session, run, flow, file, args);
  return { run: named, flow, name, args, checked: true };
}

/** Checked by the flow's own schema, if it declares one, else by what was read from its signature. */
async function argumentsOf(flow: FlowDefinition, schema: JsonObject | null, given: JsonObject): Promise<unknown[]> {
  const { parameters, validateParameters } = flow.options;
  if (parameters) {
    const { checkedJson } = await import("#domain/parameters/standard-schema.ts");
    return [validateParameters === false ? objectWithNumbers(given) : await checkedJson(parameters, given)];
  }
  const { bindParameters } = await import("#domain/parameters/parameters.ts");
  return bindParameters(flow.fn, validateParameters === false ? null : schema, given);
}

interface Retrieved {
  flow: FlowDefinition;
  name: string;
  file: string;
  schema: Deployment["parameter_openapi_schema"];
}

async function retrieve(
  session: Session,
  run: FlowRun,
  logger: RunLogger,
  register: () => void,
  cleanup: Cleanup[],
): Promise<Retrieved> {
  try {
    const id = run.deployment_id;
    if (!id) throw new OrchError("invalid", `Flow run '${run.name}' has no deployment that says where its code is.`);
    const deployment = await callUntilAvailable(session, (call) =>
      session.client.call(readDeployment, { params: { id } }, call),
    );
    if (languageAt(deployment.entrypoint) === "python") {
      const { handOverToPython } = await import("./python.ts");
      return await handOverToPython(session, deployment, logger, cleanup);
    }
    const { file, exportName } = await fetchCode(session, deployment, logger, cleanup);
    register();
    const { loadFlow } = await import("#project/load-flow.ts");
    const { flow, name } = await loadFlow(file, exportName);
    return { flow, name, file, schema: deployment.parameter_openapi_schema };
  } catch (error) {
    if (session.signal.aborted) throw error;
    const text = error instanceof OrchError ? messageOf(error) : describeError(error, session.folder);
    throw new CannotStart(`Flow could not be retrieved from deployment. ${text}`, true);
  }
}

/** Version, retries and name come from the flow's source: the server learns them before the run starts. */
async function tellServer(
  session: Session,
  run: FlowRun,
  flow: FlowDefinition,
  file: string,
  args: readonly unknown[],
): Promise<FlowRun> {
  const { options } = flow;
  const policy = run.empirical_policy;
  const name = nameOfFlowRun(flow, args);
  const body = {
    flow_version: options.version ?? (await md5(file)),
    empirical_policy: {
      ...policy,
      retries: policy.retries ?? options.retries ?? 0,
      retry_delay: policy.retry_delay ?? Math.floor(options.retryDelaySeconds ?? 0),
    },
    ...(name === undefined ? {} : { name }),
  };
  await callUntilAvailable(session, (call) =>
    session.client.call(updateFlowRun, { params: { id: run.id }, body }, call),
  );
  return { ...run, ...body };
}

async function md5(file: string): Promise<string> {
  return new Bun.CryptoHasher("md5").update(await Bun.file(file).arrayBuffer()).digest("hex");
}
