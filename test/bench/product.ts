// The two products a bench compares, driven alike: the same commands, the same API, flows that do the same.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Finished, runCommand, type Service, startService } from "./processes.ts";

export interface Product {
  name: "orch" | "Prefect";
  command: string[];
  /** `X_HOME` and the like are set under this prefix. */
  prefix: "ORCH" | "PREFECT";
  flowFile: { name: string; source: string };
  /** Entry point of a flow of the file. */
  entry(flow: "noop" | "tasks"): string;
}

export const ORCH_FLOWS = `import { flow, task } from "orch";
const light = task(async function light(n: number) { return n; });
export const noop = flow(async function noop() { return 1; });
export const tasks = flow(async function tasks() { for (let n = 0; n < 40; n += 1) await light(n); });
`;

export const PREFECT_FLOWS = `from prefect import flow, task

@task
def light(n):
    return n

@flow
def noop():
    return 1

@flow
def tasks():
    for n in range(40):
        light(n)
`;

export function orchProduct(command: string[]): Product {
  const flowFile = { name: "flows.ts", source: ORCH_FLOWS };
  return { name: "orch", command, prefix: "ORCH", flowFile, entry: (flow) => `flows.ts:${flow}` };
}

export function prefectProduct(environment: string): Product {
  const flowFile = { name: "flows.py", source: PREFECT_FLOWS };
  const command = [join(environment, "bin/prefect")];
  return { name: "Prefect", command, prefix: "PREFECT", flowFile, entry: (flow) => `flows.py:${flow}` };
}

/** One product on a home of its own: everything a case needs, and one way to end it all. */
export interface Bed {
  product: Product;
  /** The project. */
  folder: string;
  /** The product's own folder. */
  home: string;
  port: number;
  api: string;
  run(...args: string[]): Promise<Finished>;
  /** Starts the server and waits for its first healthy answer; gives the milliseconds it took. */
  startServer(env?: Record<string, string>): Promise<{ server: Service; wall: number }>;
  startAgent(env?: Record<string, string>): Promise<Service>;
  /** Builds and applies a deployment and returns its id. `words`: further options of `deployment build`. */
  deploy(flow: "noop" | "tasks", entry?: string, ...words: string[]): Promise<string>;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  close(): Promise<void>;
}

/** `own`: variables of the environment besides. */
export async function createBed(product: Product, own: Record<string, string> = {}): Promise<Bed> {
  const root = mkdtempSync(join(tmpdir(), "orch-bench-"));
  const cwd = join(root, "project");
  mkdirSync(cwd);
  writeFileSync(join(cwd, product.flowFile.name), product.flowFile.source);
  const home = join(root, "home");
  const port = await freePort();
  const api = `http://127.0.0.1:${port}/api`;
  const services: Service[] = [];
  const baseEnv = {
    PATH: `${product.command[0]?.replace(/\/[^/]*$/, "") ?? ""}:${process.env["PATH"] ?? ""}`,
    HOME: root,
    [`${product.prefix}_HOME`]: home,
    PREFECT_SERVER_ANALYTICS_ENABLED: "false",
    ...own,
  };
  const clientEnv = { ...baseEnv, [`${product.prefix}_API_URL`]: api };

  const start = (args: string[], env: Record<string, string>) => {
    const log = join(root, `${args.slice(0, 2).join("-")}-${services.length}.log`);
    const service = startService([...product.command, ...args], { env, cwd, log });
    services.push(service);
    return { service, log };
  };

  return {
    product,
    folder: cwd,
    home,
    port,
    api,
    run: (...args) => runCommand([...product.command, ...args], { env: clientEnv, cwd }),
    async startServer(env = {}) {
      const begin = performance.now();
      const { service } = start(["server", "start", "--host", "127.0.0.1", "--port", String(port)], {
        ...baseEnv,
        ...env,
      });
      await until(`${product.name}'s server to answer`, 2, () => isHealthy(`${api}/health`));
      return { server: service, wall: performance.now() - begin };
    },
    async startAgent(env = {}) {
      const { service, log } = start(["agent", "start", "-q", "bench"], { ...clientEnv, ...env });
      await until(`${product.name}'s agent to start`, 20, async () => (await Bun.file(log).text()).includes("started"));
      return service;
    },
    async deploy(flow, entry = product.entry(flow), ...words) {
      const built = await runCommand(
        [...product.command, "deployment", "build", entry, "-n", "bench", "-q", "bench", ...words, "-a"],
        { env: clientEnv, cwd },
      );
      const id = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/.exec(built.stdout)?.[0];
      if (!id) throw new Error(`${product.name} printed no deployment id: ${built.stdout}`);
      return id;
    },
    async call<T>(method: string, path: string, body?: unknown) {
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      const answer = await fetch(api + path, { method, headers: { "content-type": "application/json" }, ...text });
      if (!answer.ok)
        throw new Error(`${method} ${path} of ${product.name} answered ${answer.status}: ${await answer.text()}`);
      return (answer.status === 204 ? null : await answer.json()) as T; // the case states the shape
    },
    async close() {
      for (const service of services.reverse()) await service.stop();
      if (existsSync(root)) rmSync(root, { recursive: true, force: true });
    },
  };
}

export interface Run {
  id: string;
  created: string;
  expected_start_time: string;
  start_time: string | null;
  end_time: string | null;
  state_type: string;
}

const FINAL = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"];

/** Triggers one run and waits for its end. Returns the milliseconds between, by the server's clock. */
export async function trigger(bed: Bed, deploymentId: string): Promise<number> {
  const { id } = await bed.call<Run>("POST", `/deployments/${deploymentId}/create_flow_run`, {});
  let run: Run | undefined;
  await until(`run ${id} to end`, bed.product.name === "orch" ? 10 : 250, async () => {
    run = await bed.call<Run>("GET", `/flow_runs/${id}`);
    return FINAL.includes(run.state_type);
  });
  if (run?.state_type !== "COMPLETED") throw new Error(`run ${id} ended as ${run?.state_type}`);
  return Date.parse(run.end_time ?? "") - Date.parse(run.created);
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false; // it does not listen yet
  }
}

/** Looks every `pause` milliseconds; gives up after two minutes. */
export async function until(what: string, pause: number, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited two minutes for ${what}`);
    await Bun.sleep(pause);
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
