// Long reads in a thread of their own: the same answers, beside everything else, whatever becomes of the thread.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase, type Tx } from "#db/connect.ts";
import { systemClock, timestampNow } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { insertArtifact } from "#server/artifacts/store.ts";
import { JsonText } from "#server/http/route.ts";
import { perform } from "#server/slow-reads/reads.ts";
import { createSlowReads, type SlowReads } from "#server/slow-reads/slow-reads.ts";
import { fillDatabase } from "../../bench/million.ts";

const folder = mkdtempSync(join(tmpdir(), "orch-aside-"));
let db: Database;
let slowReads: SlowReads;
const logged: string[] = [];
const start = (largeFrom = 0) =>
  createSlowReads({ db, clock: systemClock, log: (line) => logged.push(line), largeFrom });

const COUNT = { filters: {} };
const failed = { flow_runs: { state: { type: { any_: ["FAILED"] } } } } as never; // as the wire parses it
const LIST = { filters: failed, sort: "NAME_ASC", page: { limit: 200, offset: 0 }, now: 0 } as const;

const textOf = (answer: unknown) => (answer instanceof JsonText ? answer.text : "no text");

beforeAll(async () => {
  await fillDatabase(join(folder, "orch.db"), { runs: 1_000, flows: 2, deployments: 10 });
  db = openDatabase(join(folder, "orch.db"));
  slowReads = start();
});
afterAll(async () => {
  await slowReads.stop();
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("a long read of a large database", () => {
  test("comes back as the text of what the read gives here", async () => {
    expect(textOf(await slowReads.read("countFlowRuns", COUNT))).toBe("1000");
    const here = await db.read((q) => perform(q, "flowRuns", LIST));
    expect(here).toHaveLength(49);
    expect(JSON.parse(textOf(await slowReads.read("flowRuns", LIST)))).toEqual(here);
  });

  test("comes back as its value, for those who do more with it", async () => {
    expect(await slowReads.readValue("countFlowRuns", COUNT)).toBe(1000);
    const here = await db.read((q) => perform(q, "flowRuns", LIST));
    expect(await slowReads.readValue("flowRuns", LIST)).toEqual(here);
  });

  test("sees what was acknowledged before it was asked", async () => {
    for (let round = 1; round <= 20; round += 1) {
      await db.write((tx) =>
        tx.run("update flow_run set name = ? where id = (select min(id) from flow_run)", `n${round}`),
      );
      const filters = { flow_runs: { name: { like_: `n${round}` } } } as never; // as the wire parses it
      expect(textOf(await slowReads.read("countFlowRuns", { filters }))).toBe("1");
    }
  });

  test("holds up neither writes nor other reads, and many are answered each with its own", async () => {
    const order: string[] = [];
    const note = (what: string) => () => void order.push(what);
    const filters = { flow_runs: { name: { like_: "nothing has this name" } } } as never; // as the wire parses it
    const all = Promise.all(Array.from({ length: 200 }, () => slowReads.read("flowRuns", { ...LIST, filters })));
    const long = all.then(note("long"));
    expect(slowReads.isBusy()).toBe(true);
    await db.read((q) => q.get("select 1")).then(note("short"));
    await db.write((tx) => tx.run("update flow set updated = updated")).then(note("write"));
    await long;
    expect(order).toEqual(["short", "write", "long"]);
    expect((await all).map(textOf)).toEqual(Array(200).fill("[]"));
    expect(slowReads.isBusy()).toBe(false);
  });

  test("R19: is any that has long rows, up to 32 MB; more is refused with the number that fits", async () => {
    const small = start(Number.POSITIVE_INFINITY);
    const filters = { artifacts: null, flow_runs: null, task_runs: null };
    const read = (limit: number) => small.read("artifacts", { filters, sort: "ID_DESC", page: { limit, offset: 0 } });
    const store = (tx: Tx) =>
      insertArtifact(tx, timestampNow(systemClock), {
        ...{ key: null, type: null, description: null, metadata_: null, flow_run_id: null, task_run_id: null },
        data: "x".repeat(1024 * 1024),
      });
    for (let count = 0; count < 40; count += 1) await db.write(store);
    const lengths = [await read(1), JSON.parse(textOf(await read(20)))].map(({ length }) => length);
    expect(lengths).toEqual([1, 20]);
    const refusal = await read(40).then(String, messageOf);
    expect(refusal).toBe("The answer would be larger than 32 MB: ask for 31 rows at most ('limit'), or for others.");
    await small.stop();
  });

  test("that fails is answered by its error, and the next one is done", async () => {
    const page = { limit: "many" as never, offset: 0 }; // what no request can bring here
    await expect(slowReads.read("flowRuns", { ...LIST, page })).rejects.toThrow("datatype mismatch");
    expect(textOf(await slowReads.read("countFlowRuns", COUNT))).toBe("1000");
  });
});

describe("reads are done here", () => {
  test("when they are short", async () => {
    expect(
      await slowReads.read("countFlowRuns", { filters: { deployments: { id: { any_: ["none"] } } } as never }),
    ).toBe(0); // as the wire parses it
  });

  test("R9: unless it searches for a long text, which takes long where names are long, too", async () => {
    const small = start(1e12);
    const named = (like_: string) => ({ filters: { flow_runs: { name: { like_ } } } as never }); // as the wire parses it
    expect(await small.read("countFlowRuns", named("x".repeat(64)))).toBe(0);
    expect(textOf(await small.read("countFlowRuns", named("x".repeat(65))))).toBe("0");
    await small.stop();
  });

  test("when the database is small", async () => {
    const other = start(db.file ? db.file.bytes() + 1 : 0);
    expect(await other.read("countFlowRuns", COUNT)).toBe(1_000);
    await other.stop();
  });

  test("when it is in memory: there is no second connection to it", async () => {
    const memory = openDatabase(":memory:");
    const other = createSlowReads({ db: memory, clock: systemClock, log: () => {}, largeFrom: 0 });
    expect(await other.read("countFlowRuns", COUNT)).toBe(0);
    await other.stop();
    await memory.close();
  });

  test("after the stop, which may come early, in the middle, and twice", async () => {
    const unused = start();
    await unused.stop();
    expect(await unused.read("countFlowRuns", COUNT)).toBe(1_000);
    const used = start();
    const underWay = used.read("countFlowRuns", COUNT);
    await Promise.all([used.stop(), used.stop()]);
    expect(textOf(await underWay)).toBe("1000");
    expect(await used.read("countFlowRuns", COUNT)).toBe(1_000);
  });
});
