// Faults of the machine under a server at work: its database is moved away, deleted or put back older; its process stands
// still. What was acknowledged is there afterwards, runs go on, and the reason is said once.
import { Database as Sqlite } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Running } from "../binary/sandbox.ts";
import { createFleet, type Fleet } from "./fleet.ts";

let fleet: Fleet;
beforeEach(() => {
  fleet = createFleet();
});
afterEach(() => fleet.sandbox.close());

const home = () => join(fleet.sandbox.home, ".orch");
const file = () => join(home(), "orch.db");
const count = (text: string, part: string) => text.split(part).length - 1;
const FLOW = `import { flow } from "orch";
export const work = flow(async function work(seconds: number = 0) { await Bun.sleep(seconds * 1000); console.log("done"); });`;

async function create(deployment: string, parameters: object = {}): Promise<number> {
  const body = { state: { type: "SCHEDULED" }, parameters };
  return (await fleet.post(`/deployments/${deployment}/create_flow_run`, body)).status;
}

function checkIntegrity(): void {
  const sqlite = new Sqlite(file(), { readonly: true });
  expect(sqlite.query("pragma integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  sqlite.close();
}

test("R10: a home that is moved away and back: nothing acknowledged is lost, runs go on, said once", async () => {
  const server = await fleet.startServer();
  const deployment = await fleet.deploy(FLOW);
  const agent = await fleet.startAgent();
  for (let n = 0; n < 3; n += 1) expect(await create(deployment, { seconds: 4 })).toBe(201);
  await fleet.eventually(60, async () => (await fleet.runs()).every(({ state_type }) => state_type === "RUNNING"));
  renameSync(home(), `${home()}.away`);
  const refused = await fleet.post("/flows/", { name: "lost" });
  expect(refused).toMatchObject({ status: 503, body: { detail: expect.stringContaining("orch.db' is gone") } });
  await server.until(/orch\.db' is gone: it was deleted or moved/);
  // Longer than the runs take: their ends are offered meanwhile.
  await agent.until(/orch\.db' is gone.* Waiting for it to come back; runs under way go on\./);
  await Bun.sleep(5_000);
  rmSync(home(), { recursive: true, force: true }); // what the agent and its runs have made there
  renameSync(`${home()}.away`, home());
  const runs = await fleet.allFinal(60);
  expect(runs.map(({ state_type }) => state_type)).toEqual(["COMPLETED", "COMPLETED", "COMPLETED"]);
  expect(await create(deployment)).toBe(201);
  expect((await fleet.allFinal(60)).length).toBe(4);
  expect([count(server.output(), "is gone"), count(server.output(), "written again")]).toEqual([1, 1]);
  await agent.stop("SIGINT");
  await server.stop("SIGKILL");
  await fleet.startServer();
  expect((await fleet.runs()).length).toBe(4);
  checkIntegrity();
}, 120_000);

const LOSSES: [name: string, harm: () => void, sentence: string][] = [
  ["deleted", () => rmSync(file()), "is gone: it was deleted or moved"],
  ["deleted with its home", () => rmSync(home(), { recursive: true }), "is gone: it was deleted or moved"],
  ["overwritten with an older copy", () => copyFileSync(`${file()}.old`, file()), "was overwritten by another program"],
  ["replaced by an older copy", () => renameSync(`${file()}.old`, file()), "is another file now"],
];

for (const [name, harm, sentence] of LOSSES) {
  test(`R10: a database that is ${name}: writes answer 503, said once, and a restart finds a whole one`, async () => {
    const server = await fleet.startServer();
    await fleet.post("/flows/", { name: "old" });
    await fleet.eventually(60, () => existsSync(file()));
    const copied = await fleet.sandbox.orch(["server", "database", "backup", `${file()}.old`]);
    expect(copied.code).toBe(0);
    for (let n = 0; n < 50; n += 1) await fleet.post("/flows/", { name: `new-${n}-${"x".repeat(500)}` });
    harm();
    // Said although nobody writes.
    await server.until(new RegExp(sentence));
    for (let n = 0; n < 5; n += 1) {
      const answer = await fleet.post("/flows/", { name: `refused-${n}` });
      expect(answer).toMatchObject({ status: 503, body: { detail: expect.stringContaining(sentence) } });
    }
    expect((await fetch(`${fleet.url}/ready`)).status).toBe(503);
    expect(count(server.output(), sentence)).toBe(1);
    expect(await server.stop()).toBe(0);
    for (const suffix of ["-wal", "-shm"]) rmSync(file() + suffix, { force: true });
    const again: Running = await fleet.startServer();
    expect((await fleet.post("/flows/", { name: "after" })).status).toBe(201);
    await again.stop();
    checkIntegrity();
  }, 60_000);
}

test("a server that stands still for longer than the lost-run time calls none of its runs lost", async () => {
  const env = { ORCH_API_SERVICES_LOST_RUNS_AFTER_SECONDS: "3", ORCH_HEARTBEAT_SECONDS: "1" };
  const server = await fleet.startServer(env);
  const deployment = await fleet.deploy(FLOW);
  const agent = fleet.sandbox.start(["agent", "start", "-q", "test"], { ...env, ORCH_API_URL: fleet.url });
  await agent.until(/Agent started!/);
  await create(deployment, { seconds: 14 });
  await fleet.eventually(60, async () => (await fleet.runs())[0]?.state_type === "RUNNING");
  process.kill(server.pid, "SIGSTOP");
  await Bun.sleep(8_000);
  process.kill(server.pid, "SIGCONT");
  const [run] = await fleet.allFinal(60);
  expect(run?.state_type).toBe("COMPLETED");
  const answer = await fetch(`${fleet.url}/flow_run_states/?flow_run_id=${run?.id}`);
  const states = (await answer.json()) as { type: string }[]; // the API's own shape
  expect(states.map(({ type }) => type)).toEqual(["SCHEDULED", "PENDING", "RUNNING", "COMPLETED"]);
}, 120_000);
