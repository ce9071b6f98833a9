// What happens is told as it happens, whoever wrote it, and after a reconnect from where the listener was.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "#db/connect.ts";
import { systemClock } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { type App, createApp } from "#server/app.ts";
import { testSettings } from "../../settings.ts";
import { type Heard, type Listener, listenTo } from "./listener.ts";

let folder: string;
let opened: { app: App; db: Database }[] = [];
let listeners: Listener[] = [];
let app: App;

/** A server on the home of the test; a second one is another process to the first. */
function open(): App {
  const db = openDatabase(join(folder, "orch.db"));
  const one = createApp({ db, clock: systemClock, settings: testSettings({ ORCH_HOME: folder }), services: false });
  opened.push({ app: one, db });
  return one;
}

async function close(): Promise<void> {
  for (const one of opened.splice(0)) {
    await one.app.stop();
    await one.db.close();
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orch-events-"));
  opened = [];
  listeners = [];
  app = open();
});
afterEach(async () => {
  await Promise.all(listeners.map((listener) => listener.close()));
  await close();
  rmSync(folder, { recursive: true });
});

async function listen(query = "", headers: Record<string, string> = {}, at = app): Promise<Listener> {
  const response = await at.fetch(new Request(`http://h/api/orch/events${query}`, { headers }));
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
  const listener = listenTo(response);
  listeners.push(listener);
  return listener;
}

async function send(method: string, path: string, body?: unknown, at = app): Promise<{ id: string }> {
  const text = body === undefined ? null : JSON.stringify(body);
  const response = await at.fetch(new Request(`http://h/api${path}`, { method, body: text }));
  expect(response.status).toBeLessThan(300);
  return response.status === 204 ? { id: "" } : ((await response.json()) ?? { id: "" });
}

async function makeRun(at = app, state: object = { type: "PENDING" }): Promise<string> {
  const flow = await send("POST", "/flows/", { name: `flow-${newId()}` }, at);
  return (await send("POST", "/flow_runs/", { flow_id: flow.id, name: "a-run", state }, at)).id;
}

const setState = (id: string, type: string, at = app) =>
  send("POST", `/flow_runs/${id}/set_state`, { state: { type }, force: true }, at);
const logOf = (flow_run_id: string, message: string) => ({
  ...{ name: "prefect.flow_runs", level: 20, message, flow_run_id },
  timestamp: "2026-11-23T12:00:00+00:00",
});
const states = (events: Heard[]) => events.map(({ data }) => data["state_type"]);

test("a listener is told first that it is heard, then each state of each run", async () => {
  const listener = await listen();
  expect(await listener.until("ready", 1)).toMatchObject([{ data: { resumed: false } }]);
  const id = await makeRun();
  await setState(id, "RUNNING");
  await setState(id, "COMPLETED");
  const told = await listener.until("flow-run-state", 3);
  expect(states(told)).toEqual(["PENDING", "RUNNING", "COMPLETED"]);
  expect(told[2]?.data).toMatchObject({
    flow_run_id: id,
    run_name: "a-run",
    state_name: "Completed",
    deployment_id: null,
  });
  expect(new Set(told.map((one) => one.id)).size).toBe(3);
});

test("states of task runs are told", async () => {
  const flow_run_id = await makeRun();
  const listener = await listen();
  await listener.until("ready", 1);
  const body = { flow_run_id, task_key: "t", dynamic_key: "0", name: "a-task", state: { type: "PENDING" } };
  const task = await send("POST", "/task_runs/", body);
  await send("POST", `/task_runs/${task.id}/set_state`, { state: { type: "RUNNING" }, force: true });
  const told = await listener.until("task-run-state", 2);
  expect(states(told)).toEqual(["PENDING", "RUNNING"]);
  expect(told[0]?.data).toMatchObject({ flow_run_id, task_run_id: task.id, run_name: "a-task" });
});

test("of one run only its states and logs are told", async () => {
  const [mine, other] = [await makeRun(), await makeRun()];
  const listener = await listen(`?flow_run_id=${mine}`);
  await listener.until("ready", 1);
  await send("POST", "/logs/", [logOf(other, "not mine"), logOf(mine, "one"), logOf(mine, "two")]);
  await setState(other, "RUNNING");
  await send("POST", "/work_queues/", { name: "a-queue" });
  await setState(mine, "RUNNING");
  expect(states(await listener.until("flow-run-state", 1))).toEqual(["RUNNING"]);
  expect((await listener.until("log", 2)).map(({ data }) => data["message"])).toEqual(["one", "two"]);
  expect(listener.heard.map(({ event }) => event)).toEqual(["ready", "log", "log", "flow-run-state"]);
});

