// Runs flows in the test's own process against the real server in memory, its rules and its database.
import { createClient } from "#client/client.ts";
import { fetchTransport } from "#client/transport.ts";
import type { FlowDefinition } from "#domain/definitions.ts";
import type { RunState } from "#domain/run-state.ts";
import { runFlowHere } from "#engine/direct.ts";
import { executeFlowRun } from "#engine/flow/flow-run.ts";
import { runInSession } from "#engine/process/open-session.ts";
import { nextTurn } from "#lib/yield.ts";
import type { Settings } from "#settings/table.ts";
import { type FlowRun, listFlowRuns } from "#wire/runs/flow-runs.ts";
import { listTaskRuns, type TaskRun } from "#wire/runs/task-runs.ts";
import { type TestApp, testApp } from "../app.ts";
import { makeDeployment, makeFlowRun } from "../factory.ts";
import { flowRun } from "../server/proposals.ts";
import { type LapseClock, lapseClock } from "./lapse-clock.ts";

export interface OnApp {
  app: TestApp;
  /** The engine's; the server's own stands still. */
  clock: LapseClock;
  lines: string[];
  client: ReturnType<typeof createClient>;
  run(flow: FlowDefinition, ...args: unknown[]): Promise<RunState>;
  /** A run of a deployment, which `execute` executes in a process of its own. */
  deployedRun(policy?: { retries: number | null }): Promise<FlowRun>;
  execute(id: string, flow: FlowDefinition): Promise<RunState>;
  /** The run, once it is in a state of the name. */
  inState(id: string, name: string): Promise<FlowRun>;
  /** In the order of their creation. */
  flowRuns(): Promise<FlowRun[]>;
  taskRuns(): Promise<TaskRun[]>;
  /** Moves both clocks on. */
  advance(seconds: number): void;
  close(): Promise<void>;
}

export function onApp(settings: Partial<Settings> = {}): OnApp {
  const app = testApp({ settings: { ORCH_HEARTBEAT_SECONDS: 1e9, ...settings } });
  const clock = lapseClock(app.clock.now());
  const lines: string[] = [];
  const client = createClient({ transport: fetchTransport(app.app.fetch), clock: app.clock, retries: 0 });
  const options = { client, clock, settings: app.settings, output: (line: string) => void lines.push(line) };
  return {
    app,
    clock,
    lines,
    client,
    run: (flow, ...args) => runFlowHere(options, flow, args),
    async deployedRun(policy = { retries: null }) {
      const { flow_id, id: deployment_id } = await makeDeployment(app);
      return makeFlowRun(app, { flow_id, deployment_id, empirical_policy: policy });
    },
    async execute(id, definition) {
      const run = await flowRun(app, id);
      return runInSession(
        options,
        (session) => executeFlowRun(session, { run, flow: definition, args: [] }),
        (_crash, error) => Promise.reject(error),
      );
    },
    async inState(id, name) {
      for (;;) {
        const run = await flowRun(app, id);
        if (run.state_name === name) return run;
        await nextTurn();
      }
    },
    flowRuns: async () => (await app.call(listFlowRuns, { body: {} })).toReversed(),
    taskRuns: async () => (await app.call(listTaskRuns, { body: {} })).toReversed(),
    advance(seconds) {
      app.clock.advance(seconds);
      clock.advance(seconds);
    },
    close: () => app.close(),
  };
}
