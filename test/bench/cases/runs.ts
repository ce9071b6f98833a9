// Runs as child processes, from the trigger to their end. Times are the server's own: looking does not disturb them much.
import type { Case, Figure } from "../cases.ts";
import type { Service } from "../processes.ts";
import { type Bed, createBed, type Product, type Run, trigger, until } from "../product.ts";
import { median, percentile } from "../stats.ts";

async function withAgent(
  product: Product,
  measure: (bed: Bed, cpu: () => number, agent: Service) => Promise<Figure[]>,
): Promise<Figure[]> {
  const bed = await createBed(product);
  try {
    const { server } = await bed.startServer();
    const agent = await bed.startAgent();
    return await measure(bed, () => server.cpu() + agent.cpu(), agent);
  } finally {
    await bed.close();
  }
}

async function times(count: number, work: () => Promise<number>): Promise<number[]> {
  const all: number[] = [];
  for (let index = 0; index < count; index += 1) all.push(await work());
  return all;
}

const triggerCase: Case = {
  name: "trigger",
  measure: (product, { quick }) =>
    withAgent(product, async (bed, cpu, agent) => {
      const id = await bed.deploy("noop");
      const count = product.name === "orch" ? (quick ? 20 : 60) : quick ? 2 : 5;
      await trigger(bed, id);
      const before = cpu();
      const all = await times(count, async () => {
        await Bun.sleep(IDLE_MS);
        return trigger(bed, id);
      });
      const used = (cpu() - before) / count;
      await Bun.sleep(1_000); // the last run's process has ended, and its spare has started
      return [
        {
          what: "trigger → COMPLETED by an idle agent, no-op flow, p50 (CPU: everything, per run)",
          unit: "ms",
          value: percentile(all, 0.5),
          cpu: used,
          budget: "≤ 20 ms",
        },
        { what: "agent idle memory, with its spare engine", unit: "MB", value: agent.footprint(), budget: "≤ 80 MB" },
      ];
    }),
};

/** Between two triggers, as people and schedules leave it. */
export const IDLE_MS = 100;

const tasksCase: Case = {
  name: "tasks",
  measure: (product, { quick }) =>
    withAgent(product, async (bed) => {
      const id = await bed.deploy("tasks");
      const all = await times(product.name === "orch" ? (quick ? 5 : 15) : quick ? 1 : 3, () => trigger(bed, id));
      return [{ what: "40 light tasks in one flow, cold start", unit: "ms", value: median(all), budget: "≤ 500 ms" }];
    }),
};

const throughputCase: Case = {
  name: "throughput",
  measure: (product, { quick }) =>
    withAgent(product, async (bed, cpu) => {
      const id = await bed.deploy("noop");
      await trigger(bed, id);
      const count = product.name === "orch" ? (quick ? 100 : 400) : quick ? 4 : 12;
      const before = cpu();
      const runs = await Promise.all(
        Array.from({ length: count }, () => bed.call<Run>("POST", `/deployments/${id}/create_flow_run`, {})),
      );
      const filter = {
        flow_runs: { id: { any_: runs.map((run) => run.id) }, state: { type: { any_: ["COMPLETED"] } } },
      };
      await until(
        `${count} runs to end`,
        200,
        async () => (await bed.call<number>("POST", "/flow_runs/count", filter)) >= count,
      );
      const used = cpu() - before;
      const ended: Run[] = [];
      for (let offset = 0; offset < count; offset += 200) {
        ended.push(...(await bed.call<Run[]>("POST", "/flow_runs/filter", { ...filter, limit: 200, offset })));
      }
      const first = Math.min(...runs.map((run) => Date.parse(run.created)));
      const last = Math.max(...ended.map((run) => Date.parse(run.end_time ?? "")));
      const perSecond = (count * 1000) / (last - first);
      return [
        {
          what: "no-op runs as child processes (CPU: everything, per run)",
          unit: "per s",
          value: perSecond,
          cpu: used / count,
          budget: "≥ 60/s, ≤ 25 ms CPU",
        },
      ];
    }),
};

const latenessCase: Case = {
  name: "lateness",
  measure: (product, { quick }) =>
    withAgent(product, async (bed) => {
      const id = await bed.deploy("noop");
      await trigger(bed, id);
      const seconds = product.name === "orch" ? (quick ? 8 : 30) : 60;
      const interval = product.name === "orch" ? 0.5 : 10;
      await bed.call("PATCH", `/deployments/${id}`, { schedule: { interval }, is_schedule_active: true });
      await Bun.sleep(seconds * 1000);
      const filter = { flow_runs: { tags: { all_: ["auto-scheduled"] }, state: { type: { any_: ["COMPLETED"] } } } };
      const runs = await bed.call<Run[]>("POST", "/flow_runs/filter", filter);
      const late = runs.map((run) => Date.parse(run.start_time ?? "") - Date.parse(run.expected_start_time));
      return [
        {
          what: "start of a scheduled run after its due time, p99",
          unit: "ms",
          value: percentile(late, 0.99),
          budget: "≤ 20 ms",
        },
      ];
    }),
};

export const runCases: readonly Case[] = [triggerCase, throughputCase, tasksCase, latenessCase];