test("queues and deployments that are made, changed or deleted are told", async () => {
  const flow = await send("POST", "/flows/", { name: "f" });
  const listener = await listen();
  await listener.until("ready", 1);
  const queue = await send("POST", "/work_queues/", { name: "q" });
  const deployment = await send("POST", "/deployments/", { name: "d", flow_id: flow.id, work_queue_name: "q" });
  await listener.until("deployment", 1);
  await send("PATCH", `/work_queues/${queue.id}`, { is_paused: true });
  await send("PATCH", `/deployments/${deployment.id}`, { description: "other" });
  await listener.until("deployment", 2);
  await send("DELETE", `/deployments/${deployment.id}`);
  await send("DELETE", `/work_queues/${queue.id}`);
  const gone = await listener.until("deployment", 3);
  expect(gone.map(({ data }) => data["change"])).toEqual(["created", "changed", "deleted"]);
  expect(gone[1]?.data).toMatchObject({ id: deployment.id, name: "d", work_queue_name: "q", is_schedule_active: true });
  const mine = async () => (await listener.until("work-queue", 3)).filter(({ data }) => data["id"] === queue.id);
  while ((await mine()).length < 3) await listener.until("work-queue", listener.heard.length);
  expect((await mine()).map(({ data }) => data["change"])).toEqual(["created", "changed", "deleted"]);
});

test("what another process writes is told as well", async () => {
  const other = open();
  const listener = await listen();
  await listener.until("ready", 1);
  const id = await makeRun(other);
  await setState(id, "RUNNING", other);
  const told = await listener.until("flow-run-state", 2);
  expect(told.map(({ data }) => data["flow_run_id"])).toEqual([id, id]);
});

const WAYS: [string, (id: string) => [query: string, headers: Record<string, string>]][] = [
  ["the header", (id) => ["", { "last-event-id": id }]],
  ["?last_event_id", (id) => [`?last_event_id=${id}`, {}]],
  ["?lastEventId", (id) => [`?lastEventId=${id}`, {}]],
];
for (const [what, way] of WAYS) {
  test(`after a reconnect with ${what} nothing is missed, of a server that was restarted either`, async () => {
    const first = await listen();
    const id = await makeRun();
    await first.until("flow-run-state", 1);
    await first.close();
    await setState(id, "RUNNING");
    await close();
    const away = open();
    await setState(id, "PAUSED", away);
    app = open();
    await setState(id, "COMPLETED");
    const second = await listen(...way(first.lastId()));
    expect(await second.until("ready", 1)).toMatchObject([{ data: { resumed: true } }]);
    expect(states(await second.until("flow-run-state", 3))).toEqual(["RUNNING", "PAUSED", "COMPLETED"]);
  });
}

test("logs and changes of queues are not missed either", async () => {
  const id = await makeRun();
  const [run, all] = [await listen(`?flow_run_id=${id}`), await listen()];
  await Promise.all([run.until("ready", 1), all.until("ready", 1)]);
  await Promise.all([run.close(), all.close()]);
  const lines = Array.from({ length: 1_200 }, (_, index) => logOf(id, `line ${index}`));
  await send("POST", "/logs/", lines);
  await send("POST", "/work_queues/", { name: "meanwhile" });
  const again = await listen(`?flow_run_id=${id}`, { "last-event-id": run.lastId() });
  const told = await again.until("log", 1_200);
  expect(told.map(({ data }) => data["message"])).toEqual(lines.map(({ message }) => message));
  const queues = await (await listen("", { "last-event-id": all.lastId() })).until("work-queue", 1);
  expect(queues.map(({ data }) => data["name"])).toContain("meanwhile");
});

test("an id that is none, or of a time to come, is answered with a reset, and what follows is told", async () => {
  const later = `${"f".repeat(8)}-ffff-7fff-bfff-ffffffffffff.1`;
  for (const given of ["nonsense", `${newId()}`, later]) {
    const listener = await listen("", { "last-event-id": given });
    expect(await listener.until("reset", 1)).toMatchObject([
      { data: { reason: expect.stringContaining("none of this") } },
    ]);
    const id = await makeRun();
    expect((await listener.until("flow-run-state", 1))[0]?.data).toMatchObject({ flow_run_id: id });
  }
});

test("a gap that is too large is answered with a reset", async () => {
  const listener = await listen();
  await listener.until("ready", 1);
  await listener.close();
  const id = await makeRun();
  const db = opened[0]?.db;
  await db?.write((tx) => {
    const sql =
      "insert into flow_run_state (id, flow_run_id, type, name, timestamp) values (?, ?, 'RUNNING', 'Running', ?)";
    for (let index = 0; index <= 10_000; index += 1) tx.run(sql, newId(), id, `t${index}`);
  });
  const again = await listen("", { "last-event-id": listener.lastId() });
  expect(await again.until("reset", 1)).toMatchObject([{ data: { reason: expect.stringContaining("Too much") } }]);
  await setState(id, "COMPLETED");
  expect(states(await again.until("flow-run-state", 1))).toEqual(["COMPLETED"]);
});

test("the answer ends when the server stops", async () => {
  const listener = await listen();
  await listener.until("ready", 1);
  app.release();
  await listener.ended;
});

test("a bad id of a run is refused", async () => {
  const response = await app.fetch(new Request("http://h/api/orch/events?flow_run_id=x"));
  expect(response.status).toBe(422);
});

test("200 listen at once, and one more is told to come later; who leaves makes room", async () => {
  for (let count = 0; count < 200; count += 1) await (await listen()).until("ready", 1);
  const full = await app.fetch(new Request("http://h/api/orch/events"));
  expect([full.status, await full.text()]).toEqual([503, expect.stringContaining("200 listeners")]);
  await listeners.pop()?.close();
  await (await listen()).until("ready", 1);
});
