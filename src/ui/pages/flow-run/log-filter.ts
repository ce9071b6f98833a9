// Turns the address of a run's log into what the API is asked for.
import type { Input } from "../../data/call.ts";
import type { Address } from "../../parts/address.ts";

/** Which lines: as `POST /orch/logs/window` takes them. */
export type LogFilter = Pick<
  Input<"readLogWindow">["body"],
  "flow_run_id" | "task_run_id" | "level" | "text" | "loggers"
>;

/** Lines of one read. */
export const PIECE = 500;

/** Which run's: one of the two is needed. The task run that the address names goes before both. */
export interface LogOwner {
  flowRunId?: string | undefined;
  taskRunId?: string | undefined;
}

export function logFilterOf(address: Address, { flowRunId, taskRunId }: LogOwner): LogFilter {
  const level = address.one("level");
  const task = address.one("task");
  const loggers = address.all("logger");
  const find = address.one("find") ?? "";
  const isOnlyHits = address.one("only") === "yes";
  const ids = task ? { task_run_id: task } : taskRunId ? { task_run_id: taskRunId } : { flow_run_id: flowRunId };
  return {
    ...ids,
    ...(level ? { level: Number(level) } : {}),
    ...(loggers.length > 0 ? { loggers } : {}),
    ...(isOnlyHits && find ? { text: find } : {}),
  };
}

export function pieceToRead(filter: LogFilter, piece: number) {
  return { ...filter, offset: piece * PIECE, limit: PIECE };
}
