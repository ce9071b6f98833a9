// R2: every call of the API, made twice: the second one changes nothing and is answered as the first.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/connect.ts";
import { newId } from "#lib/ids.ts";
import { createApp } from "#server/app.ts";
import type { Endpoint } from "#wire/endpoint.ts";
import { ENDPOINTS } from "#wire/index.ts";
import { READS } from "#wire/repeat.ts";
import { type TestApp, testApp } from "../../app.ts";
import { testSettings } from "../../settings.ts";
import { CASES, type Sent } from "./cases.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp();
});
afterEach(() => app.close());

const CHANGES = ENDPOINTS.filter(({ endpoint }) => endpoint.repeat !== READS);

test("R2: each endpoint says what a repeat does, and each that changes something has a case here", () => {
  expect(CHANGES.map(({ name }) => name).toSorted()).toEqual(Object.keys(CASES).toSorted());
  const readers = ENDPOINTS.filter(({ endpoint }) => endpoint.repeat === READS && endpoint.method !== "GET");
  const isRead = ({ endpoint: { path } }: { endpoint: Endpoint }) =>
    /\/(filter|count|history|get_runs|get_scheduled_flow_runs)$/.test(path) || path.startsWith("/orch/");
  expect(readers.filter((one) => !isRead(one))).toEqual([]);
});

function send({ method, path }: Endpoint, { params, body }: Sent, key: string) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params?.[name] ?? ""));
  return app.send(method, filled, body, { "idempotency-key": key });
}

/** All rows of all tables but that of the keys. */
function rows(): Promise<Record<string, unknown[]>> {
  return app.db.read((q) => {
    const tables = q.all<{ name: string }>("select name from sqlite_schema where type = 'table'");
    const kept = tables.filter(({ name }) => name !== "idempotency_key" && !name.startsWith("sqlite_"));
    return Object.fromEntries(kept.map(({ name }) => [name, q.all(`select * from ${name}`)]));
  });
}

for (const { name, endpoint } of CHANGES) {
  const { repeat } = endpoint;
  const why = repeat.by === "nature" ? repeat.because : "its key is known";

  test(`R2: ${name} twice: ${why}`, async () => {
    const sent = (await CASES[name]?.(app)) ?? {};
    const key = newId();
    const first = await send(endpoint, sent, key);
    expect(first.status).toBeLessThan(300);
    const before = await rows();
    app.clock.advance(60);
    const second = await send(endpoint, sent, key);
    const after = await rows();
    if (repeat.by === "nature") {
      const counts = (all: Record<string, unknown[]>) =>
        Object.entries(all).map(([table, some]) => [table, some.length]);
      expect(counts(after)).toEqual(counts(before));
      expect(second.status).toBeLessThan(300);
      return;
    }
    expect(after).toEqual(before);
    expect(second.status).toBe(first.status);
    expect(withoutTimes(second.body)).toEqual(withoutTimes(first.body));
    expect(await app.count("idempotency_key")).toBe(1);
  });
}

/** What is counted up to the moment of the look. */
function withoutTimes(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body), (key, value) => (/^estimated_|total_run_time/.test(key) ? 0 : value));
}

