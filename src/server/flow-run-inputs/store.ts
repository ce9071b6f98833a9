// The inputs of flow runs in the database.
import type { Reader, Tx } from "#db/connect.ts";
import { all, condition, notInList } from "#db/sql.ts";
import { newId } from "#lib/ids.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import type { FlowRunInput } from "#wire/runs/flow-run-inputs.ts";

const COLUMNS = "id, created, updated, flow_run_id, key, value, sender";

/** Throws the database's foreign key violation for an unknown run, its unique one for a key that is taken. */
export function insertInput(
  tx: Tx,
  now: Timestamp,
  { flow_run_id, key, value, sender }: Pick<FlowRunInput, "flow_run_id" | "key" | "value" | "sender">,
): void {
  const values = [newId(), now, now, flow_run_id, key, value, sender];
  tx.run(`insert into flow_run_input (${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)`, ...values);
}

export function readInputValue(q: Reader, flowRunId: string, key: string): string | undefined {
  const sql = "select value from flow_run_input where flow_run_id = ? and key = ?";
  return q.get<{ value: string }>(sql, flowRunId, key)?.value;
}

export interface InputQuestion {
  prefix: string;
  limit: number;
  exclude_keys: readonly string[];
}

export function listInputs(q: Reader, flowRunId: string, asked: InputQuestion): FlowRunInput[] {
  const where = all([
    condition("flow_run_id = ?", flowRunId),
    condition("instr(key, ?) = 1", asked.prefix),
    ...(asked.exclude_keys.length > 0 ? [notInList("key", asked.exclude_keys)] : []),
  ]);
  const sql = `select ${COLUMNS} from flow_run_input where ${where.sql} order by created limit ?`;
  return q.all<FlowRunInput>(sql, ...where.params, asked.limit);
}

export function deleteInput(tx: Tx, flowRunId: string, key: string): boolean {
  return tx.run("delete from flow_run_input where flow_run_id = ? and key = ?", flowRunId, key) > 0;
}
