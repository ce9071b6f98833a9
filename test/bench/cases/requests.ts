// The API under load: writes on 16 connections, point reads, and lists.
import type { Case, Figure } from "../cases.ts";
import { generateLoad, type Load } from "../load.ts";
import type { Service } from "../processes.ts";
import { type Bed, createBed } from "../product.ts";

interface Planned {
  what: string;
  budget: string;
  load: Omit<Load, "port" | "seconds" | "most">;
}

/** Far ahead: runs that are due would be marked late while lists are measured. */
const SCHEDULED = { type: "SCHEDULED", state_details: { scheduled_time: "2099-01-01T00:00:00Z" } };

function plans(flowId: string): Planned[] {
  const list = (limit: number) => ({ method: "POST", path: "/api/flow_runs/filter", body: { limit }, connections: 16 });
  return [
    {
      what: "POST /flow_runs/, 16 connections",
      budget: "≥ 4,000/s",
      load: {
        method: "POST",
        path: "/api/flow_runs/",
        body: { flow_id: flowId, state: SCHEDULED },
        connections: 16,
      },
    },
    {
      what: "GET one flow, 16 connections",
      budget: "≥ 10,000/s",
      load: { method: "GET", path: `/api/flows/${flowId}`, connections: 16 },
    },
    { what: "list of 200 runs", budget: "≥ 500/s", load: list(200) },
    { what: "list of 50 runs", budget: "≥ 1,500/s", load: list(50) },
  ];
}

async function measure(bed: Bed, server: Service, plan: Planned, seconds: number): Promise<Figure> {
  const load = { ...plan.load, port: bed.port };
  await generateLoad({ ...load, seconds: seconds / 4, most: 2_000 });
  const before = server.cpu();
  const result = await generateLoad({ ...load, seconds, most: 100_000 });
  const used = server.cpu() - before;
  if (result.failed > 0)
    throw new Error(`${result.failed} of ${result.requests} answers to '${plan.what}' were no success`);
  const { requests } = result;
  return {
    what: plan.what,
    unit: "per s",
    value: requests / result.seconds,
    cpu: used / requests,
    budget: plan.budget,
  };
}

const requestCase: Case = {
  name: "requests",
  async measure(product, { quick }) {
    const bed = await createBed(product);
    try {
      const { server } = await bed.startServer();
      const flow = await bed.call<{ id: string }>("POST", "/flows/", { name: "bench" });
      const figures = [];
      for (const plan of plans(flow.id)) figures.push(await measure(bed, server, plan, quick ? 2 : 6));
      return figures;
    } finally {
      await bed.close();
    }
  },
};

export const requestCases: readonly Case[] = [requestCase];
