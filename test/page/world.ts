// What a reader of the deployments page sits in front of: a project with the page's flows, a server, an agent, and
// nothing on the machine but the executable.
import { test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createSandbox, type Result, type Running, type Sandbox } from "../binary/sandbox.ts";
import { eventually } from "../eventually.ts";

export interface Run {
  id: string;
  name: string;
  state_type: string;
  state_name: string;
  parameters: Record<string, unknown>;
  tags: string[];
  deployment_id: string | null;
  work_queue_name: string | null;
  auto_scheduled: boolean;
}

export interface World {
  sandbox: Sandbox;
  folder: string;
  /** Ends in `/api`. */
  url: string;
  /** `orch deployment …`; throws what it printed when it fails. */
  deployment(...args: string[]): Promise<string>;
  orch(...args: string[]): Promise<Result>;
  json<T>(...args: string[]): Promise<T>;
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  write(path: string, text: string): void;
  /** Creates a run and waits for its end. */
  run(name: string, ...args: string[]): Promise<Run>;
  endOf(id: string): Promise<Run>;
  logs(id: string): Promise<string>;
  saveBlock(slug: string, name: string, data: Record<string, unknown>): Promise<void>;
  agent(...args: string[]): Running;
  close(): Promise<void>;
}

/** The page's own flows, in TypeScript. */
const FLOWS: Record<string, string> = {
  "flows/marvin.ts": `import { flow, getRunLogger } from "orch";

/** Says hello. */
export const sayHi = flow(async function sayHi(name: string = "Marvin", num = 42) {
  getRunLogger().info(\`hi \${name}, \${num}, \${process.env.GREETING ?? "no greeting"}\`);
});
`,
  "catfact.ts": `import { flow, getRunLogger, task } from "orch";

const fetchFact = task(async function fetchFact(url: string) {
  return \`a fact from \${url}\`;
});

export const catfactsFlow = flow(async function catfactsFlow(url: string) {
  getRunLogger().info(await fetchFact(url));
}, { name: "Cat Facts", version: "c0fc95308d8137c50d2da51af138aa23" });
`,
};

/** Late after a second, so that nobody waits for it. */
const SOON = { ORCH_API_SERVICES_LATE_RUNS_AFTER_SECONDS: "1", ORCH_API_SERVICES_LATE_RUNS_LOOP_SECONDS: "0.2" };

const ENDED = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"];

export async function createWorld(): Promise<World> {
  const sandbox = createSandbox();
  const { folder } = sandbox;
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(FLOWS)) write(path, text);
  const server = sandbox.start(["server", "start", "--port", "0"], SOON);
  const [, address = ""] = await server.until(/(http:\/\/127\.0\.0\.1:\d+)/);
  const url = `${address}/api`;

  async function orch(...args: string[]): Promise<Result> {
    return sandbox.orch(args, { env: { ORCH_API_URL: url } });
  }
  async function good(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await orch(...args);
    if (code !== 0) throw new Error(`orch ${args.join(" ")} exited ${code}: ${stdout}${stderr}`);
    return stdout + stderr;
  }
  async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${url}${path}`, { method, ...sent });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return (text === "" ? null : JSON.parse(text)) as T; // each test states the shape it expects
  }
  async function endOf(id: string): Promise<Run> {
    return eventually(
      async () => {
        const run = await api<Run>("GET", `/flow_runs/${id}`);
        return ENDED.includes(run.state_type) && run;
      },
      async () => `the run ${id} has ended:\n${await logs(id)}`,
    );
  }
  async function logs(id: string): Promise<string> {
    return good("flow-run", "logs", id);
  }

  async function saveBlock(slug: string, name: string, data: Record<string, unknown>): Promise<void> {
    const type = await api<{ id: string }>("GET", `/block_types/slug/${slug}`);
    const filter = { block_schemas: { block_type_id: { any_: [type.id] } } };
    const [schema] = await api<{ id: string }[]>("POST", "/block_schemas/filter", filter);
    await api("POST", "/block_documents/", { name, data, block_type_id: type.id, block_schema_id: schema?.id });
  }

  return {
    ...{ saveBlock, sandbox, folder, url, orch, api, write, endOf, logs },
    deployment: (...args) => good("deployment", ...args),
    async json<T>(...args: string[]) {
      return JSON.parse(await good(...args, "--json")) as T; // as above
    },
    async run(name, ...args) {
      const out = await good("deployment", "run", name, ...args, "--json");
      return endOf((JSON.parse(out) as Run).id); // the API's own shape
    },
    agent: (...args) => sandbox.start(["agent", "start", ...args], { ORCH_API_URL: url }),
    close: () => sandbox.close(),
  };
}

/** A claim of the page that a later version will keep: listed, so that nobody takes it for kept. */
export function later(claim: string, reason: string): void {
  test.todo(`${claim} — not yet: ${reason}`);
}
