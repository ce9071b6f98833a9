// The machine of the server is lost with all its files while clients write and runs go on elsewhere. Litestream has copied the
// database to a store: a new machine takes it from there, and all go on.
import { Database as Sqlite } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createFleet, type Fleet } from "../faults/fleet.ts";
import { startGofakes3, possible as storeIsPossible } from "./gofakes3.ts";
import { possible as litestreamIsPossible, type Replica, replicaIn } from "./litestream.ts";
import type { ObjectStoreServer } from "./object-store.ts";

const WRITERS = 4;

/** Runs until the file that its parameter names is there, and says in another one that it has ended. */
const SOURCE = `import { existsSync, writeFileSync } from "node:fs";
import { flow, task } from "orch";
const end = task(async function end() {});
export const work = flow(async function work({ until }: { until: string }) {
  while (!existsSync(until)) await Bun.sleep(50);
  writeFileSync(until + ".done", "");
  await end();
});
`;

interface Written {
  writer: number;
  /** Of the run that this write has created and ended. */
  id: string;
  at: number;
}

let store: ObjectStoreServer;
let fleet: Fleet;
let replica: Replica;
const possible = storeIsPossible && litestreamIsPossible;

beforeEach(async () => {
  if (!possible) return;
  store = await startGofakes3();
  fleet = createFleet();
  replica = replicaIn(join(fleet.sandbox.home, "litestream"), { url: store.url, bucket: await store.bucket() });
});
afterEach(async () => {
  await fleet?.sandbox.close();
  await store?.stop();
});

/** Where a server of the fleet keeps all, away from the home of agents and commands. */
function machine(name: string) {
  const home = join(fleet.sandbox.home, name);
  return { home, database: join(home, "orch.db"), env: { ORCH_HOME: home } };
}

test.skipIf(!possible)(
  "Litestream: a lost machine costs the writes of the last moment, and nothing else",
  async () => {
    const { sandbox } = fleet;
    const machine = (name: string) => {
      const home = join(sandbox.home, name);
      return { home, database: join(home, "orch.db"), env: { ORCH_HOME: home } };
    };
    const [first, second] = [machine("first"), machine("second")];
    const server = await fleet.startServer(first.env);
    const litestream = replica.start(first.database);
    const agent = await fleet.startAgent();
    const deployment = await fleet.deploy(SOURCE);
    await saveSecret();
    const file = (name: string) => join(sandbox.home, name);
    const runs = [await start(deployment, file("meanwhile")), await start(deployment, file("later"))];
    await fleet.eventually(30, async () => (await statesOf(runs)).every((state) => state === "RUNNING"));
    const { body: flow }: { body: { id: string } } = await fleet.post("/flows/", { name: "written" });

    const load = startWriters(flow.id);
    await fleet.eventually(30, () => load.written.length >= 200);
    const before = [...load.written];
    await fleet.eventually(60, () =>
      isCopied(
        before.map(({ id }) => id),
        "COMPLETED",
      ),
    );
    await fleet.eventually(30, () => load.written.length >= before.length + 200);

    const lostAt = performance.now();
    await Promise.all([server.stop("SIGKILL"), litestream.stop("SIGKILL")]);
    await load.stop();
    // All that is kept elsewhere: see README.md.
    mkdirSync(second.home, { recursive: true, mode: 0o700 });
    copyFileSync(join(first.home, "encryption.key"), join(second.home, "encryption.key"));
    rmSync(first.home, { recursive: true });
    writeFileSync(file("meanwhile"), "");
    await fleet.eventually(30, () => existsSync(file("meanwhile.done")));

    const restoring = performance.now();
    expect(await replica.restore(second.database)).toBe(true);
    const kept = runsIn(second.database, "COMPLETED");
    await fleet.startServer(second.env);
    const back = performance.now() - restoring;
    const again = replica.start(second.database);

    const isKept = ({ id }: Written) => kept.has(id);
    expect(before.filter((write) => !isKept(write))).toEqual([]);
    const missing = load.written.filter((write) => !isKept(write));
    for (let writer = 0; writer < WRITERS; writer += 1) {
      const own = load.written.filter((write) => write.writer === writer);
      expect(own.slice(own.findIndex((write) => !isKept(write))).filter(isKept)).toEqual([]); // no gap: only the last are missing
    }
    const seconds = missing.length === 0 ? 0 : (lostAt - Math.min(...missing.map(({ at }) => at))) / 1000;
    console.log(
      `Back after ${(back / 1000).toFixed(2)} s; of ${load.written.length} acknowledged writes ${missing.length} are missing, all of the last ${seconds.toFixed(2)} s.`,
    );

    // The run that ended while there was no server, the one that goes on, and a new one; with the block that only the key opens.
    await fleet.eventually(60, async () => (await statesOf(runs.slice(0, 1)))[0] === "COMPLETED");
    writeFileSync(file("later"), "");
    const fresh = await start(deployment, file("later"));
    await fleet.eventually(60, async () => (await statesOf([...runs, fresh])).every((state) => state === "COMPLETED"));
    expect(await readSecret()).toBe("kept elsewhere");
    await fleet.eventually(60, () => isCopied([fresh], "COMPLETED"));
    await again.stop();
    await agent.stop();
  },
  300_000,
);