describe("a repeat", () => {
  const later = 3_000;

  test("R2: that comes late does not undo what was done in between", async () => {
    const sent = (await CASES["setScheduleInactive"]?.(app)) ?? {};
    const id = sent.params?.["id"];
    const off = () =>
      app.send("POST", `/deployments/${id}/set_schedule_inactive`, undefined, { "idempotency-key": "off" });
    expect((await off()).status).toBe(200);
    await app.send("POST", `/deployments/${id}/set_schedule_active`);
    app.clock.advance(later);
    expect((await off()).status).toBe(200);
    expect((await app.send("GET", `/deployments/${id}`)).body).toMatchObject({ is_schedule_active: true });
  });

  test("R2: at the same time waits for the first, and gets its answer", async () => {
    const sent = (await CASES["createDeploymentFlowRun"]?.(app)) ?? {};
    const path = `/deployments/${sent.params?.["id"]}/create_flow_run`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => app.send("POST", path, sent.body, { "idempotency-key": "one" })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect(new Set(answers.map(({ body }) => (body as { id: string }).id)).size).toBe(1);
    expect(await app.count("flow_run")).toBe(1);
  });

  test("R2: with another body is refused in a sentence, and does nothing", async () => {
    const post = (name: string) => app.send("POST", "/variables/", { name, value: "1" }, { "idempotency-key": "k" });
    expect((await post("a")).status).toBe(201);
    const refused = await post("b");
    const detail =
      "This idempotency key came with another body before. Send a new key with each call, and repeat a call unchanged.";
    expect<unknown>(refused).toEqual({ status: 422, body: { detail } });
    expect(await app.count("variable")).toBe(1);
  });

  test("R2: of another method or path is another call", async () => {
    const headers = { "idempotency-key": "k" };
    const one = await app.send("POST", "/variables/", { name: "a", value: "1" }, headers);
    const { id } = one.body as { id: string };
    expect((await app.send("POST", "/flows/", { name: "a" }, headers)).status).toBe(201);
    expect((await app.send("PATCH", `/variables/${id}`, { value: "2" }, headers)).status).toBe(204);
    expect((await app.send("DELETE", `/variables/${id}`, undefined, headers)).status).toBe(204);
    expect((await app.send("DELETE", `/variables/${id}`, undefined, headers)).status).toBe(204);
    expect((await app.send("DELETE", `/variables/${id}`)).status).toBe(404);
  });

  test("R2: of a call that failed is done: the failed one left nothing", async () => {
    const post = (headers?: Record<string, string>) =>
      app.send("POST", "/variables/", { name: "a", value: "1" }, headers);
    const { id } = (await post()).body as { id: string };
    const headers = { "idempotency-key": "k" };
    expect((await post(headers)).status).toBe(409);
    await app.send("DELETE", `/variables/${id}`);
    expect((await post(headers)).status).toBe(201);
    expect((await post(headers)).status).toBe(201);
    expect(await app.count("variable")).toBe(1);
  });

  test("R2: of a call with a large record is answered without keeping that twice", async () => {
    const sent = (await CASES["createDeploymentFlowRun"]?.(app)) ?? {};
    const path = `/deployments/${sent.params?.["id"]}/create_flow_run`;
    const body = `{"parameters": {"text": "${"x".repeat(1_000_000)}", "exact": 9007199254740993}}`;
    const [first, second] = [1, 2].map(() => app.send("POST", path, body, { "idempotency-key": "large" }));
    expect(await second).toEqual((await first) as never);
    const row = await app.db.read((q) => q.get<{ body: unknown }>("select * from idempotency_key"));
    expect(JSON.stringify(row).length).toBeLessThan(300);
  });

  test("R2: of a later client is answered in that client's shape", async () => {
    const { id: flow_id } = (await app.send("POST", "/flows/", { name: "f" })).body as { id: string };
    const headers = {
      "x-prefect-api-version": "0.8.4",
      "user-agent": "prefect/2.20.20 (API 0.8.4)",
      "idempotency-key": "k",
    };
    const [first, second] = [1, 2].map(() => app.send("POST", "/deployments/", { name: "d", flow_id }, headers));
    expect((await first)?.body).toHaveProperty("schedules");
    expect(await second).toEqual((await first) as never);
  });

  test("R2: of a rejected or delayed proposal gets the same verdict", async () => {
    const flow = (await app.send("POST", "/flows/", { name: "f" })).body as { id: string };
    const body = { flow_id: flow.id, state: { type: "RUNNING" }, empirical_policy: { retries: 1, retry_delay: 5 } };
    const { id } = (await app.send("POST", "/flow_runs/", body)).body as { id: string };
    const fail = () =>
      app.send("POST", `/flow_runs/${id}/set_state`, { state: { type: "FAILED" } }, { "idempotency-key": "k" });
    const first = await fail();
    expect(first).toMatchObject({ status: 201, body: { status: "REJECT", state: { name: "AwaitingRetry" } } });
    expect(await fail()).toEqual(first);
    expect(await app.count("flow_run_state")).toBe(2);
  });
});

test("R2: a repeat is known to the next server of the same database", async () => {
  const home = mkdtempSync(join(tmpdir(), "orch-repeat-"));
  const answers: unknown[] = [];
  for (let server = 0; server < 2; server += 1) {
    const db = openDatabase(join(home, "orch.db"));
    const settings = testSettings({ ORCH_HOME: home });
    const next = createApp({ db, clock: app.clock, settings, services: false });
    const init = { method: "POST", body: '{"name":"a","value":"1"}', headers: { "idempotency-key": "k" } };
    const answer = await next.fetch(new Request("http://h/api/variables/", init));
    answers.push([answer.status, await answer.json()]);
    await next.stop();
    await db.close();
  }
  rmSync(home, { recursive: true });
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[0]).toMatchObject([201, { name: "a" }]);
});

test("R2: a key that is empty or too long is refused in a sentence", async () => {
  for (const key of ["", "x".repeat(201)]) {
    const refused = await app.send("POST", "/flows/", { name: "f" }, { "idempotency-key": key });
    expect(refused).toEqual({
      status: 422,
      body: { detail: `The header 'idempotency-key' has ${key.length} characters: send 1 to 200, or leave it out.` },
    } as never);
  }
  expect(await app.count("flow")).toBe(0);
});
