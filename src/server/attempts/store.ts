// Refuses calls of executions whose flow run was taken from them: it was lost, started again, or claimed by another.
import type { Reader, Tx } from "#db/connect.ts";
import { isTerminal } from "#domain/states.ts";
import { OrchError } from "#lib/errors.ts";
import { ATTEMPT_HEADER, type Attempt, parseAttempt } from "#wire/runs/attempts.ts";
import type { StateType } from "#wire/runs/states.ts";
import { ProblemError } from "../http/problem.ts";

/** The run was taken from its execution, and no other one has named itself. */
export const TAKEN = "";

interface Row {
  name: string;
  attempt: string | null;
  state_type: StateType | null;
  state_name: string | null;
}

/** Which execution a request comes from; null for clients that do not say. Throws a ProblemError of status 400. */
export function attemptOf(headers: Headers): Attempt | null {
  const text = headers.get(ATTEMPT_HEADER);
  if (text === null) return null;
  const attempt = parseAttempt(text);
  if (attempt) return attempt;
  const detail = `The header ${ATTEMPT_HEADER} must be FLOW_RUN_ID/TOKEN: '${text.slice(0, 200)}' is not.`;
  throw new ProblemError(400, { detail });
}

/** Throws `no_longer_yours`. A run that is unknown, or in which no execution has named itself, is left to the routes. */
export function refuseOlder(q: Reader, attempt: Attempt | null): void {
  const row = attempt && otherOf(q, attempt);
  if (row) throw noLongerYours(row);
}

/**
 * Throws `no_longer_yours` for log records of an older execution. Until another one has begun they complete the log: what an
 * execution wrote before it fell silent.
 */
export function refuseOlderLogs(q: Reader, attempt: Attempt | null): void {
  const row = attempt && otherOf(q, attempt);
  if (!row) return;
  const isLast = row.attempt === TAKEN && (isTerminal(row.state_type) || row.state_type === "SCHEDULED");
  if (!isLast) throw noLongerYours(row);
}

/** Whether the execution has the run: also when none has named itself. */
export function isCurrent(q: Reader, flowRunId: string, token: string): boolean {
  return otherOf(q, { flowRunId, token }) === undefined;
}

/** Whether this execution has claimed the run, which has not started since. */
export function isClaimedBy(q: Reader, flowRunId: string, token: string): boolean {
  const sql = "select 1 from flow_run where id = ? and attempt = ? and state_type = 'PENDING'";
  return q.get(sql, flowRunId, token) !== undefined;
}

/** The execution has ended and its run waits to be tried again: by any other one. */
export function giveBack(tx: Tx, flowRunId: string, token: string): void {
  const sql = "update flow_run set attempt = ? where id = ? and attempt = ? and state_type = 'SCHEDULED'";
  tx.run(sql, TAKEN, flowRunId, token);
}

/** The run, where it was taken from this execution. */
function otherOf(q: Reader, { flowRunId, token }: Attempt): Row | undefined {
  if (flowRunId === null) return undefined;
  const row = q.get<Row>("select name, attempt, state_type, state_name from flow_run where id = ?", flowRunId);
  return row && row.attempt !== null && row.attempt !== token ? row : undefined;
}

function noLongerYours({ name, attempt, state_name }: Row): OrchError {
  const why = attempt === TAKEN ? "it was taken from this execution" : "another execution of it has begun";
  return new OrchError("no_longer_yours", `Flow run '${name}' is no longer yours: ${why}. It is ${state_name} now.`);
}
