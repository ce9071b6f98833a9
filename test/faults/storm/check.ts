// What must be true when a storm is over: of the database, and of the ledger beside it.
import { Database } from "bun:sqlite";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Entry, lastLines, problemsOf, readLedger } from "./ledger.ts";

export interface StormEnd {
  home: string;
  ledger: string;
  /** Ids of runs that were answered, by label. */
  acknowledged: ReadonlyMap<string, string>;
  labels: ReadonlySet<string>;
}

export interface Found {
  /** What is not as it should be. */
  problems: string[];
  counts: Record<string, number>;
}

type Row = Record<string, string | number | null>;

/** Which type of state may follow which, where nobody starts a run again. */
const NEXT: Record<string, readonly string[]> = {
  "": ["SCHEDULED", "PENDING"],
  SCHEDULED: ["SCHEDULED", "PENDING", "RUNNING", "CRASHED", "CANCELLED"],
  // Scheduled: handed back by an agent that was stopped. Cancelled: its schedule was paused before its time.
  PENDING: ["RUNNING", "CRASHED", "FAILED", "CANCELLING", "SCHEDULED", "CANCELLED"],
  RUNNING: ["COMPLETED", "FAILED", "CRASHED", "SCHEDULED", "PAUSED", "CANCELLING"],
  PAUSED: ["RUNNING", "SCHEDULED", "CRASHED"],
  CANCELLING: ["CANCELLED"],
  // Lost, and tried again.
  CRASHED: ["SCHEDULED"],
  COMPLETED: [],
  FAILED: [],
  CANCELLED: [],
};

/** The server ends those that a cancelled parent leaves open, whatever their state. */
const NEXT_OF_SUBFLOWS: typeof NEXT = {
  ...NEXT,
  PENDING: ["RUNNING", "CRASHED", "FAILED", "CANCELLING", "CANCELLED"],
  RUNNING: ["COMPLETED", "FAILED", "CRASHED", "SCHEDULED", "PAUSED", "CANCELLING", "CANCELLED"],
};

/** Their flow run may be tried again: by its process, or by another one that asks for them once more. */
const NEXT_OF_TASKS: typeof NEXT = {
  ...NEXT,
  PENDING: ["PENDING", "RUNNING", "CRASHED", "FAILED", "CANCELLED", "CANCELLING"],
  RUNNING: ["COMPLETED", "FAILED", "CRASHED", "SCHEDULED", "CANCELLED", "CANCELLING"],
  // Pending: where the task run stands for a subflow.
  CRASHED: ["RUNNING", "PENDING"],
  FAILED: ["RUNNING", "PENDING"],
};

const NOT_ITS_LAST = ["flow_run", "task_run"]
  .map((table) => {
    const states = `select id from ${table}_state where ${table}_id = ${table}.id order by timestamp desc limit 1`;
    return `select id from ${table} where state_id is not (${states})`;
  })
  .join(" union all ");
const LEFT_OPEN = `select task_run.id, task_run.state_name from task_run join flow_run on flow_run.id = task_run.flow_run_id
  where task_run.state_type not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')`;

/** Called while the server is there, and every run has ended. */
export function look(end: StormEnd): Found {
  const sqlite = new Database(join(end.home, ".orch/orch.db"), { readonly: true });
  const all = (sql: string): Row[] => sqlite.query(sql).all() as Row[]; // columns are text or numbers
  const ledger = readLedger(end.ledger);
  try {
    const runs = all("select id, name, state_type, parameters, run_count, auto_scheduled from flow_run");
    const lines = all(
      "select flow_run_id, message from log where message like 'line %' order by flow_run_id, timestamp, rowid",
    );
    const states = all(
      `select flow_run_state.*, parent_task_run_id from flow_run_state join flow_run on flow_run.id = flow_run_id
        order by flow_run_id, timestamp`,
    );
    const { subflow = [], flow = [] } = Object.groupBy(states, (row) =>
      row["parent_task_run_id"] ? "subflow" : "flow",
    );
    const resumes = countBy(
      states.filter(({ name }) => name === "Resuming" || name === "Running"),
      "flow_run_id",
    );
    const problems = [
      ...all("pragma integrity_check").flatMap((row) => (row["integrity_check"] === "ok" ? [] : [JSON.stringify(row)])),
      ...all("pragma foreign_key_check").map((row) => `a row without its parent: ${JSON.stringify(row)}`),
      ...missingRuns(end, runs),
      ...problemsOf(ledger, resumes),
      ...histories(flow, "flow_run_id", NEXT),
      ...histories(subflow, "flow_run_id", NEXT_OF_SUBFLOWS),
      ...histories(all("select * from task_run_state order by task_run_id, timestamp"), "task_run_id", NEXT_OF_TASKS),
      ...all("select tag from concurrency_limit where active_slots <> '[]'").map(
        ({ tag }) => `a slot of ${tag} is taken`,
      ),
      ...all(NOT_ITS_LAST).map(({ id }) => `a run is not in its last state: ${id}`),
      ...all(LEFT_OPEN).map(
        ({ id, state_name }) => `a task run is ${state_name} although its flow run has ended: ${id}`,
      ),
      ...all("select flow_run_id from heartbeat").map(
        (row) => `looked after although it has ended: ${row["flow_run_id"]}`,
      ),
      ...doneAgain(
        ledger,
        all("select task_run_id, min(timestamp) as at from task_run_state where type = 'COMPLETED' group by 1"),
      ),
      ...artifacts(ledger, all("select json_extract(data, '$') as data from artifact where key = 'storm'")),
      ...logs(ledger, lines, states),
      ...results(
        join(end.home, ".orch/storage/results"),
        all("select data from artifact where type = 'result' and json_extract(data, '$.type') = 'reference'"),
      ),
    ];
    const types = Object.groupBy(runs, ({ state_type }) => String(state_type));
    const ofTypes = Object.entries(types).map(([type, of]) => [type, of?.length ?? 0] as const);
    const tasks = ledger.filter(({ event }) => event === "task").length;
    const executions = new Set(ledger.map(({ execution }) => execution)).size;
    const counts = { runs: runs.length, executions, tasks, lines: lines.length, ...Object.fromEntries(ofTypes) };
    return { problems, counts };
  } finally {
    sqlite.close();
  }
}

