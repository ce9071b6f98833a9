// What tests of `orch adopt` ask real servers, before and after.
import { expect } from "bun:test";
import { until } from "./prefect.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Call = (method: "GET" | "POST", path: string, body?: object) => Promise<Json>;

export interface Line {
  table: string;
  found: number;
  taken: number;
  left_out: number;
  notes: { why: string; names: string[] }[];
}

export function caller(url: string): Call {
  return async (method, path, body) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/api${path}`, { method, headers, body: body ? JSON.stringify(body) : null });
    expect([path, answer.status < 300]).toEqual([path, true]);
    return (await answer.json()) as Json;
  };
}

export const tables = (printed: string): Line[] => JSON.parse(printed).tables;

/** The tables of which not all has come over. */
export function incomplete(printed: string): string[] {
  return tables(printed)
    .filter(({ found, taken }) => found !== taken)
    .map(({ table }) => table);
}

export function expectAlike(after: ReadonlyMap<string, Json>, before: ReadonlyMap<string, Json>): void {
  for (const [what, answer] of before) expect({ [what]: after.get(what) }).toEqual({ [what]: answer });
}

/** With the server that Prefect's command line has started. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {} // all have ended
}

export function freePort(): number {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const { port } = server;
  server.stop(true);
  return port ?? 0;
}

export async function listening(url: string): Promise<void> {
  const isUp = () =>
    fetch(`${url}/api/health`).then(
      ({ ok }) => (ok ? true : undefined),
      () => undefined,
    );
  await until(isUp, () => "the start of Prefect's server");
}

const SLUGS = ["secret", "json", "string", "warehouse", "credentials", "local-file-system", "process", "slack-webhook"];
const LISTS: [path: string, body: object][] = [
  ["/flows/filter", { sort: "NAME_ASC" }],
  ["/deployments/filter", { sort: "NAME_ASC" }],
  ["/flow_runs/filter", { sort: "ID_DESC" }],
  ["/flow_runs/count", {}],
  ["/task_runs/filter", { sort: "ID_DESC" }],
  ["/logs/filter", { sort: "TIMESTAMP_ASC" }],
  ["/artifacts/filter", { sort: "ID_DESC" }],
  ["/artifacts/latest/filter", { sort: "KEY_ASC" }],
  ["/block_types/filter", {}],
  ["/block_schemas/filter", {}],
  ["/block_documents/filter", { include_secrets: true }],
  ["/block_documents/filter", { include_secrets: true, block_documents: { is_anonymous: { eq_: true } } }],
  ["/variables/filter", {}],
  ["/saved_searches/filter", {}],
  ["/concurrency_limits/filter", {}],
  ["/flow_run_notification_policies/filter", {}],
  ["/work_pools/filter", {}],
  ["/work_pools/pool/queues/filter", {}],
  ["/work_queues/filter", {}],
];

/** Of all lists, and of each run what is asked for one. */
export async function answers(call: Call): Promise<Map<string, Json>> {
  const found = new Map<string, Json>();
  const ask = async (method: "GET" | "POST", path: string, body?: object) => {
    const answer = await call(method, path, body);
    found.set(`${method} ${path} ${JSON.stringify(body ?? null)}`, alike(answer));
    return answer;
  };
  const idsOf = (answer: Json) => (answer as { id: string }[]).map(({ id }) => id);
  for (const [path, body] of LISTS) await ask("POST", path, body);
  // By their names alone, which pools share, queues have no order.
  const queues = "POST /work_queues/filter {}";
  found.set(
    queues,
    (found.get(queues) as { id: string }[]).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  );
  for (const slug of SLUGS) await ask("GET", `/block_types/slug/${slug}/block_documents`);
  for (const id of idsOf(await call("POST", "/flow_runs/filter", {}))) {
    await ask("GET", `/flow_run_states/?flow_run_id=${id}`);
    await ask("GET", `/flow_runs/${id}/graph`);
  }
  for (const id of idsOf(await call("POST", "/task_runs/filter", {})))
    await ask("GET", `/task_run_states/?task_run_id=${id}`);
  return found;
}

/** Moments however they are written; what is reckoned from now on is left out. A graph has no order, nor have its tasks' inputs. */
function alike(value: Json): Json {
  if (typeof value === "string") return /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : value;
  if (Array.isArray(value)) {
    const all = value.map(alike);
    return value.some((one) => typeof one === "object" && one !== null && "upstream_dependencies" in one)
      ? all.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : all;
  }
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !key.startsWith("estimated_"));
  return Object.fromEntries(kept.map(([key, one]) => [key, alike(one)]));
}
