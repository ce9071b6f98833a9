// The scheduler's first pass over ten thousand cron deployments: 30,000 runs, while somebody uses the API.
import type { Case } from "../cases.ts";
import { generateLoad, type LoadResult } from "../load.ts";
import { createBed, until } from "../product.ts";

const OFF = { ORCH_API_SERVICES_SCHEDULER_ENABLED: "false" };
const ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Asia/Tokyo"];

function cronOf(index: number): { cron: string; timezone: string } {
  const weekdays = index % 3 === 0 ? "1-5" : "*";
  return { cron: `${index % 60} ${index % 24} * * ${weekdays}`, timezone: ZONES[index % ZONES.length] ?? "UTC" };
}

export const schedulerCase: Case = {
  name: "scheduler",
  orchOnly: true,
  async measure(product, { quick }) {
    const count = quick ? 2_000 : 10_000;
    const bed = await createBed(product);
    try {
      const { server: quiet } = await bed.startServer(OFF);
      const flow = await bed.call<{ id: string }>("POST", "/flows/", { name: "bench" });
      for (let done = 0; done < count; done += 50) {
        const some = Array.from({ length: 50 }, (_, index) => done + index);
        await Promise.all(
          some.map((index) =>
            bed.call("POST", "/deployments/", { name: `d${index}`, flow_id: flow.id, schedule: cronOf(index) }),
          ),
        );
      }
      await quiet.stop();
      const { server } = await bed.startServer();
      const load = { port: bed.port, method: "GET", path: `/api/flows/${flow.id}`, connections: 1, most: 1_000_000 };
      const slices: LoadResult[] = [];
      let over = false;
      const users = async () => {
        while (!over) slices.push(await generateLoad({ ...load, seconds: 0.5 }));
      };
      const before = server.cpu();
      const using = users();
      const isDone = async () => (await bed.call<number>("POST", "/flow_runs/count", {})) >= 3 * count;
      await until("the first pass to end", 200, isDone);
      over = true;
      await using;
      const during = server.cpu() - before;
      const after = server.cpu();
      const rest = await generateLoad({ ...load, seconds: 2 });
      const ofUsers =
        ((server.cpu() - after) / rest.requests) * slices.reduce((sum, { requests }) => sum + requests, 0);
      const worst = Math.max(...slices.map(({ p99 }) => p99));
      return [
        {
          what: `scheduler pass over ${count} cron deployments, CPU`,
          unit: "ms",
          value: during - ofUsers,
          budget: "≤ 2 s",
        },
        { what: "GET one flow meanwhile, p99 of the worst half second", unit: "ms", value: worst, budget: "≤ 50 ms" },
      ];
    } finally {
      await bed.close();
    }
  },
};
