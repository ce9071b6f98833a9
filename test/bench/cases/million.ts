// The API beside a million flow runs: writes, point reads, lists in every order, filters, history and logs.
import { join } from "node:path";
import { FLOW_RUN_SORTS } from "#wire/runs/flow-runs.ts";
import type { Case, Figure } from "../cases.ts";
import { generateLoad, type Load, type LoadResult } from "../load.ts";
import { DESIGN_SIZE, fillDatabase } from "../million.ts";
import { createBed } from "../product.ts";

const LOG_LINES = 1_000;
const agoIso = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

interface Ids {
  flow: string;
  deployment: string;
  /** One that runs: its state can be proposed again and again. */
  run: string;
}

type Planned = Omit<Load, "port" | "seconds" | "most"> & { what: string; budget: string };

function plansOf({ flow, deployment, run }: Ids): Planned[] {
  const post = (what: string, budget: string, path: string, body: unknown, connections = 16) => {
    return { what, budget, method: "POST", path: `/api${path}`, body, connections };
  };
  const filter = (what: string, budget: string, body: object, connections?: number) =>
    post(what, budget, "/flow_runs/filter", { limit: 200, ...body }, connections);
  const state = { type: "SCHEDULED", state_details: { scheduled_time: "2099-01-01T00:00:00Z" } };
  const line = { name: "orch.flow_runs", level: 20, message: "hello from the bench", timestamp: agoIso(0) };
  return [
    post("POST /flow_runs/", "≥ 4,000/s", "/flow_runs/", { flow_id: flow, state }),
    post("set_state", "≥ 2,500/s", `/flow_runs/${run}/set_state`, { state: { type: "RUNNING" }, force: true }),
    { what: "GET one flow", budget: "≥ 10,000/s", method: "GET", path: `/api/flows/${flow}`, connections: 16 },
    ...FLOW_RUN_SORTS.map((sort) => filter(`200 runs, ${sort}`, "≥ 500/s", { sort })),
    filter("50 runs", "≥ 1,500/s", { limit: 50, sort: "EXPECTED_START_TIME_DESC" }),
    filter("200 failed runs, latest first", "≥ 500/s", {
      sort: "EXPECTED_START_TIME_DESC",
      flow_runs: { state: { type: { any_: ["FAILED"] } } },
    }),
    filter("200 runs of a deployment by name", "≥ 500/s", {
      sort: "START_TIME_DESC",
      deployments: { name: { any_: ["deployment-77"] } },
    }),
    post("count of a deployment's runs", "≥ 500/s", "/flow_runs/count", {
      deployments: { id: { any_: [deployment] } },
    }),
    post(
      `POST /logs/ of ${LOG_LINES} lines`,
      "≥ 100/s (100,000 lines)",
      "/logs/",
      Array.from({ length: LOG_LINES }, () => ({ ...line, flow_run_id: run })),
      4,
    ),
  ];
}

/** One after the other on one connection: how long somebody waits. */
function waitsOf({ deployment }: Ids): Planned[] {
  const wait = (what: string, budget: string, path: string, body: unknown): Planned => {
    return { what, budget, method: "POST", path: `/api${path}`, body, connections: 1 };
  };
  const week = { after_: agoIso(7) };
  const history = { history_start: agoIso(7), history_end: agoIso(0), history_interval_seconds: (7 * 86_400) / 30 };
  const state = { type: { any_: ["COMPLETED", "FAILED", "CRASHED"] } };
  return [
    wait("filter by state, tag, deployment and time", "≤ 30 ms", "/flow_runs/filter", {
      sort: "START_TIME_DESC",
      flow_runs: { state, tags: { all_: ["prod"] }, deployment_id: { any_: [deployment] }, expected_start_time: week },
    }),
    wait("filter by state, tag, deployment's name and time", "≤ 30 ms", "/flow_runs/filter", {
      sort: "EXPECTED_START_TIME_DESC",
      flow_runs: { state, tags: { all_: ["prod"] }, start_time: week },
      deployments: { name: { any_: ["deployment-77"] } },
    }),
    wait("filter by state and time, any deployment", "≤ 30 ms", "/flow_runs/filter", {
      sort: "START_TIME_DESC",
      flow_runs: { state: { type: { any_: ["FAILED"] } }, expected_start_time: week },
    }),
    wait("history of 7 days", "≤ 200 ms", "/flow_runs/history", history),
    wait("history of 7 days, one tag", "≤ 200 ms", "/flow_runs/history", {
      ...history,
      flow_runs: { tags: { all_: ["team-3"] } },
    }),
    wait("count of all runs", "", "/flow_runs/count", {}),
    wait("search by a part of the name", "", "/flow_runs/filter", { flow_runs: { name: { like_: "falcon-1234" } } }),
  ];
}

function succeeded(what: string, result: LoadResult): LoadResult {
  if (result.failed > 0) throw new Error(`${result.failed} of ${result.requests} answers to '${what}' were no success`);
  return result;
}

export const millionCase: Case = {
  name: "million",
  orchOnly: true,
  async measure(product, { quick }) {
    const size = quick ? { ...DESIGN_SIZE, runs: 100_000 } : DESIGN_SIZE;
    const seconds = quick ? 1 : 3;
    const bed = await createBed(product);
    try {
      // The first start makes the default work pool, whose queue the runs are in.
      await (await bed.startServer()).server.stop();
      await fillDatabase(join(bed.home, "orch.db"), size);
      const { server } = await bed.startServer();
      const first = async <T>(path: string, body: object) =>
        (await bed.call<T[]>("POST", path, { limit: 1, ...body }))[0];
      type Run = { id: string; flow_id: string; deployment_id: string };
      const run = await first<Run>("/flow_runs/filter", { flow_runs: { state: { type: { any_: ["RUNNING"] } } } });
      if (!run) throw new Error("nothing runs");
      const ids = { flow: run.flow_id, deployment: run.deployment_id, run: run.id };
      const ask = ({ what, budget, ...load }: Planned, most: number) =>
        generateLoad({ ...load, port: bed.port, seconds, most }).then((result) => succeeded(what, result));
      const figures: Figure[] = [];
      for (const plan of waitsOf(ids)) {
        await ask(plan, 2);
        const { p99 } = await ask(plan, 200);
        figures.push({ what: `${plan.what}, p99`, unit: "ms", value: p99, budget: plan.budget });
      }
      // A point read while somebody asks for what takes long.
      const slow = waitsOf(ids).filter(({ path }) => path.endsWith("/history"));
      const [quickOne] = plansOf(ids).filter(({ method }) => method === "GET");
      if (quickOne) {
        const [meanwhile] = await Promise.all([
          ask({ ...quickOne, connections: 1 }, 1_000_000),
          ...slow.map((plan) => ask(plan, 1_000_000)),
        ]);
        figures.push({
          what: "GET one flow beside histories, p99",
          unit: "ms",
          value: meanwhile.p99,
          budget: "≤ 50 ms",
        });
      }
      for (const plan of plansOf(ids)) {
        await ask(plan, 500);
        const before = server.cpu();
        const { requests, seconds: took } = await ask(plan, 100_000);
        const cpu = (server.cpu() - before) / requests;
        figures.push({ what: plan.what, unit: "per s", value: requests / took, cpu, budget: plan.budget });
      }
      figures.push({ what: "memory after all of it", unit: "MB", value: server.memory(), budget: "≤ 200 MB" });
      return figures;
    } finally {
      await bed.close();
    }
  },
};
