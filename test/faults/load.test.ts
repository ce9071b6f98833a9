// Sixteen connections of mixed reads and writes for a minute, beside an agent that is never out of work: every answer is
// a success, nothing is said to be locked, and every run that was begun ends well.
import { afterAll, expect, test } from "bun:test";
import { percentile } from "../bench/stats.ts";
import { createFleet } from "./fleet.ts";

const SECONDS = Number(process.env["FAULT_SECONDS"] ?? 60);
const CONNECTIONS = 16;
/** Enough for the agent never to wait, few enough to end soon after. */
const RUNS_AHEAD = 40;

const WORK = `
import { flow, task, getRunLogger } from "orch";
const step = task(async function step(n: number) { return n; });
export const work = flow(async function work() {
  for (let n = 0; n < 3; n += 1) { await step(n); getRunLogger().info("step " + n); }
});`;

const fleet = createFleet();
afterAll(() => fleet.sandbox.close());

interface Kind {
  name: string;
  act(): Promise<Response>;
}

function kindsOf(flow: string, deployment: string, run: string): Kind[] {
  const send = (method: string, path: string, body?: unknown) =>
    fetch(fleet.url + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const post = (name: string, path: string, body: unknown): Kind => ({ name, act: () => send("POST", path, body) });
  const later = { type: "SCHEDULED", state_details: { scheduled_time: "2099-01-01T00:00:00Z" } };
  const line = { name: "load", level: 20, message: "a line", timestamp: new Date().toISOString(), flow_run_id: flow };
  const day = 86_400_000;
  const [from, to] = [new Date(Date.now() - day).toISOString(), new Date(Date.now() + day).toISOString()];
  let last = run;

  return [
    {
      name: "create a run",
      async act() {
        const answer = await send("POST", "/flow_runs/", { flow_id: flow, state: later, tags: ["load"] });
        const { id }: { id: string } = (await answer.clone().json()) as never; // of the endpoint
        last = id;
        return answer;
      },
    },
    { name: "set a state", act: () => send("POST", `/flow_runs/${last}/set_state`, { state: later, force: true }) },
    { name: "rename a run", act: () => send("PATCH", `/flow_runs/${last}`, { name: "renamed" }) },
    post("create a flow again", "/flows/", { name: "load" }),
    post("send lines", "/logs/", Array(50).fill(line)),
    { name: "read a flow", act: () => send("GET", `/flows/${flow}`) },
    { name: "read a deployment", act: () => send("GET", `/deployments/${deployment}`) },
    post("list runs", "/flow_runs/filter", { sort: "START_TIME_DESC", limit: 50 }),
    post("list runs of a deployment", "/flow_runs/filter", { deployments: { id: { any_: [deployment] } }, limit: 50 }),
    post("list runs by tag and state", "/flow_runs/filter", {
      flow_runs: { tags: { all_: ["load"] }, state: { type: { any_: ["SCHEDULED"] } } },
      limit: 20,
    }),
    post("count runs", "/flow_runs/count", { flow_runs: { state: { name: { any_: ["Scheduled"] } } } }),
    post("history", "/flow_runs/history", { history_start: from, history_end: to, history_interval_seconds: 3_600 }),
    post("search lines", "/logs/filter", { logs: { level: { ge_: 40 } }, limit: 50 }),
    post("list task runs", "/task_runs/filter", { limit: 50 }),
  ];
}

test(`${SECONDS} s of ${CONNECTIONS} connections beside a busy agent: no error`, async () => {
  const server = await fleet.startServer();
  const deployment = await fleet.deploy(WORK);
  const agent = await fleet.startAgent();
  const { body } = await fleet.post("/flows/", { name: "load" });
  const { id: flow }: { id: string } = body;
  const { id: run }: { id: string } = (await fleet.post("/flow_runs/", { flow_id: flow })).body;
  const kinds = kindsOf(flow, deployment, run);
  const times = new Map<string, number[]>(kinds.map(({ name }) => [name, []]));
  const failures: string[] = [];
  const end = performance.now() + SECONDS * 1000;

  async function connection(number: number): Promise<void> {
    for (let turn = number; performance.now() < end; turn += 1) {
      const kind = kinds[turn % kinds.length];
      if (!kind) continue;
      const begin = performance.now();
      const answer = await kind.act();
      const text = await answer.text();
      times.get(kind.name)?.push(performance.now() - begin);
      if (!answer.ok) failures.push(`${kind.name}: ${answer.status} ${text.slice(0, 200)}`);
    }
  }

  const ofAgent = { flow_runs: { deployment_id: { any_: [deployment] } } };
  const open = { type: { any_: ["SCHEDULED", "PENDING", "RUNNING"] } };
  async function feed(): Promise<void> {
    while (performance.now() < end) {
      const left = await fleet.post("/flow_runs/count", { flow_runs: { ...ofAgent.flow_runs, state: open } });
      for (let count: number = left.body; count < RUNS_AHEAD; count += 1) {
        const { status } = await fleet.post(`/deployments/${deployment}/create_flow_run`, {
          state: { type: "SCHEDULED" },
        });
        if (status !== 201) failures.push(`trigger: ${status}`);
      }
      await Bun.sleep(50);
    }
  }

  await Promise.all([feed(), ...Array.from({ length: CONNECTIONS }, (_, number) => connection(number))]);
  for (const [name, all] of times) {
    const [p50, p99] = [percentile(all, 0.5), percentile(all, 0.99)];
    console.log(`${name}: ${all.length}, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`);
  }
  expect(failures.slice(0, 10)).toEqual([]);
  expect([...times.values()].map(({ length }) => length > SECONDS)).toEqual(Array(kinds.length).fill(true));

  const count = async (filter: object) => (await fleet.post("/flow_runs/count", filter)).body as number; // of the endpoint
  const deadline = performance.now() + 120_000;
  while ((await count({ flow_runs: { ...ofAgent.flow_runs, state: open } })) > 0) {
    if (performance.now() > deadline) throw new Error(`runs are left:\n${agent.output().slice(-2_000)}`);
    await Bun.sleep(200);
  }
  const completed = await count({ flow_runs: { ...ofAgent.flow_runs, state: { type: { any_: ["COMPLETED"] } } } });
  console.log(`the agent completed ${completed} runs`);
  expect(completed).toBe(await count(ofAgent));
  expect(completed).toBeGreaterThan(SECONDS);
  for (const output of [server.output(), agent.output()]) {
    expect(output).not.toMatch(/locked|SQLITE|failed:|Internal Server Error/);
  }
});
