// A hundred agents on twenty queues of one server: a crowd of runs that are due at the same moment, single runs, and silence. The
// agents are the real ones without child processes, in four processes (light-agents.ts); beside them three real agents execute flows.
import type { Case, Figure } from "../cases.ts";
import { type Done, type LightAgents, moment, startLightAgents } from "../light-agents.ts";
import { type Bed, createBed, until } from "../product.ts";
import { percentile } from "../stats.ts";

const QUEUES = 20;
const AGENTS = 100;
const PROCESSES = 4;
const REAL_AGENTS = 3;
/** From the creation of a crowd to its moment: the runs are all there by then. */
const LEAD_MS = 6_000;
const SILENCE_MS = 5_000;

interface Run {
  id: string;
  created: string;
  end_time: string | null;
  state_type: string;
}

export const agentsCase: Case = {
  name: "agents",
  orchOnly: true,
  async measure(product, { quick }) {
    const bed = await createBed(product);
    const parts: LightAgents[] = [];
    try {
      const { server } = await bed.startServer();
      const deployments = await makeQueues(bed);
      const noop = await bed.deploy("noop");
      for (let count = 0; count < REAL_AGENTS; count += 1) await bed.startAgent();
      const queues = Array.from({ length: AGENTS }, (_, index) => `q${index % QUEUES}`);
      for (let part = 0; part < PROCESSES; part += 1) {
        parts.push(
          startLightAgents(bed.api, queues.slice((part * AGENTS) / PROCESSES, ((part + 1) * AGENTS) / PROCESSES)),
        );
      }
      await Promise.all(parts.map(({ ready }) => ready));
      await Bun.sleep(1_000);

      const silence = server.cpu();
      await Bun.sleep(SILENCE_MS);
      const idle = ((server.cpu() - silence) / SILENCE_MS) * 100;

      const triggered = new Map<string, number>();
      for (let count = 0; count < (quick ? 40 : 200); count += 1) {
        const begun = moment();
        const { id } = await trigger(bed, deployments[count % QUEUES] ?? "", {});
        triggered.set(id, begun);
        await Bun.sleep(20);
      }
      await allEnded(bed, deployments);

      const crowd = quick ? 400 : 4_000;
      const due = Date.now() + LEAD_MS + crowd / 2;
      const state = { type: "SCHEDULED", state_details: { scheduled_time: new Date(due).toISOString() } };
      for (let made = 0; made < crowd; made += QUEUES) {
        await Promise.all(deployments.map((id) => trigger(bed, id, { state })));
      }
      const created = server.cpu();
      if (Date.now() > due) throw new Error("the crowd was due before all of it was there");
      await Bun.sleep(due - Date.now());
      const beside = await Promise.all(Array.from({ length: 10 }, () => trigger(bed, noop, {})));
      await allEnded(bed, [...deployments, noop]);
      const used = server.cpu() - created;

      const done = await Promise.all(parts.map((part) => part.stop()));
      const real = await Promise.all(beside.map(({ id }) => bed.call<Run>("GET", `/flow_runs/${id}`)));
      const times = real.map((run) => Date.parse(run.end_time ?? "") - Date.parse(run.created));
      return figures(done, { triggered, due, crowd, idle, used, times });
    } finally {
      await Promise.all(parts.map((part) => part.stop()));
      await bed.close();
    }
  },
};

interface Seen {
  triggered: ReadonlyMap<string, number>;
  due: number;
  crowd: number;
  idle: number;
  used: number;
  times: readonly number[];
}

