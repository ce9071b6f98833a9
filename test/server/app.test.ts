// The server as a whole: its parts are there, it starts, it stops, and it says what goes wrong.
import { describe, expect, test } from "bun:test";
import { openDatabase } from "#db/connect.ts";
import { createApp } from "#server/app.ts";
import { ENDPOINTS } from "#wire/index.ts";
import { testApp } from "../app.ts";
import { manualClock } from "../clock.ts";
import { testSettings } from "../settings.ts";

const SAMPLE = "0f9b1c52-8a3e-4c53-9d55-2f5f0f6cf0a1";

test("every endpoint that is declared is answered", async () => {
  const app = testApp({ services: false });
  for (const { endpoint } of ENDPOINTS) {
    const path = endpoint.path.replace(/\{\w+\}/g, SAMPLE);
    const { status, body } = await app.send(endpoint.method, path);
    const isRoute = JSON.stringify(body) !== '{"detail":"Not Found"}' && status !== 405;
    expect([endpoint.method, path, isRoute]).toEqual([endpoint.method, path, true]);
  }
  expect(app.logged).toEqual([]);
  await app.close();
});

test("an endpoint's success has one of its declared statuses, its failure never a 5xx", async () => {
  const app = testApp({ services: false });
  const bodies: unknown[] = [undefined, {}, [], null, "text", 7, { name: {} }, { limit: "many" }];
  for (const { endpoint } of ENDPOINTS) {
    for (const body of endpoint.method === "GET" ? [undefined] : bodies) {
      const { status } = await app.send(endpoint.method, endpoint.path.replace(/\{\w+\}/g, SAMPLE), body);
      const isFine = status < 300 ? endpoint.statuses.some((declared) => declared === status) : status < 500;
      expect([endpoint.method, endpoint.path, body, status, isFine]).toEqual([
        endpoint.method,
        endpoint.path,
        body,
        status,
        true,
      ]);
    }
  }
  expect(app.logged).toEqual([]);
  await app.close();
});

describe("services", () => {
  test("are block types and loops; without them the database stays empty", async () => {
    const plain = testApp({ services: false });
    await plain.send("GET", "/health");
    expect(await plain.count("block_type")).toBe(0);
    await plain.close();
    const full = testApp();
    await full.send("GET", "/health");
    expect(await full.count("block_type")).toBeGreaterThan(3);
    await full.close();
  });

  test("start, and stop before they start, and twice", async () => {
    const { app, close } = testApp();
    app.start();
    await app.stop();
    await app.stop();
    await close();
    const other = testApp();
    await other.app.stop();
    other.app.start();
    await other.close();
  });

  test("block types that could not be registered are a logged failure, and tried again", async () => {
    const db = openDatabase(":memory:");
    await db.write((tx) => tx.run("alter table block_type rename to gone"));
    const logged: string[] = [];
    const app = createApp({ db, clock: manualClock(), settings: testSettings(), log: (line) => logged.push(line) });
    const status = async () => (await app.fetch(new Request("http://h/api/health"))).status;
    expect(await status()).toBe(500);
    expect(logged.join()).toContain("block_type");
    await db.write((tx) => tx.run("alter table gone rename to block_type"));
    expect(await status()).toBe(200);
    await app.stop();
    await db.close();
  });
});

test("a write of another process is heard by those who listen, server or not", async () => {
  let foreign = () => {};
  const db = openDatabase(":memory:");
  const watched = {
    ...db,
    onForeignWrite(listener: () => void) {
      foreign = listener;
      return () => {
        foreign = () => {};
      };
    },
  };
  const app = createApp({ db: watched, clock: manualClock(), settings: testSettings(), services: false });
  const heard: string[] = [];
  foreign();
  const stop = app.context.events.subscribe(({ type }) => heard.push(type));
  foreign();
  expect(heard).toEqual(["foreign-write", "runs-due-changed"]);
  stop();
  foreign();
  expect(heard).toHaveLength(2);
  await app.stop();
  await db.close();
});
