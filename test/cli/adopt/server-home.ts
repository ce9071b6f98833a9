// A server of Prefect that is played, and a home to adopt it into.
import { Database as Sqlite } from "bun:sqlite";
import { join } from "node:path";
import { type TestTerminal, testTerminal } from "../io.ts";
import { createFakePrefect, type FakePrefect, type Item } from "./fake-prefect.ts";

export interface Note {
  kind: string;
  why: string;
  count: number;
  names: string[];
}

export interface Line {
  table: string;
  found: number;
  taken: number;
  known: number;
  left_out: number;
  notes: Note[];
}

export interface ServerHome {
  fake: FakePrefect;
  terminal: TestTerminal;
  /** Runs `orch adopt`; its lines by their tables. */
  adopt(): Promise<{ code: number; err: string; lines: Map<string, Line> }>;
  /** Of the home's database. */
  rows(sql: string): unknown[];
  /** A flow with so many runs that have completed. */
  withRuns(count: number): { flow: Item; runs: Item[] };
  /** A run in a state; it is in no list. */
  runOf(flow: Item, name: string, type: string): Item;
  /** Another state, as a server notes it. */
  enter(run: Item, type: string): Item;
  close(): void;
}

export const TIME = "2023-04-12T08:00:00.123456+00:00";
export const made = () => ({ id: crypto.randomUUID() as string, created: TIME, updated: TIME });
export const later = (second: number) => `2023-04-12T08:00:${String(second).padStart(2, "0")}.000000+00:00`;

/** `env`: of the command. */
export function createServerHome(env: Record<string, string> = {}): ServerHome {
  const [fake, terminal] = [createFakePrefect(), testTerminal(env)];

  function enter(run: Item, type: string): Item {
    const before = fake.states[String(run["id"])] ?? [];
    const timestamp = later(before.length);
    const state = { id: crypto.randomUUID(), type, name: type, timestamp, state_details: {}, data: null };
    fake.states[String(run["id"])] = [...before, state];
    return Object.assign(run, { state_id: state.id, state_type: type, state_name: type, state });
  }

  function runOf(flow: Item, name: string, type: string): Item {
    const run: Item = { ...made(), name, flow_id: flow["id"], deployment_id: null, tags: [], parameters: { n: 1 } };
    Object.assign(run, { context: {}, empirical_policy: {}, run_count: 0, total_run_time: 0, auto_scheduled: false });
    return enter(run, type);
  }

  return {
    ...{ fake, terminal, enter, runOf },
    async adopt() {
      const { code, err, out } = await terminal.orch("adopt", fake.url, "--json");
      const lines: Line[] = out === "" ? [] : JSON.parse(out).tables;
      return { code, err, lines: new Map(lines.map((line) => [line.table, line])) };
    },
    rows(sql) {
      const sqlite = new Sqlite(join(terminal.home, "orch.db"), { readonly: true });
      try {
        return sqlite.query(sql).all();
      } finally {
        sqlite.close();
      }
    },
    withRuns(count) {
      const flow = { ...made(), name: "say-hi", tags: [] };
      const runs = Array.from({ length: count }, (_, index) => runOf(flow, `run-${index}`, "COMPLETED"));
      fake.lists["/flows/filter"] = [flow];
      fake.lists["/flow_runs/filter"] = runs;
      return { flow, runs };
    },
    close() {
      fake.stop();
      terminal.close();
    },
  };
}