test.skipIf(!possible)(
  "Litestream: a run whose start is not in the copy goes on, and is not done twice",
  async () => {
    const [first, second] = [machine("first"), machine("second")];
    const server = await fleet.startServer(first.env);
    const litestream = replica.start(first.database);
    const deployment = await fleet.deploy(SOURCE);
    const until = join(fleet.sandbox.home, "until");
    const run = await start(deployment, until);
    await fleet.eventually(60, () => isCopied([run], "SCHEDULED"));
    await litestream.stop("SIGKILL");
    const agent = await fleet.startAgent();
    await fleet.eventually(30, async () => (await statesOf([run]))[0] === "RUNNING");

    await server.stop("SIGKILL");
    rmSync(first.home, { recursive: true });
    mkdirSync(second.home, { mode: 0o700 });
    expect(await replica.restore(second.database)).toBe(true);
    await fleet.startServer(second.env);
    expect(await statesOf([run])).toEqual(["SCHEDULED"]);
    writeFileSync(until, "");
    await fleet.eventually(60, async () => (await statesOf([run]))[0] === "COMPLETED");
    expect(agent.output().match(/Submitting flow run/g)).toHaveLength(1);
    await agent.stop();
  },
  300_000,
);

async function start(deployment: string, until: string): Promise<string> {
  const { status, body }: { status: number; body: { id: string } } = await fleet.post(
    `/deployments/${deployment}/create_flow_run`,
    { parameters: { until } },
  );
  expect(status).toBe(201);
  return body.id;
}

async function statesOf(ids: readonly string[]): Promise<string[]> {
  const { body }: { body: { state_type: string }[] } = await fleet.post("/flow_runs/filter", {
    flow_runs: { id: { any_: ids } },
    sort: "EXPECTED_START_TIME_ASC",
  });
  return body.map(({ state_type }) => state_type);
}

async function saveSecret(): Promise<void> {
  const made = await fleet.sandbox.orch(["block", "create", "secret", "--name", "mine", "--field", "value=-"], {
    ...{ env: { ORCH_API_URL: fleet.url }, stdin: "kept elsewhere" },
  });
  expect([made.stderr, made.code]).toEqual(["", 0]);
}

async function readSecret(): Promise<string> {
  const address = `${fleet.url}/block_types/slug/secret/block_documents/name/mine?include_secrets=true`;
  const answer = await fetch(address);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { data: { value: string } }).data.value; // what the API answers
}

/** Clients that create runs and end them, one after the other, and note what was acknowledged. */
function startWriters(flowId: string): { written: readonly Written[]; stop(): Promise<unknown> } {
  const written: Written[] = [];
  let isOver = false;
  async function write(writer: number): Promise<void> {
    while (!isOver) {
      try {
        const { status, body }: { status: number; body: { id: string } } = await fleet.post("/flow_runs/", {
          flow_id: flowId,
        });
        expect(status).toBe(201);
        const ended = await fleet.post(`/flow_runs/${body.id}/set_state`, {
          state: { type: "COMPLETED" },
          force: true,
        });
        expect(ended.status).toBeLessThan(300);
        written.push({ writer, id: body.id, at: performance.now() });
      } catch (error) {
        if (!(error instanceof TypeError) && (error as { code?: string }).code === undefined) throw error;
        return; // the server is gone
      }
    }
  }
  const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer));
  return {
    written,
    stop() {
      isOver = true;
      return Promise.all(writers);
    },
  };
}

/** Whether the store has these runs, in this state. */
async function isCopied(ids: readonly string[], state: string): Promise<boolean> {
  const probe = join(fleet.sandbox.home, "probe", "orch.db");
  rmSync(join(probe, ".."), { recursive: true, force: true });
  if (!(await replica.restore(probe))) return false;
  const found = runsIn(probe, state);
  return ids.every((id) => found.has(id));
}

/** The runs in this state of a restored database, which must be whole. */
function runsIn(path: string, state: string): Set<string> {
  const sqlite = new Sqlite(path);
  try {
    expect(sqlite.query("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
    const rows = sqlite.query("select id from flow_run where state_type = ?").all(state) as { id: string }[]; // its columns
    return new Set(rows.map(({ id }) => id));
  } finally {
    sqlite.close();
  }
}
