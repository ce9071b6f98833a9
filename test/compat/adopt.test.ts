// A home that the real Prefect 2.10.4 has made and filled, taken over from its running server and from its database: each endpoint
// answers as before, and the real agent goes on. Its schedules have the same dates by orch.
import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "../binary/sandbox.ts";
import { FILL, FLOWS } from "./adopt-programs.ts";
import { environment, possible, until } from "./prefect.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Call = (method: "GET" | "POST", path: string, body?: object) => Promise<Json>;
interface Line {
  table: string;
  found: number;
  taken: number;
}

test.skipIf(!possible)(
  "adopt: a home of the real 2.10.4, endpoint by endpoint, and its agent goes on",
  async () => {
    const bin = join(environment ?? "", "bin");
    const [sandbox, other] = [createSandbox(), createSandbox()];
    const children = new Set<Bun.Subprocess>();
    const prefectHome = join(sandbox.home, ".prefect");
    mkdirSync(prefectHome);
    writeFileSync(join(sandbox.folder, "flows.py"), FLOWS);
    writeFileSync(join(sandbox.folder, "fill.py"), FILL);
    const url = `http://127.0.0.1:${freePort()}`;
    const env = {
      ...{ HOME: sandbox.home, PATH: `${bin}:/usr/bin:/bin`, PREFECT_HOME: prefectHome, PREFECT_API_URL: `${url}/api` },
      ...{ PYTHONWARNINGS: "ignore", PREFECT_AGENT_QUERY_INTERVAL: "1" },
    };
    // Nothing is to change while its answers are read.
    const loops = ["SCHEDULER", "LATE_RUNS", "FLOW_RUN_NOTIFICATIONS", "CANCELLATION_CLEANUP", "PAUSE_EXPIRATIONS"];
    const still = Object.fromEntries(loops.map((loop) => [`PREFECT_API_SERVICES_${loop}_ENABLED`, "false"]));
    const prefect = (words: string[], more: Record<string, string> = {}) => {
      const child = Bun.spawn(words, {
        ...{ cwd: sandbox.folder, env: { ...env, ...more }, detached: true },
        ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      });
      children.add(child);
      return child;
    };
    const call = caller(url);
    try {
      const port = new URL(url).port;
      const server = prefect([join(bin, "prefect"), "server", "start", "--port", port], still);
      await listening(url);
      const fill = prefect([join(bin, "python"), "fill.py"]);
      const [said, code] = await Promise.all([new Response(fill.stderr).text(), fill.exited]);
      expect(code === 0 ? "" : said).toBe("");
      const before = await answers(call);

      const shadow = await other.orch(["adopt", "--shadow", url, "--json"]);
      const { differences, deployments } = JSON.parse(shadow.stdout);
      expect([shadow.code, differences, deployments.length]).toEqual([0, 0, 2]);

      const asked = await other.orch(["adopt", `${url}/api`, "--json"]);
      expect([asked.stderr, asked.code]).toEqual(["", 0]);
      expect(incomplete(asked.stdout)).toEqual([]);
      const again = await other.orch(["adopt", url, "--json"]);
      expect(tables(again.stdout).filter(({ taken }) => taken > 0)).toEqual([]);
      const beside = other.start(["server", "start", "--port", "0", "--no-services"]);
      const [, address = ""] = await beside.until(/running at (http:\S+?),/);
      expectAlike(await answers(caller(address)), before);
      await other.close();

      const early = await sandbox.orch(["adopt"]);
      expect([early.code, early.stderr]).toEqual([1, expect.stringContaining("Stop Prefect's server")]);
      server.kill("SIGINT");
      await server.exited;
      const adopted = await until(
        async () => {
          const ran = await sandbox.orch(["adopt", "--json"]);
          return ran.stderr.includes("is in use") ? undefined : ran;
        },
        () => "the end of Prefect's server",
      );
      expect(adopted.stderr).toBe("");
      expect(incomplete(adopted.stdout)).toEqual(["configuration"]);

      const orch = sandbox.start(["server", "start", "--port", port, "--no-services"]);
      await orch.until(/running at/);
      expectAlike(await answers(call), before);

      // The agent that is there already, with a deployment that Prefect has made.
      const agent = prefect([join(bin, "prefect"), "agent", "start", "-q", "slow"]);
      const deployment = (await call("GET", "/deployments/name/parent/by-hand")) as { id: string };
      const run = (await call("POST", `/deployments/${deployment.id}/create_flow_run`, {})) as { id: string };
      const ended = await until(
        async () => {
          const { state_type } = (await call("GET", `/flow_runs/${run.id}`)) as { state_type: string };
          return ["COMPLETED", "FAILED", "CRASHED"].includes(state_type) ? state_type : undefined;
        },
        () => "the end of the run",
      );
      expect(ended).toBe("COMPLETED");
      agent.kill("SIGINT");
      await agent.exited;
    } finally {
      for (const child of children) killGroup(child.pid);
      await Promise.all([sandbox.close(), other.close()]);
    }
  },
  600_000,
);

function caller(url: string): Call {
  return async (method, path, body) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/api${path}`, { method, headers, body: body ? JSON.stringify(body) : null });
    expect([path, answer.status < 300]).toEqual([path, true]);
    return (await answer.json()) as Json;
  };
}

const tables = (printed: string): Line[] => JSON.parse(printed).tables;

/** The tables of which not all has come over. */
function incomplete(printed: string): string[] {
  return tables(printed)
    .filter(({ found, taken }) => found !== taken)
    .map(({ table }) => table);
}

function expectAlike(after: ReadonlyMap<string, Json>, before: ReadonlyMap<string, Json>): void {
  for (const [what, answer] of before) expect({ [what]: after.get(what) }).toEqual({ [what]: answer });
}

/** With the server that Prefect's command line has started. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {} // all have ended
}

function freePort(): number {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const { port } = server;
  server.stop(true);
  return port ?? 0;
}

async function listening(url: string): Promise<void> {
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
async function answers(call: Call): Promise<Map<string, Json>> {
  const found = new Map<string, Json>();
  const ask = async (method: "GET" | "POST", path: string, body?: object) => {
    const answer = await call(method, path, body);
    found.set(`${method} ${path} ${JSON.stringify(body ?? null)}`, alike(answer));
    return answer;
  };
  const idsOf = (answer: Json) => (answer as { id: string }[]).map(({ id }) => id);
  for (const [path, body] of LISTS) await ask("POST", path, body);
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
