// Pages of records by cursor: each record once, in order, however many have the same time, in bounded pieces.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#lib/ids.ts";
import { LOG_PAGE_LIMIT, type Log, type LogPage } from "#wire/runs/logs.ts";
import { testApp } from "../../app.ts";

const app = testApp({ services: false });
const run = newId();
const large = newId();
const COUNT = 1_000;

/** Many of one time, and arriving not in the order of time. */
const record = (index: number) => ({
  name: "prefect.flow_runs",
  level: index % 2 === 0 ? 20 : 30,
  message: String(index),
  timestamp: `2026-11-27T12:00:${String(Math.floor(index / 100)).padStart(2, "0")}Z`,
  flow_run_id: run,
});

beforeAll(async () => {
  const all = Array.from({ length: COUNT }, (_, index) => record(index));
  await app.send("POST", "/logs/", all.slice(500));
  await app.send("POST", "/logs/", all.slice(0, 500));
  const other = Array.from({ length: 10 }, (_, index) => ({ ...record(index), message: "x".repeat(1_000_000) }));
  // In two, as a body has 8 MB at most.
  for (const half of [other.slice(0, 5), other.slice(5)]) {
    await app.send(
      "POST",
      "/logs/",
      half.map((log) => ({ ...log, flow_run_id: large })),
    );
  }
});
afterAll(() => app.close());

async function page(body: object): Promise<LogPage> {
  return (await app.send("POST", "/orch/logs/filter", body)).body;
}

async function pages(body: object): Promise<LogPage[]> {
  const found = [await page(body)];
  for (let last = found[0]; last?.more; last = found.at(-1)) found.push(await page({ ...body, after: last.cursor }));
  return found;
}

const messagesOf = (found: LogPage[]) => found.flatMap(({ logs }) => logs.map(({ message }: Log) => message));
const ofRun = { flow_run_id: { any_: [run] } };
const everything = Array.from({ length: COUNT }, (_, index) => String(index));

describe("T28: pages of records", () => {
  for (const limit of [7, 100, 999, 1_000, LOG_PAGE_LIMIT]) {
    test(`of ${limit} have every record once, in order`, async () => {
      const found = await pages({ logs: ofRun, limit });
      expect(messagesOf(found)).toEqual(everything);
      expect(found).toHaveLength(Math.ceil(COUNT / limit));
    });
  }

  test("go backwards too", async () => {
    const found = await pages({ logs: ofRun, limit: 33, sort: "TIMESTAMP_DESC" });
    expect(messagesOf(found)).toEqual(everything.toReversed());
  });

  test("keep to the filter", async () => {
    const found = await pages({ logs: { ...ofRun, level: { ge_: 30 } }, limit: 90 });
    expect(messagesOf(found)).toEqual(everything.filter((text) => Number(text) % 2 === 1));
    const either = await pages({ logs: { ...ofRun, operator: "or_", level: { ge_: 99 } }, limit: 90 });
    expect(messagesOf(either)).toEqual(everything);
  });

  test("end before they are large", async () => {
    const found = await pages({ logs: { flow_run_id: { any_: [large] } } });
    expect(found.map(({ logs }) => logs.length)).toEqual([2, 2, 2, 2, 2]);
  });

  test("go on with what came later", async () => {
    const last = (await pages({ logs: ofRun })).at(-1);
    expect(last?.more).toBe(false);
    expect(await page({ logs: ofRun, after: last?.cursor })).toEqual({
      logs: [],
      cursor: String(last?.cursor),
      more: false,
    });
    await app.send("POST", "/logs/", [{ ...record(COUNT), message: "later", flow_run_id: run }]);
    expect(messagesOf([await page({ logs: ofRun, after: last?.cursor })])).toEqual(["later"]);
  });

  test("of nothing are empty", async () => {
    expect(await page({ logs: { flow_run_id: { any_: [newId()] } } })).toEqual({ logs: [], cursor: null, more: false });
  });

  for (const after of ["", "5", "2026-11-27T12:00:00Z", "2026-11-27T12:00:00Z/x", "yesterday/4"]) {
    test(`cursor '${after}' is refused`, async () => {
      const { status, body } = await app.send("POST", "/orch/logs/filter", { logs: ofRun, after });
      expect(status).toBe(422);
      expect(JSON.stringify(body)).toContain("is no cursor");
    });
  }

  for (const limit of [0, -1, LOG_PAGE_LIMIT + 1]) {
    test(`a limit of ${limit} is refused`, async () => {
      expect((await app.send("POST", "/orch/logs/filter", { logs: ofRun, limit })).status).toBe(422);
    });
  }
});
