// The first state of runs that are created within a flow run that has ended: nothing executes them, so they end at once. A
// flow run that is restarted finds them again and executes them.
import type { Reader } from "#db/connect.ts";
import { isTerminal } from "#domain/states.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import type { StateDetails, StateType } from "#wire/runs/states.ts";
import type { NewState } from "../states/store.ts";
import { newState } from "./rules/rule.ts";

/** CRASHED when the flow run has ended, else undefined. */
export function crashedWithEnded(
  q: Reader,
  flowRunId: string,
  now: Timestamp,
  details: Partial<StateDetails> = {},
): NewState | undefined {
  const sql = "select state_type, state_name from flow_run where id = ?";
  const enclosing = q.get<{ state_type: StateType | null; state_name: string | null }>(sql, flowRunId);
  if (!enclosing || !isTerminal(enclosing.state_type)) return undefined;
  const message = `The flow run had ended (${enclosing.state_name}) before this run was created.`;
  return newState("CRASHED", "Crashed", now, { message, details });
}
