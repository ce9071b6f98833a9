// Proposing states through the API, and reading back what came of it.
import { type FlowRun, readFlowRun } from "#wire/runs/flow-runs.ts";
import type { State, StateInput } from "#wire/runs/states.ts";
import { readTaskRun, type TaskRun } from "#wire/runs/task-runs.ts";
import type { TestApp } from "../app.ts";

export interface Seen {
  http: number;
  status: string;
  state: State | null;
  reason: string | undefined;
  delay: number | undefined;
}

export async function propose(
  app: TestApp,
  kind: "flow_runs" | "task_runs",
  id: string,
  state: StateInput,
  { force = false, headers = {} }: { force?: boolean; headers?: Record<string, string> } = {},
): Promise<Seen> {
  const answer = await app.send("POST", `/${kind}/${id}/set_state`, { state, force }, headers);
  const body: { status: string; state: State | null; details: { reason?: string; delay_seconds?: number } } =
    answer.body;
  const { status, state: current, details } = body;
  return { http: answer.status, status, state: current, reason: details?.reason, delay: details?.delay_seconds };
}

/** The verdict and the state now current, in short: `ACCEPT RUNNING/Retrying`. */
export function brief({ status, state }: Seen): string {
  return `${status} ${state ? `${state.type}/${state.name}` : "-"}`;
}

/** Proposes one state after the other; gives what came of each, in short. */
export async function walk(
  app: TestApp,
  kind: "flow_runs" | "task_runs",
  id: string,
  states: readonly (StateInput | StateInput["type"])[],
): Promise<string[]> {
  const seen: string[] = [];
  for (const state of states) {
    seen.push(brief(await propose(app, kind, id, typeof state === "string" ? { type: state } : state)));
  }
  return seen;
}

export function flowRun(app: TestApp, id: string): Promise<FlowRun> {
  return app.call(readFlowRun, { params: { id } });
}

export function taskRun(app: TestApp, id: string): Promise<TaskRun> {
  return app.call(readTaskRun, { params: { id } });
}

/** A time of the test's clock, in seconds from now. */
export function inSeconds(app: TestApp, seconds: number): string {
  return `${new Date(app.clock.now() + seconds * 1000).toISOString().slice(0, 23)}000+00:00`;
}
