import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { GlobalConcurrencyLimit } from "#wire/pools/global-concurrency-limits.ts";
import { type TestApp, testApp } from "../../app.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

const send = (method: string, path: string, body?: unknown) => app.send(method, `/v2/concurrency_limits/${path}`, body);
const read = async (name: string): Promise<GlobalConcurrencyLimit> => (await send("GET", name)).body;
const take = (names: string[], more: object = {}) => send("POST", "increment", { slots: 1, names, ...more });
const give = (names: string[], more: object = {}) => send("POST", "decrement", { slots: 1, names, ...more });

describe("a limit with a name", () => {
  test("is made, read by name and by id, changed, listed and deleted", async () => {
    const made = await send("POST", "", { name: "db", limit: 2 });
    expect(made.status).toBe(201);
    const { id }: GlobalConcurrencyLimit = made.body;
    expect(await read("db")).toMatchObject({ id, limit: 2, active: true, active_slots: 0, slot_decay_per_second: 0 });
    expect((await send("PATCH", id, { limit: 3, name: null })).status).toBe(204);
    expect(await read(id)).toMatchObject({ name: "db", limit: 3 });
    expect((await send("POST", "filter", { limit: 10, offset: 0 })).body).toMatchObject([{ name: "db" }]);
    expect((await send("DELETE", "db")).status).toBe(204);
    expect((await send("GET", "db")).status).toBe(404);
    expect((await send("PATCH", "db", { limit: 1 })).status).toBe(404);
    expect((await send("DELETE", "db")).status).toBe(404);
  });

  test("is refused when its name is taken", async () => {
    await send("POST", "", { name: "db", limit: 2 });
    expect((await send("POST", "", { name: "db", limit: 2 })).status).toBe(409);
  });

  test("gives its slots to so many and no more, and again when they come back", async () => {
    await send("POST", "", { name: "db", limit: 1 });
    expect(await take(["db"])).toMatchObject({ status: 200, body: [{ name: "db", limit: 1 }] });
    expect((await take(["db"])).status).toBe(423);
    await give(["db"]);
    expect((await take(["db"])).status).toBe(200);
  });

  test("says how long to wait: the longer, the more wait", async () => {
    await send("POST", "", { name: "db", limit: 1 });
    await take(["db"]);
    const seconds = async () => {
      const answer = await app.app.fetch(
        new Request("http://test/api/v2/concurrency_limits/increment", {
          method: "POST",
          body: JSON.stringify({ slots: 1, names: ["db"] }),
        }),
      );
      return Number(answer.headers.get("retry-after"));
    };
    const [first, second] = [await seconds(), await seconds()];
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first);
  });

  test("takes of all limits or of none", async () => {
    await send("POST", "", { name: "a", limit: 5 });
    await send("POST", "", { name: "b", limit: 1 });
    await take(["b"]);
    expect((await take(["a", "b"])).status).toBe(423);
    expect(await read("a")).toMatchObject({ active_slots: 0 });
  });

  test("holds nothing up when it is switched off or not there", async () => {
    await send("POST", "", { name: "off", limit: 1, active: false });
    expect((await take(["off", "nowhere"], { slots: 9 })).status).toBe(200);
    expect(await read("off")).toMatchObject({ active_slots: 0 });
  });

  test("is refused more slots than it has", async () => {
    await send("POST", "", { name: "db", limit: 2 });
    const answer = await take(["db"], { slots: 3 });
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual({
      detail: "Slots requested is greater than the limit: 'db' has 2, asked for 3.",
    } as never);
  });
});

describe("a rate limit", () => {
  test("gets its slots back by itself", async () => {
    await send("POST", "", { name: "api", limit: 2, slot_decay_per_second: 0.5 });
    await take(["api"], { slots: 2, mode: "rate_limit" });
    expect((await take(["api"], { mode: "rate_limit" })).status).toBe(423);
    app.clock.advance(2);
    expect(await read("api")).toMatchObject({ active_slots: 1 });
    expect((await take(["api"], { mode: "rate_limit" })).status).toBe(200);
    expect((await take(["api"], { mode: "rate_limit" })).status).toBe(423);
  });

  test("gets them in time, however often somebody asks in vain", async () => {
    await send("POST", "", { name: "api", limit: 1, slot_decay_per_second: 0.5 });
    await take(["api"], { mode: "rate_limit" });
    const statuses: number[] = [];
    for (let asked = 0; asked < 3; asked += 1) {
      app.clock.advance(0.8);
      statuses.push((await take(["api"], { mode: "rate_limit" })).status);
    }
    expect(statuses).toEqual([423, 423, 200]);
  });

  test("needs slots that come back", async () => {
    await send("POST", "", { name: "db", limit: 2 });
    const answer = await take(["db"], { mode: "rate_limit" });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain("do not have a decay configured: 'db'");
  });
});
