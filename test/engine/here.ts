// Runs a flow in the test's own process against the fake server.
import type { FlowDefinition } from "#domain/definitions.ts";
import type { RunState } from "#domain/run-state.ts";
import { runFlowHere } from "#engine/direct.ts";
import type { EngineSettings } from "#engine/session.ts";
import { FakeApi } from "./fake-api.ts";
import { type LapseClock, lapseClock } from "./lapse-clock.ts";

export const SETTINGS: EngineSettings = {
  ORCH_LOGGING_LEVEL: "INFO",
  ORCH_LOGGING_TO_API_ENABLED: true,
  ORCH_LOGGING_TO_API_BATCH_INTERVAL: 2,
  ORCH_HEARTBEAT_SECONDS: 1e9,
  ORCH_HOME: "/nowhere",
  ORCH_LOCAL_STORAGE_PATH: "/nowhere/storage",
};

export interface Here {
  api: FakeApi;
  clock: LapseClock;
  lines: string[];
  run: (flow: FlowDefinition, ...args: unknown[]) => Promise<RunState>;
}

export function here(settings: Partial<EngineSettings> = {}): Here {
  const clock = lapseClock();
  const api = new FakeApi(clock);
  const lines: string[] = [];
  const options = {
    client: api.client,
    clock,
    settings: { ...SETTINGS, ...settings },
    output: (line: string) => void lines.push(line),
  };
  return { api, clock, lines, run: (flow, ...args) => runFlowHere(options, flow, args) };
}
