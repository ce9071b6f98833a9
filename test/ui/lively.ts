// Fills a home with a lively month, for working on the web UI and for its tests: `bun test/ui/lively.ts HOME [--small]`.
import { Database } from "bun:sqlite";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addHistory } from "./lively/history.ts";
import { changingZone, makePlaces } from "./lively/places.ts";
import { createChance, writeRows } from "./lively/rows.ts";
import { addSpecialRuns, type Sizes } from "./lively/special.ts";

interface Size extends Sizes {
  deployments: number;
  runs: number;
  /** Scheduled runs of one deployment at most. */
  most: number;
}

const LIVELY: Size = {
  ...{ deployments: 100, runs: 100_000, most: Number.POSITIVE_INFINITY },
  ...{ lines: 100_000, tasks: 2000, manyTasks: 5000, parameterLetters: 1_000_000, resultLetters: 5_000_000 },
};
const SMALL: Size = {
  ...{ deployments: 24, runs: 1000, most: 50 },
  ...{ lines: 3000, tasks: 200, manyTasks: 500, parameterLetters: 20_000, resultLetters: 50_000 },
};

/** What `lively.json` in the home holds, too. */
export interface LivelyHome {
  /** When it was made, in milliseconds. */
  now: number;
  /** Ids by the names of the runs that are meant to be looked at. */
  runs: Record<string, string>;
  deployments: { id: string; name: string; flow: string; flow_id: string; hasSchedule: boolean }[];
  /** Whose clocks change in the month, or in the week after it. */
  zone: string;
  count: number;
}

const TABLES = [
  ...["flow_run", "flow_run_state", "task_run", "task_run_state", "log", "artifact", "artifact_collection"],
] as const;

/** The home must not have a database yet. The same `now` (milliseconds) and size give the same home, but for ids of what people make. */
export async function fillLively(home: string, options: { small?: boolean; now?: number } = {}): Promise<LivelyHome> {
  const now = options.now ?? Date.now();
  const size = options.small ? SMALL : LIVELY;
  const path = join(home, "orch.db");
  if (existsSync(path)) throw new Error(`'${home}' has a database already: name another folder.`);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const places = await makePlaces(home, now, size.deployments);
  const queues = queuesOf(path);
  const chance = createChance(20_231_127);
  let runs: Record<string, string> = {};
  let count = 0;
  writeRows(path, TABLES, (rows) => {
    count = addHistory(rows, chance, { places, now, wanted: size.runs, most: size.most });
    runs = addSpecialRuns({ rows, chance, places, now, sizes: size, queues });
  });
  const deployments = places.map(({ id, name, flow, flowId, schedule }) => {
    return { id, name, flow, flow_id: flowId, hasSchedule: schedule !== null };
  });
  const lively = { now, runs, deployments, zone: changingZone(now), count };
  writeFileSync(join(home, "lively.json"), JSON.stringify(lively, undefined, 2));
  return lively;
}

/** By name; the default queue of a pool by the name of its pool. */
function queuesOf(path: string): Map<string, string> {
  const sqlite = new Database(path, { readonly: true });
  const sql = `select q.id, case when q.name = 'default' then p.name else q.name end as name
    from work_queue q join work_pool p on p.id = q.work_pool_id`;
  const rows = sqlite.query<{ id: string; name: string }, []>(sql).all();
  sqlite.close();
  return new Map(rows.map(({ id, name }) => [name, id]));
}

if (import.meta.main) {
  const [home, ...options] = process.argv.slice(2);
  if (home === undefined || options.some((option) => option !== "--small")) {
    console.error("Usage: bun test/ui/lively.ts HOME [--small]");
    process.exit(2);
  }
  const begin = performance.now();
  const { count, runs } = await fillLively(home, { small: options.includes("--small") });
  console.log(
    `${home}: ${count} flow runs in ${((performance.now() - begin) / 1000).toFixed(1)} s. To look up: ${Object.keys(runs).join(", ")}.`,
  );
}
