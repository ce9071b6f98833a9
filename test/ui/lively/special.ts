// The runs of the lively home that are looked up by name: very long, very wide, harmful, and each that waits for something.
import { toTimestamp } from "#lib/time/timestamps.ts";
import { addLine, addRun, type Step } from "./history.ts";
import type { Place } from "./places.ts";
import type { Chance, Rows } from "./rows.ts";
import { addTasks } from "./tasks.ts";
import { HOSTILE_MARKDOWN, LINES, MARKDOWN, TABLE } from "./words.ts";

const MINUTE_MS = 60_000;

export interface Sizes {
  lines: number;
  tasks: number;
  manyTasks: number;
  parameterLetters: number;
  resultLetters: number;
}

export interface SpecialOptions {
  rows: Rows;
  chance: Chance;
  places: readonly Place[];
  now: number;
  sizes: Sizes;
  /** Ids of queues by their names: those that no deployment uses. */
  queues: ReadonlyMap<string, string>;
}

/** Gives the ids of the runs by their names. */
export function addSpecialRuns(options: SpecialOptions): Record<string, string> {
  const { rows, chance, places, now, sizes } = options;
  const ids: Record<string, string> = {};
  const at = (minutesAgo: number) => now - minutesAgo * MINUTE_MS;
  const place = places.find(({ schedule }) => !schedule) ?? places[0];
  if (!place) throw new Error("there is no deployment");

  function run(
    name: string,
    begin: number,
    steps: readonly Step[],
    columns: Record<string, string | number | null> = {},
  ): string {
    const id = chance.id(begin);
    addRun(rows, chance, { id, name, place: place as Place, due: begin, steps, columns }); // checked above
    ids[name] = id;
    return id;
  }
  const through = (begin: number, end: number, last: Partial<Step> = {}): Step[] => [
    { type: "SCHEDULED", at: begin, message: "Run from the Prefect UI" },
    { type: "PENDING", at: begin + 20 },
    { type: "RUNNING", at: begin + 44 },
    { type: "COMPLETED", at: end, message: "All states completed.", ...last },
  ];

  const lines = run("hundred-thousand-lines", at(50), twice(at(50), at(20)));
  addManyLines(options, lines, at(50) + 50, at(20));
  const wide = run(
    "two-thousand-tasks",
    at(45),
    through(at(45), at(30), { type: "FAILED", message: "3/2000 states failed." }),
  );
  addTasks(options, { run: wide, begin: at(45) + 60, end: at(30), count: sizes.tasks, place });
  const wider = run("five-thousand-tasks", at(44), through(at(44), at(12)));
  addTasks(options, { run: wider, begin: at(44) + 60, end: at(12), count: sizes.manyTasks, place });

  const text = (letters: number) => '{"row": 17, "text": "ünï"}, '.repeat(Math.ceil(letters / 28)).slice(0, letters);
  const parameters = { region: "emea", rows: text(sizes.parameterLetters), exact: "9007199254740993" };
  const long = JSON.stringify(parameters).replace('"9007199254740993"', "9007199254740993");
  run("large-parameter", at(11), through(at(11), at(10)), { parameters: long });
  const result = chance.id(at(9));
  const large = run("large-result", at(9.5), through(at(9.5), at(9), { result }));
  const data = { type: "literal", value: text(sizes.resultLetters) };
  addArtifact(options, { id: result, type: "result", run: large, at: at(9), data: JSON.stringify(data) });
  addArtifacts(options, run("artifacts-of-strangers", at(8.5), through(at(8.5), at(8))), at(8.2));
  addWaiting(options, run, at);
  const paused = addRunOfPaused(options, at);
  if (paused) ids["of-a-paused-deployment"] = paused;
  return ids;
}

/** Fails at half of the time, and is tried again. */
function twice(begin: number, end: number): Step[] {
  const half = begin + (end - begin) / 2;
  return [
    { type: "SCHEDULED", at: begin },
    { type: "PENDING", at: begin + 20 },
    { type: "RUNNING", at: begin + 44 },
    {
      type: "SCHEDULED",
      name: "AwaitingRetry",
      at: half,
      message: "Flow run encountered an exception. Error: the partner hung up",
    },
    { type: "RUNNING", name: "Retrying", at: half + 10_000 },
    { type: "COMPLETED", at: end, message: "All states completed." },
  ];
}

