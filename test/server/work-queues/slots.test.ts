// Limits are checked with the claim too: what was offered to two agents in one moment may be too much by then.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createWorkPool } from "#wire/pools/work-pools.ts";
import { readFlowRun } from "#wire/runs/flow-runs.ts";
import { HEARTBEAT_HEADER } from "#wire/runs/heartbeats.ts";
import { type TestApp, testApp } from "../../app.ts";
import { type Work, workFor } from "./work.ts";

let app: TestApp;
let one: Work;
let other: Work;
beforeEach(async () => {
  app = testApp({ services: false });
  await app.call(createWorkPool, { body: { name: "big" } });
  one = await workFor(app, { work_pool_name: "big", work_queue_name: "one" });
  other = await workFor(app, { work_pool_name: "big", work_queue_name: "other" });
});
afterEach(() => app.close());

const limit = (path: string, concurrency_limit: number) =>
  app.send("PATCH", `/work_pools/big${path}`, { concurrency_limit });

interface Verdict {
  status: string;
  details: { reason?: string };
}

async function claim({ id }: { id: string }, headers: Record<string, string> = { [HEARTBEAT_HEADER]: "1" }) {
  const answer = await app.send("POST", `/flow_runs/${id}/set_state`, { state: { type: "PENDING" } }, headers);
  const { status, details }: Verdict = answer.body;
  return [answer.status, status, ...(details.reason ? [details.reason] : [])];
}

const stateType = async ({ id }: { id: string }) => (await app.call(readFlowRun, { params: { id } })).state_type;

test("a claim in a full queue is aborted, and its run goes on waiting", async () => {
  await limit("/queues/one", 1);
  const [first, second] = [await one.due("first"), await one.due("second")];
  expect(await claim(first)).toEqual([201, "ACCEPT"]);
  expect(await claim(second)).toEqual([200, "ABORT", "The concurrency limit of work queue 'one' is reached."]);
  expect(await stateType(second)).toBe("SCHEDULED");
  expect(await claim(await other.due("third"))).toEqual([201, "ACCEPT"]);
  await app.send("POST", `/flow_runs/${first.id}/set_state`, { state: { type: "COMPLETED" }, force: true });
  expect(await claim(second)).toEqual([201, "ACCEPT"]);
});

test("the limit is a rule: the refusal carries the state that stays, and a forced claim passes it by", async () => {
  await limit("/queues/one", 0);
  const { id } = await one.due("first");
  const propose = (force: boolean) =>
    app.send("POST", `/flow_runs/${id}/set_state`, { state: { type: "PENDING" }, force }, { [HEARTBEAT_HEADER]: "1" });
  expect((await propose(false)).body).toMatchObject({ status: "ABORT", state: { type: "SCHEDULED" } });
  expect((await propose(true)).body).toMatchObject({ status: "ACCEPT", state: { type: "PENDING" } });
});

test("a claim in a full pool is aborted, whatever its queue has room for", async () => {
  await limit("", 2);
  await limit("/queues/other", 5);
  for (const work of [one, other]) expect(await claim(await work.due("early"))).toEqual([201, "ACCEPT"]);
  const late = await other.due("late");
  expect(await claim(late)).toEqual([200, "ABORT", "The concurrency limit of work pool 'big' is reached."]);
});

test("a claim that is repeated is told that it was heard, also when it took the last slot", async () => {
  await limit("/queues/one", 1);
  const run = await one.due("run");
  await claim(run);
  expect((await claim(run))[1]).toBe("ABORT");
  expect(await stateType(run)).toBe("PENDING");
});

test("agents of the old kind are asked nothing: limits are kept by what they are offered", async () => {
  await limit("/queues/one", 1);
  for (const name of ["first", "second"]) expect(await claim(await one.due(name), {})).toEqual([201, "ACCEPT"]);
});
