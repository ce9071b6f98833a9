// An agent on the server of test/app.ts, over a line that can be cut, with runs that execute nowhere.
import { type Agent, type AgentOptions, createAgent } from "#agent/agent.ts";
import { type Client, createClient } from "#client/client.ts";
import { fetchTransport, type Transport, type WireAnswer, type WireRequest } from "#client/transport.ts";
import { OrchError } from "#lib/errors.ts";
import { nextTurn } from "#lib/yield.ts";
import type { Settings } from "#settings/table.ts";
import { type FlowRun, readFlowRun, setFlowRunState } from "#wire/runs/flow-runs.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { type TestApp, testApp } from "../app.ts";
import type { ManualClock } from "../clock.ts";
import { makeDeployment, makeFlowRun } from "../factory.ts";
import { type LineRecorder, lineRecorder } from "../infrastructure/line-recorder.ts";
import { type FakeInfrastructure, fakeInfrastructure } from "./fake-infrastructure.ts";

export const QUEUE = "test";

export interface Line {
  client: Client;
  /** Every request that was sent, as `POST /api/…`. */
  sent: string[];
  /** Nothing gets through. */
  cut: boolean;
  /** Which requests do not get through. */
  blocks: (request: WireRequest) => boolean;
  /** May answer in the server's place, or throw; called after the server has acted. */
  tamper: (request: WireRequest, answer: WireAnswer) => WireAnswer;
}

export function lineTo(app: TestApp): Line {
  const server = fetchTransport((request) => app.app.fetch(request));
  const line: Omit<Line, "client"> = { sent: [], cut: false, blocks: () => false, tamper: (_, answer) => answer };
  const transport: Transport = {
    description: "http://test/api",
    async send(request) {
      if (line.cut || line.blocks(request)) throw new OrchError("unavailable", "No server is answering.");
      line.sent.push(`${request.method} ${request.path}`);
      const answer = await server.send(request);
      if (line.cut) throw new OrchError("unavailable", "The line was cut.");
      return line.tamper(request, answer);
    },
  };
  return Object.assign(line, { client: createClient({ transport, clock: app.clock, retries: 0 }) });
}

export interface Bundle {
  app: TestApp;
  clock: ManualClock;
  line: Line;
  place: FakeInfrastructure;
  /** What the agent said. */
  lines: LineRecorder;
  agent: Agent;
  /** Another agent, of the same kind, on the same server. */
  another(options?: Partial<AgentOptions>): Omit<Bundle, "another">;
}

export function setup(options: Partial<AgentOptions> = {}, settings: Partial<Settings> = {}): Bundle {
  const app = testApp({ settings });
  const another = (changes: Partial<AgentOptions> = {}) => {
    const line = lineTo(app);
    const place = fakeInfrastructure();
    const lines = lineRecorder();
    const agent = createAgent({
      client: line.client,
      clock: app.clock,
      settings: app.settings,
      infrastructure: place,
      queues: [QUEUE],
      prefixes: [],
      pool: null,
      limit: null,
      prefetchSeconds: 15,
      output: lines.add,
      ...changes,
    });
    return { app, clock: app.clock, line, place, lines, agent };
  };
  return { ...another(options), another };
}

/** A run that is due now, or `inSeconds`, in the queue `test` unless a deployment says otherwise. */
export async function makeDueRun(
  app: TestApp,
  { inSeconds = 0, ...fields }: { inSeconds?: number } & Parameters<typeof makeDeployment>[1] = {},
): Promise<FlowRun> {
  const deployment = await makeDeployment(app, { work_queue_name: QUEUE, ...fields });
  const due = new Date(app.clock.now() + inSeconds * 1000).toISOString();
  const state = { type: "SCHEDULED", state_details: { scheduled_time: due } };
  const answer = await app.send("POST", `/deployments/${deployment.id}/create_flow_run`, { state });
  return answer.body;
}

export { makeFlowRun };

export const readRun = (app: TestApp, id: string): Promise<FlowRun> => app.call(readFlowRun, { params: { id } });

export async function put(app: TestApp, id: string, state: StateInput, force = false): Promise<void> {
  await app.call(setFlowRunState, { params: { id }, body: { state, force } });
}

/** The names of all states that a run went through. */
export async function history(app: TestApp, id: string): Promise<string[]> {
  const answer = await app.send("GET", `/flow_run_states/?flow_run_id=${id}`);
  const states: { name: string; timestamp: string }[] = answer.body;
  return states.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1)).map(({ name }) => name);
}

/** Lets time pass until the promise is settled. */
export async function meanwhile<T>(clock: ManualClock, promise: Promise<T>, step = 0.05): Promise<T> {
  let settled = false;
  const over = promise.finally(() => {
    settled = true;
  });
  over.catch(() => {}); // told below
  for (let turns = 0; !settled && turns < 20_000; turns += 1) {
    await nextTurn();
    clock.advance(step);
  }
  if (!settled) throw new Error("time passed, but nothing came of it");
  return over;
}