function addManyLines({ rows, chance, sizes }: SpecialOptions, run: string, begin: number, end: number): void {
  const tasks = ["extract", "transform", "load"].map((name, index) => {
    const [id, state] = [chance.id(begin), chance.id(end)];
    const times = { start_time: toTimestamp(begin), end_time: toTimestamp(end), total_run_time: (end - begin) / 1000 };
    rows.add("task_run", {
      ...{
        id,
        created: toTimestamp(begin),
        updated: toTimestamp(end),
        name: `${name}-0`,
        flow_run_id: run,
        task_key: name,
      },
      ...{ dynamic_key: "0", state_id: state, state_type: "COMPLETED", state_name: "Completed", run_count: 1 },
      ...{
        state_timestamp: toTimestamp(end),
        expected_start_time: toTimestamp(begin + index),
        task_inputs: "{}",
        ...times,
      },
    });
    const details = { state_details: "{}", message: null };
    const named = { id: state, task_run_id: id, type: "COMPLETED", name: "Completed", timestamp: toTimestamp(end) };
    rows.add("task_run_state", { ...named, ...details });
    return id;
  });
  for (let index = 0; index < sizes.lines; index += 1) {
    const at = begin + ((end - begin) * index) / sizes.lines;
    const taskRun = index % 4 === 3 ? null : (tasks[index % 4] ?? null);
    const isError = index % 2700 === 1350;
    const said = isError
      ? `Row ${index} was refused: no such table: orders\n    at insert (/srv/flows/load.ts:${index % 90}:7)`
      : (LINES[index % LINES.length] ?? "").replace("%d", String(index));
    const message =
      index % 997 === 0 ? `${said} \u001b[32mgreen\u001b[0m <b>not bold</b> ${"long ".repeat(200)}` : said;
    const level = isError ? 40 : index % 31 === 0 ? 30 : index % 7 === 0 ? 10 : 20;
    const logger = taskRun ? "prefect.task_runs" : index % 8 === 7 ? "partner.client" : "prefect.flow_runs";
    addLine(rows, chance, { flowRun: run, at, message, level, taskRun, logger });
  }
}

interface NewArtifact {
  id: string;
  run: string;
  at: number;
  type: string;
  data: string;
  key?: string;
  description?: string;
}

function addArtifact({ rows }: SpecialOptions, { id, run, at, type, data, key, description }: NewArtifact): void {
  const time = toTimestamp(at);
  rows.add("artifact", {
    ...{ id, created: time, updated: time, key: key ?? null, type, description: description ?? null, data },
    ...{ metadata_: null, flow_run_id: run, task_run_id: null },
  });
}

function addArtifacts(options: SpecialOptions, run: string, at: number): void {
  const { rows, chance } = options;
  const made = [
    { key: "hostile", type: "markdown", data: HOSTILE_MARKDOWN, description: "Text of a **stranger** <i>here</i>" },
    { key: "cities", type: "table", data: TABLE, description: "Orders by city" },
    ...Array.from({ length: 6 }, () => ({ key: "month-end", type: "markdown", data: MARKDOWN, description: "" })),
  ];
  for (const [index, { data, ...artifact }] of made.entries()) {
    const id = chance.id(at + index);
    addArtifact(options, { ...artifact, id, run, at: at + index, data: JSON.stringify(data) });
    if (made[index + 1]?.key === artifact.key) continue;
    const time = toTimestamp(at + index);
    rows.add("artifact_collection", {
      id: chance.id(at),
      created: time,
      updated: time,
      key: artifact.key,
      latest_id: id,
    });
  }
}

type Run = (
  name: string,
  begin: number,
  steps: readonly Step[],
  columns?: Record<string, string | number | null>,
) => string;