function figures(done: readonly Done[], { triggered, due, crowd, idle, used, times }: Seen): Figure[] {
  const claims = done.flatMap(({ claims }, part) =>
    claims.map((claim) => ({ ...claim, agent: `${part}/${claim.agent}` })),
  );
  const single = claims.flatMap(({ run, at }) => (triggered.has(run) ? [at - (triggered.get(run) ?? 0)] : []));
  const ofCrowd = claims.filter(({ run }) => !triggered.has(run)).toSorted((a, b) => a.at - b.at);
  if (ofCrowd.length !== crowd) throw new Error(`${ofCrowd.length} claims of ${crowd} runs`);
  const seconds = ((ofCrowd.at(-1)?.at ?? 0) - due) / 1000;
  const ends = [...Map.groupBy(ofCrowd, ({ queue }) => queue).values()].map((own) => (own.at(-1)?.at ?? 0) - due);
  const polls = done.flatMap((each) => each.polls).flatMap(({ at, took }) => (at >= due ? [took] : []));
  const late = ofCrowd.map(({ at }) => at - due);
  const beaten = done.reduce((sum, each) => sum + each.beaten, 0);
  const who = `${AGENTS} agents on ${QUEUES} queues`;
  return [
    {
      what: `${who}: claims of a crowd (CPU: the server's, per run)`,
      unit: "per s",
      value: crowd / seconds,
      cpu: used / crowd,
    },
    { what: `${who}: request for work while there is some, p50`, unit: "ms", value: percentile(polls, 0.5) },
    { what: `${who}: request for work while there is some, p99`, unit: "ms", value: percentile(polls, 0.99) },
    {
      what: `${who}: claims that another agent was quicker with, of all`,
      unit: "%",
      value: (beaten / (beaten + claims.length)) * 100,
    },
    {
      what: `${who}: the agent with the fewest runs, of the one with the most`,
      unit: "%",
      value: evenness(
        ofCrowd.map(({ agent }) => agent),
        AGENTS,
      ),
    },
    {
      what: `${who}: the queue whose runs were all claimed first, of the one that was last, by time`,
      unit: "%",
      value: (Math.min(...ends) / Math.max(...ends)) * 100,
    },
    { what: `${who}: claim after the moment of the crowd, p50`, unit: "ms", value: percentile(late, 0.5) },
    { what: `${who}: claim after the moment of the crowd, p99`, unit: "ms", value: percentile(late, 0.99) },
    { what: `${who}: trigger → claim, idle server, p50`, unit: "ms", value: percentile(single, 0.5) },
    { what: `${who}: trigger → claim, idle server, p99`, unit: "ms", value: percentile(single, 0.99) },
    { what: `${who}: the server's CPU while all wait, of a core`, unit: "%", value: idle },
    {
      what: `${REAL_AGENTS} real agents beside the crowd: trigger → COMPLETED, p50`,
      unit: "ms",
      value: percentile(times, 0.5),
    },
  ];
}

/** The least count of a name, as a share of the most; 0 where one of the `expected` names is missing. */
function evenness(names: readonly string[], expected: number): number {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts.size < expected ? 0 : (Math.min(...counts.values()) / Math.max(...counts.values())) * 100;
}

/** A deployment for each queue; gives their ids. */
async function makeQueues(bed: Bed): Promise<string[]> {
  const flow = await bed.call<{ id: string }>("POST", "/flows/", { name: "bench" });
  const made = Array.from({ length: QUEUES }, (_, index) =>
    bed.call<{ id: string }>("POST", "/deployments/", {
      ...{ name: `d${index}`, flow_id: flow.id, work_queue_name: `q${index}` },
    }),
  );
  return (await Promise.all(made)).map(({ id }) => id);
}

function trigger(bed: Bed, deployment: string, body: unknown): Promise<Run> {
  return bed.call<Run>("POST", `/deployments/${deployment}/create_flow_run`, body);
}

function allEnded(bed: Bed, deployments: readonly string[]): Promise<void> {
  const open = {
    deployments: { id: { any_: deployments } },
    flow_runs: { state: { type: { any_: ["SCHEDULED", "PENDING", "RUNNING"] } } },
  };
  return until("all runs to end", 100, async () => (await bed.call<number>("POST", "/flow_runs/count", open)) === 0);
}