function countBy(rows: readonly Row[], column: string): Map<string, number> {
  const groups = Map.groupBy(rows, (row) => String(row[column]));
  return new Map([...groups].map(([key, of]) => [key, of.length]));
}

function missingRuns({ acknowledged, labels }: StormEnd, runs: readonly Row[]): string[] {
  const byLabel = Map.groupBy(runs, ({ parameters }) => /"label":"([^"]+)"/.exec(String(parameters))?.[1] ?? "");
  return [...labels].flatMap((label) => {
    const ids = (byLabel.get(label) ?? []).map(({ id }) => String(id));
    const known = acknowledged.get(label);
    if (ids.length > 1) return [`asked for once, made ${ids.length} times: ${label}`];
    return known !== undefined && ids[0] !== known ? [`acknowledged and not there: ${label}, ${known}`] : [];
  });
}

function histories(states: readonly Row[], column: string, next: typeof NEXT): string[] {
  return [...Map.groupBy(states, (row) => row[column])].flatMap(([run, of]) => {
    const types = of.map(({ type }) => String(type));
    const wrong = types.find((type, at) => !next[types[at - 1] ?? ""]?.includes(type));
    return wrong === undefined ? [] : [`a history of ${column} ${run}: ${of.map(({ name }) => name).join(" > ")}`];
  });
}

/** Runs of schedules: every time that has come is there once. Called while the schedules are active. */
export function problemsOfSchedules(home: string, seconds: number): string[] {
  const sqlite = new Database(join(home, ".orch/orch.db"), { readonly: true });
  const sql = `select deployment_id, unixepoch(expected_start_time) as at from flow_run where auto_scheduled = 1
    order by deployment_id, expected_start_time`;
  const rows = sqlite.query(sql).all() as { deployment_id: string; at: number }[]; // its columns
  sqlite.close();
  return rows.flatMap(({ deployment_id, at }, index) => {
    const before = rows[index - 1];
    if (before?.deployment_id !== deployment_id || at - before.at === seconds) return [];
    return [`${at - before.at} s between two runs of the schedule of ${deployment_id}`];
  });
}

/** Task runs that began once more after they had completed. */
function doneAgain(ledger: readonly Entry[], completed: readonly Row[]): string[] {
  const ends = new Map(completed.map(({ task_run_id, at }) => [String(task_run_id), Date.parse(String(at))]));
  const again = ledger.filter(
    ({ event, at, words: [id = ""] }) => event === "task" && at > (ends.get(id) ?? Infinity) + 1,
  );
  return again.map(({ words }) => `executed after it had completed: task run ${words[0]}`);
}

function artifacts(ledger: readonly Entry[], rows: readonly Row[]): string[] {
  const times = countBy(rows, "data");
  const noted = ledger.filter(({ event }) => event === "artifact").map(({ run, execution }) => `${run} ${execution}`);
  const missing = noted.filter((data) => !times.has(data)).map((data) => `an artifact is not there: ${data}`);
  const doubled = [...times].filter(([, count]) => count > 1).map(([data]) => `an artifact is there twice: ${data}`);
  return [...missing, ...doubled];
}

/** Results that the states of runs lead to. */
function results(folder: string, rows: readonly Row[]): string[] {
  return rows.flatMap(({ data }) => {
    const { storage_key }: { storage_key: string } = JSON.parse(String(data)); // as its state has it
    try {
      JSON.parse(readFileSync(join(folder, storage_key), "utf8"));
      return [];
    } catch (error) {
      return [`a result cannot be read: ${storage_key}: ${error}`];
    }
  });
}

/**
 * Of each execution the lines 0, 1, 2, … in order, each once: up to the last one that it had written, and one more where it
 * was killed between the two. An execution whose run was claimed again may lack its last ones.
 */
function logs(ledger: readonly Entry[], lines: readonly Row[], states: readonly Row[]): string[] {
  const parsed = lines.map(({ flow_run_id, message }) => {
    const [, execution, number] = String(message).split(" ");
    return { key: `${execution} ${flow_run_id}`, number: Number(number) };
  });
  const stored = Map.groupBy(parsed, ({ key }) => key);
  const unordered = [...stored].flatMap(([key, of]) => {
    const numbers = of.map(({ number }) => number);
    return numbers.every((number, at) => number === at) ? [] : [`lines of ${key}: ${numbers.slice(0, 20)}`];
  });
  const claims = new Map(
    states.filter(({ type }) => type === "PENDING").map((row) => [row["flow_run_id"], row["timestamp"]]),
  );
  const begun = Map.groupBy(ledger, ({ execution }) => execution);
  const missing = [...lastLines(ledger)].flatMap(([key, last]) => {
    const [execution = "", run = ""] = key.split(" ");
    const [first] = begun.get(execution) ?? [];
    const isClaimedAnew = first && Date.parse(String(claims.get(first.run))) > first.at;
    const count = stored.get(key)?.length ?? 0;
    if (isClaimedAnew || count > last) return [];
    return [`of ${last + 1} lines that ${execution} had written, run ${run} has ${count}`];
  });
  return [...unordered, ...missing];
}
