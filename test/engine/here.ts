// Runs a flow in the test's own process against the fake server.
import { afterAll } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlowDefinition } from "#domain/definitions.ts";
import type { RunState } from "#domain/run-state.ts";
import { runFlowHere } from "#engine/direct.ts";
import type { EngineSettings } from "#engine/session/session.ts";
import { FakeApi } from "./fake-api.ts";
import { type LapseClock, lapseClock } from "./lapse-clock.ts";
import { SETTINGS } from "./settings.ts";

const storage = mkdtempSync(join(tmpdir(), "orch-results-"));
afterAll(() => rmSync(storage, { recursive: true, force: true }));

export interface Here {
  api: FakeApi;
  clock: LapseClock;
  lines: string[];
  run: (flow: FlowDefinition, ...args: unknown[]) => Promise<RunState>;
}

export function here(settings: Partial<EngineSettings> = {}): Here {
  const clock = lapseClock();
  const api = new FakeApi(clock);
  api.resultsFolder = join(storage, "results");
  const lines: string[] = [];
  const options = {
    client: api.client,
    clock,
    settings: { ...SETTINGS, ORCH_LOCAL_STORAGE_PATH: storage, ...settings },
    output: (line: string) => void lines.push(line),
  };
  return { api, clock, lines, run: (flow, ...args) => runFlowHere(options, flow, args) };
}
