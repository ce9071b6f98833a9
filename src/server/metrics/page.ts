// Prometheus metrics for this server.
import { toTimestamp } from "#lib/time/timestamps.ts";
import { nextTurn } from "#lib/yield.ts";
import { STATE_TYPES, type StateType } from "#wire/runs/states.ts";
import { BOUNDS } from "../http/histogram.ts";
import type { RequestCounts } from "../http/request-counts.ts";
import type { ServerContext } from "../kernel/context.ts";
import type { NamedLoop } from "./readiness.ts";
import { countRuns, databaseSize, longestWaitMillis, queueDepths } from "./store.ts";
import { heading, line, metric, type Sample, TEXT_TYPE } from "./text.ts";

/** Counting a million ended runs takes 30 ms, and they grow slowly: not at each look. */
const ENDED_AGAIN_MS = 60_000;
const ENDED: ReadonlySet<StateType> = new Set(["COMPLETED", "FAILED", "CANCELLED", "CRASHED"]);
const KINDS = ["flow_run", "task_run"] as const;

export interface MetricsSources {
  context: Pick<ServerContext, "db" | "clock">;
  loops: readonly NamedLoop[];
  requests: RequestCounts;
}

/** Makes a new page at each call. */
export function createMetricsPage({ context, loops, requests }: MetricsSources): () => Promise<Response> {
  const { db, clock } = context;
  const ended = new Map<string, { count: number; at: number }>();

  async function countOf(kind: (typeof KINDS)[number], state: StateType): Promise<number> {
    const known = ended.get(kind + state);
    if (known && clock.elapsed() - known.at < ENDED_AGAIN_MS) return known.count;
    const count = await db.read((q) => countRuns(q, kind, state));
    if (ENDED.has(state)) ended.set(kind + state, { count, at: clock.elapsed() });
    // Requests get their turn between two counts.
    await nextTurn();
    return count;
  }

  async function runsByState(): Promise<string[]> {
    const lines: string[] = [];
    for (const kind of KINDS) {
      const samples: Sample[] = [];
      for (const state of STATE_TYPES) samples.push([{ state }, await countOf(kind, state)]);
      const help = `${kind === "flow_run" ? "Flow" : "Task"} runs by the type of their state; ended ones counted once a minute.`;
      lines.push(metric(`orch_${kind}s`, "gauge", help, samples));
    }
    return lines;
  }

  async function work(): Promise<string[]> {
    const now = toTimestamp(clock.now());
    const [queues, wait, size] = await db.read((q) => [
      queueDepths(q, now),
      longestWaitMillis(q, now),
      databaseSize(q),
    ]);
    const of = (value: "due" | "active"): Sample[] =>
      queues.map((one) => [{ pool: one.pool, queue: one.queue }, one[value]]);
    return [
      gauge("orch_scheduled_run_wait_seconds", "How long the due run has waited that waits longest.", wait / 1000),
      metric("orch_work_queue_due_runs", "gauge", "Runs that are due and not claimed.", of("due")),
      metric("orch_work_queue_active_runs", "gauge", "Runs pending, running or being cancelled.", of("active")),
      gauge("orch_database_bytes", "Size of the database.", size.bytes),
      gauge("orch_database_wal_bytes", "Size of its write-ahead log.", size.walBytes),
    ];
  }

  function loopTimes(): string[] {
    const now = clock.elapsed();
    const reports = loops.map(({ name, loop }) => ({ name, ...loop.report() }));
    const of = (value: (report: (typeof reports)[number]) => number): Sample[] =>
      reports.map((report) => [{ loop: report.name }, value(report)]);
    const late = of(({ dueSince }) => Math.max(0, now - (dueSince ?? now)) / 1000);
    return [
      metric(
        "orch_loop_passes_total",
        "counter",
        "Passes of a background loop.",
        of(({ passes }) => passes),
      ),
      metric(
        "orch_loop_failures_total",
        "counter",
        "Passes that failed.",
        of(({ failures }) => failures),
      ),
      metric(
        "orch_loop_seconds_total",
        "counter",
        "Time spent in passes.",
        of(({ millis }) => millis / 1000),
      ),
      metric(
        "orch_loop_longest_seconds",
        "gauge",
        "The longest pass so far.",
        of((one) => one.longestMillis / 1000),
      ),
      metric("orch_loop_lag_seconds", "gauge", "How long a pass is overdue or under way.", late),
    ];
  }

  return async () => {
    const parts = [
      ...requestTimes(requests),
      ...(await runsByState()),
      ...(await work()),
      ...loopTimes(),
      ...ownProcess(),
    ];
    return new Response(`${parts.join("\n")}\n`, { headers: { "content-type": TEXT_TYPE } });
  };
}

function requestTimes(requests: RequestCounts): string[] {
  const name = "orch_http_request_duration_seconds";
  const lines = heading(name, "histogram", "Requests below /api by route, method and status, and how long they took.");
  for (const { route, method, status, times } of requests.list()) {
    const labels = { route, method, status };
    for (const [at, count] of times.upTo().entries())
      lines.push(line(`${name}_bucket`, { ...labels, le: BOUNDS[at] ?? 0 }, count));
    lines.push(line(`${name}_bucket`, { ...labels, le: "+Inf" }, times.count));
    lines.push(line(`${name}_sum`, labels, times.sum), line(`${name}_count`, labels, times.count));
  }
  return lines;
}

function ownProcess(): string[] {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return [
    gauge("process_resident_memory_bytes", "Memory of the process.", rss),
    gauge("orch_heap_bytes", "Memory of its JavaScript objects.", heapUsed),
    metric("process_cpu_seconds_total", "counter", "Processor time of the process.", [[{}, (user + system) / 1e6]]),
    gauge("orch_uptime_seconds", "Seconds since the process started.", process.uptime()),
  ];
}

function gauge(name: string, help: string, value: number): string {
  return metric(name, "gauge", help, [[{}, value]]);
}
