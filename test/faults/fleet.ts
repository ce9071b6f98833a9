// A server, agents and a project on one home, to be killed and watched: what every fault test starts from.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Running, type Sandbox } from "../binary/sandbox.ts";

const FINAL = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"];

export interface RunRow {
  id: string;
  state_type: string;
  state: { message: string | null };
}

export interface DeployOptions {
  /** Its export. Default: `work`. */
  flow?: string;
  /** Of the deployment. Default: `work`. */
  name?: string;
  /** Seconds between two runs of its schedule. */
  interval?: number;
}

export interface Fleet {
  sandbox: Sandbox;
  url: string;
  startServer(env?: Record<string, string>, ...args: string[]): Promise<Running>;
  startAgent(env?: Record<string, string>, ...args: string[]): Promise<Running>;
  /** Writes a flow file and deploys a flow of it to the queue `test`; gives the deployment's id. */
  deploy(source: string, options?: DeployOptions): Promise<string>;
  post(path: string, body: unknown): Promise<{ status: number; body: never }>;
  /** All runs, once every one is final; rejects after `seconds` with the runs that are not. */
  allFinal(seconds: number): Promise<RunRow[]>;
  runs(): Promise<RunRow[]>;
  /** What `look` finds, once it finds something; rejects after `seconds`. */
  eventually<T>(seconds: number, look: () => T | Promise<T>): Promise<Exclude<T, false | undefined>>;
}

/** Everything stands on a port chosen once, so that a restarted server is found again. */
export function createFleet(): Fleet {
  const sandbox = createSandbox();
  const port = freePort();
  const url = `http://127.0.0.1:${port}/api`;

  const fleet: Fleet = {
    sandbox,
    url,
    async startServer(env = {}, ...args) {
      const server = sandbox.start(["server", "start", "--port", String(port), ...args], env);
      await server.until(/http:\/\/127\.0\.0\.1/);
      return server;
    },
    async startAgent(env = {}, ...args) {
      const agent = sandbox.start(["agent", "start", "-q", "test", ...args], { ...env, ORCH_API_URL: url });
      await agent.until(/Agent started!/);
      return agent;
    },
    async deploy(source, { flow = "work", name = "work", interval } = {}) {
      mkdirSync(join(sandbox.folder, "flows"), { recursive: true });
      writeFileSync(join(sandbox.folder, "flows/work.ts"), source);
      const schedule = interval === undefined ? [] : ["--interval", String(interval)];
      const args = ["deployment", "build", "-n", name, "-q", "test", "-a", `flows/work.ts:${flow}`, ...schedule];
      const { stdout, stderr } = await sandbox.orch(args, { env: { ORCH_API_URL: url } });
      const id = /with id '([0-9a-f-]{36})'/.exec(stdout)?.[1];
      if (!id) throw new Error(`the deployment was not created: ${stdout}${stderr}`);
      return id;
    },
    async post(path, body) {
      const answer = await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) });
      return { status: answer.status, body: (await answer.json()) as never }; // callers state the shape
    },
    async runs() {
      const all: RunRow[] = [];
      for (;;) {
        const page = await fleet.post("/flow_runs/filter", { limit: 200, offset: all.length });
        const rows: RunRow[] = page.body;
        all.push(...rows);
        if (rows.length < 200) return all;
      }
    },
    async allFinal(seconds) {
      const deadline = performance.now() + seconds * 1000;
      for (;;) {
        const rows = await fleet.runs();
        const open = rows.filter((run) => !FINAL.includes(run.state_type));
        if (open.length === 0) return rows;
        if (performance.now() > deadline)
          throw new Error(
            `after ${seconds} s ${open.length} of ${rows.length} runs are not final, among them ${JSON.stringify(open[0])}`,
          );
        await Bun.sleep(100);
      }
    },
    async eventually<T>(seconds: number, look: () => T | Promise<T>) {
      const deadline = performance.now() + seconds * 1000;
      for (;;) {
        const found = await look();
        if (found) return found as Exclude<T, false | undefined>; // what is left of it
        if (performance.now() > deadline) throw new Error(`nothing was found within ${seconds} s`);
        await Bun.sleep(100);
      }
    },
  };
  return fleet;
}

function freePort(): number {
  const probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port } = probe;
  probe.stop(true);
  if (port === undefined) throw new Error("the system gave no port");
  return port;
}

/** A number generator that can be repeated. */
export function seededRandom(): () => number {
  return randomFrom(chosenSeed());
}

/** Printed, and read from FAULT_SEED. */
export function chosenSeed(): number {
  const seed = Number(process.env["FAULT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`FAULT_SEED=${seed}`);
  return seed;
}

export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}
