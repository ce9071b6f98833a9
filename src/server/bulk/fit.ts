// Whether an action fits a run or a deployment as it is: one place for the choice and for the deed.
import { isTerminal } from "#domain/states.ts";
import type { DeploymentAction, FlowRunAction } from "#wire/runs/bulk.ts";
import type { StateType } from "#wire/runs/states.ts";

/** `null`: it fits. `unchanged`: it is as wished already. Else the reason why not. */
export type Fit = { unchanged: boolean; reason: string } | null;

const as = (reason: string): Fit => ({ unchanged: true, reason });
const not = (reason: string): Fit => ({ unchanged: false, reason });

export interface RunState {
  state_type: StateType | null;
  state_name: string | null;
  deployment_id: string | null;
}

export function fitOfRun(action: FlowRunAction, { state_type, state_name, deployment_id }: RunState): Fit {
  if (action === "delete") return null;
  if (action === "cancel") {
    if (state_type === "CANCELLED" || state_type === "CANCELLING") return as("It is cancelled already.");
    return isTerminal(state_type) ? not("It has ended already.") : null;
  }
  if (state_type === "SCHEDULED" && state_name === "AwaitingRetry") return as("It is about to be tried again.");
  if (!isTerminal(state_type)) return not("It has not ended yet.");
  return deployment_id === null ? not("It has no deployment, so no agent would start it again.") : null;
}

export function fitOfDeployment(action: DeploymentAction, isOn: boolean): Fit {
  if (action === "pause") return isOn ? null : as("It is paused already.");
  if (action === "resume") return isOn ? as("It is not paused.") : null;
  return null;
}
