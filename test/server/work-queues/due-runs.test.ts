// Which runs a queue gives to those who ask: in which order, within which limits, and what asking leaves behind.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createWorkPool } from "#wire/pools/work-pools.ts";
import { createWorkQueue, type WorkQueue } from "#wire/pools/work-queues.ts";
import { type TestApp, testApp } from "../../app.ts";
import { inSeconds, settle, type Work, workFor } from "./work.ts";

const NOWHERE = "00000000-0000-0000-0000-000000000000";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

interface Asked {
  status: number;
  names: string[];
}
async function ask(path: string, body: object, headers: Record<string, string> = {}): Promise<Asked> {
  const answer = await app.send("POST", path, body, headers);
  const rows = answer.body as { name?: string; flow_run?: { name: string } }[];
  return { status: answer.status, names: rows.map((row) => row.flow_run?.name ?? row.name ?? "") };
}
const row = <Row>(sql: string) => app.db.read((q) => q.get<Row>(sql));

describe("get_runs of a queue", () => {
  let queue: WorkQueue;
  let work: Work;
  const asked = (body: object = {}) => ask(`/work_queues/${queue.id}/get_runs`, body);
  const change = (body: object) => app.send("PATCH", `/work_queues/${queue.id}`, body);

  beforeEach(async () => {
    queue = await app.call(createWorkQueue, { body: { name: "test" } });
    work = await workFor(app, { work_queue_name: "test" });
    await work.due("later", 60);
    await work.due("now");
    await work.due("soon", 10);
  });

  const bounds: [what: string, seconds: number | null, names: string[]][] = [
    ["all without a moment", null, ["now", "soon", "later"]],
    ["those due until a moment, itself included", 10, ["now", "soon"]],
    ["none before the first", -1, []],
  ];
  for (const [what, seconds, names] of bounds) {
    test(`gives ${what}, first due first`, async () => {
      const body = seconds === null ? {} : { scheduled_before: inSeconds(app, seconds) };
      expect(await asked(body)).toEqual({ status: 200, names });
    });
  }

  test("gives at most `limit`", async () => {
    expect((await asked({ limit: 2 })).names).toEqual(["now", "soon"]);
    expect((await asked({ limit: 0 })).names).toEqual([]);
    expect((await app.send("POST", `/work_queues/${queue.id}/get_runs`, { limit: 201 })).status).toBe(422);
  });

  test("gives no run of another queue, of the same name in another pool either", async () => {
    await app.call(createWorkPool, { body: { name: "pool" } });
    await (await workFor(app, { work_queue_name: "other" })).due("other");
    await (await workFor(app, { work_pool_name: "pool", work_queue_name: "test" })).due("namesake");
    expect((await asked()).names).toEqual(["now", "soon", "later"]);
  });

  test("gives nothing while it is paused", async () => {
    await change({ is_paused: true });
    expect((await asked()).names).toEqual([]);
  });

  test("does not care whether its pool is paused or full", async () => {
    await app.send("PATCH", "/work_pools/default-agent-pool", { is_paused: true, concurrency_limit: 0 });
    expect((await asked()).names).toEqual(["now", "soon", "later"]);
  });

  const limits: [
    limit: number,
    taken: ("RUNNING" | "PENDING" | "CANCELLING" | "COMPLETED" | "PAUSED")[],
    free: number,
  ][] = [
    [0, [], 0],
    [2, [], 2],
    [3, ["RUNNING", "PENDING"], 1],
    [2, ["RUNNING", "CANCELLING"], 0],
    [1, ["RUNNING", "RUNNING"], 0],
    [1, ["COMPLETED", "PAUSED"], 1],
  ];
  for (const [limit, taken, free] of limits) {
    test(`a limit of ${limit} with ${taken.join(", ") || "nothing"} leaves ${free}`, async () => {
      await change({ concurrency_limit: limit });
      for (const type of taken) await work.inState(type);
      expect((await asked()).names).toEqual(["now", "soon", "later"].slice(0, free));
    });
  }

  test("an unknown queue is 404 in the shape of queue look-ups", async () => {
    const answer = await app.send("POST", `/work_queues/${NOWHERE}/get_runs`, {});
    const exception_message = `Work queue with id ${NOWHERE} not found.`;
    expect<unknown>(answer).toEqual({ status: 404, body: { exception_message } });
  });

  test("the run carries its state", async () => {
    const answer = await app.send("POST", `/work_queues/${queue.id}/get_runs`, { limit: 1 });
    expect(answer.body).toMatchObject([{ work_queue_name: "test", state: { type: "SCHEDULED" } }]);
  });
});