/** One run for each reason to wait. */
function addWaiting({ rows, chance, now, queues }: SpecialOptions, run: Run, at: (minutesAgo: number) => number): void {
  const scheduled = (begin: number, name?: string): Step[] => [
    { type: "SCHEDULED", at: begin },
    ...(name ? [{ type: "SCHEDULED" as const, name, at: begin + 15_000 }] : []),
  ];
  const inQueue = (name: string) => ({ work_queue_id: queues.get(name) ?? null, work_queue_name: name });
  run("waits-for-an-agent", at(6), scheduled(at(6), "Late"), inQueue("nobody-home"));
  run("waits-in-a-paused-queue", at(5.9), scheduled(at(5.9), "Late"), inQueue("halted"));
  run("waits-in-a-paused-pool", at(5.8), scheduled(at(5.8), "Late"), inQueue("old-machines"));
  run("waits-for-its-turn", at(5.7), scheduled(at(5.7), "Late"), inQueue("one-at-a-time"));
  run("has-no-queue", at(5.6), scheduled(at(5.6), "Late"), { work_queue_id: null, work_queue_name: null });
  const later = toTimestamp(now + 6 * 3_600_000);
  run("planned-for-later", at(5.5), scheduled(at(5.5)), {
    expected_start_time: later,
    next_scheduled_start_time: later,
  });
  const started = (begin: number): Step[] => [
    ...scheduled(begin),
    { type: "PENDING", at: begin + 20 },
    { type: "RUNNING", at: begin + 60 },
  ];
  run("has-the-only-slot", at(7), started(at(7)), inQueue("one-at-a-time"));
  run("goes-on", at(4), started(at(4)));
  run("is-being-cancelled", at(3.9), [...started(at(3.9)), { type: "CANCELLING", at: at(3) }]);
  const until = toTimestamp(now + 86_400_000);
  run("waits-to-be-resumed", at(3.8), [
    ...started(at(3.8)),
    { type: "PAUSED", at: at(3), details: { pause_timeout: until } },
  ]);
  const retried: Step = {
    type: "SCHEDULED",
    name: "AwaitingRetry",
    at: at(2),
    message: "Flow run encountered an exception. Error: busy",
  };
  run("tries-again-later", at(3.7), [...started(at(3.7)), retried], {
    next_scheduled_start_time: toTimestamp(now + 3_600_000),
  });
  run("has-a-pending-process", at(1), [...scheduled(at(1)), { type: "PENDING", at: at(0.9) }]);

  const waiting = run("waits-for-a-slot", at(2.5), started(at(2.5)));
  const [taskId, stateId] = [chance.id(at(2)), chance.id(at(2) + 1)];
  rows.add("task_run", {
    ...{
      id: taskId,
      created: toTimestamp(at(2)),
      updated: toTimestamp(at(2)),
      name: "ask-partner-0",
      flow_run_id: waiting,
    },
    ...{ task_key: "ask-partner", dynamic_key: "0", state_id: stateId, state_type: "PENDING", state_name: "Pending" },
    ...{
      run_count: 0,
      state_timestamp: toTimestamp(at(2)),
      expected_start_time: toTimestamp(at(2)),
      task_inputs: "{}",
    },
    ...{ start_time: null, end_time: null, total_run_time: 0, tags: '["gpu"]' },
  });
  const pending = { id: stateId, task_run_id: taskId, type: "PENDING", name: "Pending", timestamp: toTimestamp(at(2)) };
  rows.add("task_run_state", { ...pending, state_details: "{}", message: null });
}

/** `undefined` where no deployment with a schedule is paused. */
function addRunOfPaused(
  { rows, chance, places }: SpecialOptions,
  at: (minutesAgo: number) => number,
): string | undefined {
  const paused = places.find(({ schedule, isActive }) => schedule && !isActive);
  if (!paused) return undefined;
  const steps: Step[] = [{ type: "SCHEDULED", at: at(30), message: "Flow run scheduled" }];
  const id = chance.id(at(30));
  addRun(rows, chance, { id, name: "of-a-paused-deployment", place: paused, due: at(2), steps });
  return id;
}
