// How long the server takes for a page of runs by each filter, over all runs.

import type { Stage } from "../cases/web-ui.ts";
import type { Figure } from "../cases.ts";
import { median } from "../stats.ts";

const DAY_MS = 86_400_000;

export async function filterTimes({ bed, times }: Stage): Promise<Figure[]> {
  const [run] = await bed.call<{ flow_id: string; deployment_id: string }[]>("POST", "/flow_runs/filter", {
    ...{ limit: 1, flow_runs: { state: { type: { any_: ["FAILED"] } } } },
  });
  if (!run) throw new Error("no run has failed");
  const week = { expected_start_time: { after_: new Date(Date.now() - 7 * DAY_MS).toISOString() } };
  const questions: [what: string, filters: object][] = [
    ["the last 7 days", { flow_runs: week }],
    ["all", {}],
    ["by state", { flow_runs: { state: { type: { any_: ["FAILED"] } } } }],
    ["by a state's name", { flow_runs: { state: { name: { any_: ["Late"] } } } }],
    ["by tag", { flow_runs: { tags: { all_: ["growth"] } } }],
    ["by pool", { work_pools: { name: { any_: ["default-agent-pool"] } } }],
    ["by flow", { flows: { id: { any_: [run.flow_id] } } }],
    ["by deployment", { flow_runs: { deployment_id: { any_: [run.deployment_id] } } }],
    ["by a part of the name", { flow_runs: { name: { like_: "falcon" } } }],
  ];
  const figures: Figure[] = [];
  for (const [what, filters] of questions) {
    for (const parts of [["counts", "dots"], ["rows"]]) {
      const ask = async () => {
        const begin = performance.now();
        await bed.call("POST", "/orch/flow_runs/page", { ...filters, parts });
        return performance.now() - begin;
      };
      await ask();
      const taken = [];
      for (let time = 0; time < times; time += 1) taken.push(await ask());
      figures.push({ what: `in the server, ${what}: ${parts.join(" and ")}`, unit: "ms", value: median(taken) });
    }
  }
  return figures;
}