describe("what asking leaves behind", () => {
  const AGENT = "11111111-1111-1111-1111-111111111111";
  let queue: WorkQueue;
  beforeEach(async () => {
    queue = await app.call(createWorkQueue, { body: { name: "test" } });
    app.clock.advance(5);
  });
  const polled = async () => {
    await settle();
    return (await row<{ last_polled: string | null }>("select last_polled from work_queue where name = 'test'"))
      ?.last_polled;
  };

  test("the time, and the agent, which may move to another queue", async () => {
    await ask(`/work_queues/${queue.id}/get_runs`, { agent_id: AGENT });
    expect(await polled()).toBe(inSeconds(app, 0));
    expect(await row("select id, work_queue_id from agent")).toEqual({ id: AGENT, work_queue_id: queue.id });
    const other = await app.call(createWorkQueue, { body: { name: "other" } });
    await ask(`/work_queues/${other.id}/get_runs`, { agent_id: AGENT });
    await settle();
    expect(await row("select id, work_queue_id from agent")).toEqual({ id: AGENT, work_queue_id: other.id });
    expect(await app.count("agent")).toBe(1);
  });

  test("nothing when it is the web UI that looks", async () => {
    await ask(`/work_queues/${queue.id}/get_runs`, { agent_id: AGENT }, { "x-prefect-ui": "true" });
    expect([await polled(), await app.count("agent")]).toEqual([null, 0]);
  });

  test("a queue that went meanwhile does no harm", async () => {
    const asking = ask(`/work_queues/${queue.id}/get_runs`, { agent_id: AGENT });
    const deleting = app.send("DELETE", `/work_queues/${queue.id}`);
    await Promise.all([asking, deleting]);
    await settle();
    expect([app.logged, await app.count("agent")]).toEqual([[], 0]);
  });

  test("of a pool: the queues that were named, or all", async () => {
    await ask("/work_pools/default-agent-pool/get_scheduled_flow_runs", { work_queue_names: ["default"] });
    expect(await polled()).toBeNull();
    await ask("/work_pools/default-agent-pool/get_scheduled_flow_runs", {});
    expect(await polled()).toBe(inSeconds(app, 0));
  });
});

describe("queues with a legacy filter", () => {
  const matching = async (filter: object): Promise<string[]> => {
    const queue = await app.call(createWorkQueue, { body: { name: "legacy", filter } });
    return (await ask(`/work_queues/${queue.id}/get_runs`, {})).names;
  };
  let ids: string[];
  beforeEach(async () => {
    await (await workFor(app, { name: "one", tags: ["a", "b"] })).due("a-b", 1);
    await (await workFor(app, { name: "two", tags: ["a"], work_queue_name: "other" })).due("a", 2);
    await (await workFor(app, { name: "three" })).due("plain", 3);
    ids = (await app.db.read((q) => q.all<{ id: string }>("select id from deployment order by created, id"))).map(
      ({ id }) => id,
    );
  });

  const table: [what: string, filter: () => object, names: string[]][] = [
    ["all tags must be there", () => ({ tags: ["a", "b"] }), ["a-b"]],
    ["one tag, in any queue", () => ({ tags: ["a"] }), ["a-b", "a"]],
    ["deployments", () => ({ deployment_ids: [ids[2]] }), ["plain"]],
    ["both", () => ({ tags: ["a"], deployment_ids: [ids[1], ids[2]] }), ["a"]],
    ["an empty filter takes whatever was deployed", () => ({}), ["a-b", "a", "plain"]],
  ];
  for (const [what, filter, names] of table) {
    test(what, async () => expect(await matching(filter())).toEqual(names));
  }

  test("runs without a deployment are nobody's", async () => {
    const flow = await app.send("POST", "/flows/", { name: "f" });
    const flow_id = (flow.body as { id: string }).id;
    await app.send("POST", "/flow_runs/", { flow_id, state: { type: "SCHEDULED" }, tags: ["lonely"] });
    expect(await matching({ tags: ["lonely"] })).toEqual([]);
  });

  test("CANCELLING runs take no slot there", async () => {
    const work = await workFor(app, { tags: ["a"] });
    await work.inState("CANCELLING");
    const queue = await app.call(createWorkQueue, {
      body: { name: "x", filter: { tags: ["a"] }, concurrency_limit: 1 },
    });
    expect((await ask(`/work_queues/${queue.id}/get_runs`, {})).names).toEqual(["a-b"]);
    await work.inState("PENDING");
    expect((await ask(`/work_queues/${queue.id}/get_runs`, {})).names).toEqual([]);
  });
});
