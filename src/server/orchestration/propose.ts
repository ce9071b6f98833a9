// The one door for state changes. Whatever wants a run in another state comes through here: clients, loops, creation.
import type { Tx } from "#db/connect.ts";
import { Cancelling, Crashed, isTerminal } from "#domain/states.ts";
import { timestampNow } from "#lib/clock.ts";
import type { State, StateCreate, StateType } from "#wire/runs/states.ts";
import { TAKEN } from "../attempts/store.ts";
import { readFlowRunForTransition, writeFlowRunRecord } from "../flow-runs/record.ts";
import { deployedSubflows, openSubflows } from "../flow-runs/store.ts";
import { forgetHeartbeats } from "../heartbeats/store.ts";
import { orchestrationNotFound } from "../http/problem.ts";
import type { OrchestrationContext } from "../kernel/context.ts";
import { queueNotifications } from "../notifications/queue.ts";
import type { FlowRunRecord } from "../states/run-record.ts";
import { insertState, type NewState } from "../states/store.ts";
import { readTaskRunForTransition, writeTaskRunRecord } from "../task-runs/record.ts";
import { openTaskRuns } from "../task-runs/store.ts";
import { keepBooks } from "./bookkeeping.ts";
import { FLOW_POLICY, FORCED_FLOW_POLICY } from "./flow-policy.ts";
import { orchestrate } from "./orchestrate.ts";
import { proposalOf, stateFrom, timestampAfter } from "./proposal.ts";
import { FORCED_TASK_POLICY, TASK_POLICY } from "./task-policy.ts";
import { type Proposed, proposedOf } from "./verdict.ts";

export interface ProposeOptions {
  /** Passes the rules by; bookkeeping is done all the same. */
  force?: boolean;
}

export interface FlowProposeOptions extends ProposeOptions {
  /** Of the client that proposes: the token of its execution of this run, null without one. Left out by the server itself. */
  attempt?: string | null;
  /** Takes the run from the execution that has it. */
  takesAway?: boolean;
  /** The client starts runs only within the limits of their work queue and pool. */
  keepsLimits?: boolean;
}

/** Throws 404 `Flow run with id … not found`. */
export function proposeFlowRunState(
  tx: Tx,
  context: OrchestrationContext,
  id: string,
  proposal: StateCreate,
  { force = false, attempt, takesAway = false, keepsLimits = false }: FlowProposeOptions = {},
): Proposed {
  const found = readFlowRunForTransition(tx, id);
  if (!found) throw orchestrationNotFound(`Flow run with id ${id} not found`);
  const { run, state: initial } = found;
  const now = timestampNow(context.clock);
  const timestamp = timestampAfter(now, initial);
  const proposed = stateFrom(proposal, now, { flow_run_id: id });
  const policy = force ? FORCED_FLOW_POLICY : FLOW_POLICY;

  const transition = { tx, context, now, run, initial, proposed, keepsLimits, undo: [] };
  const outcome = orchestrate(policy, transition, (state) => {
    const stored = insertState(tx, "flow_run", id, { ...ofFlowRun(run, state), timestamp });
    run.state_id = stored.id;
    keepFlowRunBooks(run, initial, stored);
    return stored;
  });
  if (outcome.stored && outcome.state) {
    if (outcome.state.type === "PENDING" && attempt) run.attempt = attempt;
    else if (takesAway || isTaken(run, attempt, [outcome.state.type, proposal.type])) run.attempt &&= TAKEN;
    writeFlowRunRecord(tx, run, now);
    followFlowRun(tx, context, run, outcome.state);
  }
  return proposedOf(outcome);
}

/** By a claim without a token, or by a client that starts it again: the process that retries its run proposes its end. */
function isTaken(
  { attempt: current }: FlowRunRecord,
  attempt: string | null | undefined,
  [stored, proposed]: [StateType, StateType],
): boolean {
  if (attempt === undefined) return false;
  return stored === "PENDING" || (proposed === "SCHEDULED" && attempt !== current);
}

/** States of subflows carry the id of the task run that represents them in the parent. */
export function ofFlowRun(run: Pick<FlowRunRecord, "id" | "parent_task_run_id">, state: NewState): NewState {
  const ids = { flow_run_id: run.id, task_run_id: run.parent_task_run_id };
  return { ...state, state_details: { ...state.state_details, ...ids } };
}

