// The module that flow authors import as "orch". `templates/starter/orch.d.ts` describes it to their editors; a test
// keeps the two alike.
import { artifactsFor } from "./artifacts.ts";
import { runDeploymentFor } from "./deployments/run-deployment.ts";
import { flowFor } from "./flow.ts";
import { pausesFor } from "./pause.ts";
import { variablesFor } from "./variables.ts";

/** Calls outside of any run do nothing; `registerSdk` gives files of a host their own `flow`. */
export const flow = flowFor(null);
export const runDeployment = runDeploymentFor(null);
export const { createMarkdownArtifact, createTableArtifact, createLinkArtifact } = artifactsFor(null);
export const { variables } = variablesFor(null);
export const { pauseFlowRun, resumeFlowRun } = pausesFor(null);

export {
  CancelledRun,
  CrashedRun,
  FailedRun,
  FlowPauseTimeout,
  MissingResult,
  NotPausedError,
  UnfinishedRun,
  UpstreamTaskError,
} from "#domain/run-errors.ts";
export { taskInputHash } from "#engine/results/cache-key.ts";
export { Block } from "./blocks/block.ts";
export * from "./blocks/infrastructure.ts";
export * from "./blocks/storage.ts";
export {
  DateTime,
  JSONBlock,
  JSONBlock as JSON,
  Secret,
  StringBlock,
  StringBlock as String,
  Webhook,
} from "./blocks/values.ts";
export { getRunLogger, runContext, sleep } from "./context.ts";
export { Deployment } from "./deployments/deployment.ts";
export { unmapped } from "./map.ts";
export { allowFailure, Cancelled, Completed, Crashed, Failed } from "./states.ts";
export { task } from "./task.ts";
export { exponentialBackoff } from "./task-options.ts";