/** Bookkeeping of flow runs: as for all runs, and the end of resuming. */
export function keepFlowRunBooks(run: FlowRunRecord, initial: Parameters<typeof keepBooks>[1], state: NewState): void {
  const resuming = run.empirical_policy.resuming === true;
  keepBooks(run, initial, state, !resuming);
  if (resuming && (state.type === "RUNNING" || isTerminal(state.type))) {
    run.empirical_policy = { ...run.empirical_policy, resuming: false };
  }
}

const PARENT_IS_CANCELLED = proposalOf(Cancelling({ message: "The parent flow run is being cancelled." }));

/**
 * Does what follows a stored state of a flow run: updates the task run that represents it in its parent, cancels its subflows,
 * crashes what was under way in a process that is gone, queues notifications, publishes events, forgets heartbeats.
 */
export function followFlowRun(tx: Tx, context: OrchestrationContext, run: FlowRunRecord, state: State): void {
  if (run.parent_task_run_id) {
    const details = { ...state.state_details, child_flow_run_id: run.id };
    const { type, name, message, data } = state;
    const copy = { type, name, message, data, state_details: details, timestamp: null, id: null };
    proposeTaskRunState(tx, context, run.parent_task_run_id, copy, { force: true });
  }
  if (state.type === "CANCELLING") {
    for (const id of [...openSubflows(tx, run.id), ...deployedSubflows(tx, run.id)]) {
      proposeFlowRunState(tx, context, id, PARENT_IS_CANCELLED);
    }
  }
  if (state.type === "CRASHED") crashWithin(tx, context, run.id, state);
  // Who claims a run looks after it from now on, or never says so: what its last keeper said is void.
  if (isTerminal(state.type) || state.type === "PENDING") forgetHeartbeats(tx, run.id);
  const queued = queueNotifications(tx, timestampNow(context.clock), run.id, state);
  tx.afterCommit(() => {
    if (queued > 0) context.events.publish({ type: "notification-queued" });
    const { type, name } = state;
    context.events.publish({ type: "flow-run-state", flow_run_id: run.id, state_type: type, state_name: name });
    // Work appears when a run is scheduled; a slot of a limited queue or pool is free when one is under way no more.
    if (type !== "PENDING" && type !== "RUNNING") context.events.publish({ type: "runs-due-changed" });
  });
}

/** What was under way in the process goes with it: subflows, and tasks, which would hold the slots of their tags forever. */
function crashWithin(
  tx: Tx,
  context: OrchestrationContext,
  id: string,
  { name, message }: Pick<NewState, "name" | "message">,
): void {
  const crashed = proposalOf(Crashed({ name, message }));
  for (const subflow of openSubflows(tx, id)) proposeFlowRunState(tx, context, subflow, crashed, { force: true });
  for (const task of openTaskRuns(tx, id)) proposeTaskRunState(tx, context, task, crashed, { force: true });
}

/** Throws 404 `Task run with id … not found`. */
export function proposeTaskRunState(
  tx: Tx,
  context: OrchestrationContext,
  id: string,
  proposal: StateCreate,
  { force = false }: ProposeOptions = {},
): Proposed {
  const found = readTaskRunForTransition(tx, id);
  if (!found) throw orchestrationNotFound(`Task run with id ${id} not found`);
  const { run, state: initial } = found;
  const now = timestampNow(context.clock);
  const timestamp = timestampAfter(now, initial);
  const proposed = stateFrom(proposal, now, { flow_run_id: run.flow_run_id, task_run_id: id });
  const policy = force ? FORCED_TASK_POLICY : TASK_POLICY;

  const outcome = orchestrate(policy, { tx, context, now, run, initial, proposed, undo: [] }, (state) => {
    const ids = { flow_run_id: run.flow_run_id, task_run_id: id };
    const state_details = { ...state.state_details, ...ids };
    const stored = insertState(tx, "task_run", id, { ...state, timestamp, state_details });
    run.state_id = stored.id;
    keepBooks(run, initial, stored);
    return stored;
  });
  if (outcome.stored) {
    writeTaskRunRecord(tx, run, now);
    tx.afterCommit(() => context.events.publish({ type: "task-run-state", flow_run_id: run.flow_run_id }));
  }
  return proposedOf(outcome);
}
