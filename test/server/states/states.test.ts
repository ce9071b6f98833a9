// Histories of states, the data they hold, and the cache of completed ones.
import { afterAll, describe, expect, test } from "bun:test";
import { cacheState, readCachedState } from "#server/states/cache.ts";
import {
  listFlowRunStates,
  listTaskRunStates,
  readFlowRunState,
  readTaskRunState,
  type State,
} from "#wire/runs/states.ts";
import { testApp } from "../../app.ts";
import { makeFlowRun, makeTaskRun } from "../../factory.ts";
import { plansOf } from "../plans.ts";
import { flowRun, inSeconds, propose, walk } from "../proposals.ts";

const app = testApp();
afterAll(() => app.close());

const UNKNOWN = "00000000-0000-4000-8000-000000000000";

describe("the history of a run", () => {
  test("lists the states of a flow run in order, each as it is read alone", async () => {
    const run = await makeFlowRun(app, { state: { type: "SCHEDULED" } });
    await walk(app, "flow_runs", run.id, ["PENDING", { type: "RUNNING", name: "Going", message: "on" }]);
    const states = await app.call(listFlowRunStates, { query: { flow_run_id: run.id } });
    expect(states.map(({ name }) => name)).toEqual(["Scheduled", "Pending", "Going"]);
    for (const state of states) {
      expect(await app.call(readFlowRunState, { params: { id: state.id } })).toEqual(state);
    }
    expect((await flowRun(app, run.id)).state).toEqual(states.at(-1) as State);
  });

  test("lists the states of a task run likewise", async () => {
    const run = await makeTaskRun(app);
    await walk(app, "task_runs", run.id, ["RUNNING"]);
    const states = await app.call(listTaskRunStates, { query: { task_run_id: run.id } });
    expect(states.map(({ type }) => type)).toEqual(["PENDING", "RUNNING"]);
    for (const state of states) {
      expect(await app.call(readTaskRunState, { params: { id: state.id } })).toEqual(state);
    }
  });

  test("of an unknown run is empty; without a run it is asked for one", async () => {
    expect(await app.call(listFlowRunStates, { query: { flow_run_id: UNKNOWN } })).toEqual([]);
    expect((await app.send("GET", "/flow_run_states/")).status).toBe(422);
    expect((await app.send("GET", "/task_run_states/")).status).toBe(422);
  });

  for (const kind of ["flow_run_states", "task_run_states"]) {
    test(`says of an unknown one of ${kind} what the old server said of both`, async () => {
      expect(await app.send("GET", `/${kind}/${UNKNOWN}`)).toEqual({
        status: 404,
        body: { detail: "Flow run state not found" } as never,
      });
    });
  }
});

describe("the data of a state", () => {
  interface Artifact {
    key: string | null;
    type: string | null;
    description: string | null;
    data: string | null;
    flow_run_id: string | null;
  }

  async function stored(data: unknown): Promise<{ returned: unknown; read: unknown; artifacts: Artifact[] }> {
    const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
    const { body } = await app.send("POST", `/flow_runs/${run.id}/set_state`, { state: { type: "COMPLETED", data } });
    const artifacts = await app.db.read((q) =>
      q.all<Artifact>("select key, type, description, data, flow_run_id from artifact where flow_run_id = ?", run.id),
    );
    const { state }: { state: State } = body;
    return { returned: state.data, read: (await flowRun(app, run.id)).state?.data, artifacts };
  }

  test("gives its artifact_ parts to the artifact that keeps it", async () => {
    const { returned, read, artifacts } = await stored({
      ...{ type: "unpersisted", artifact_type: "result", artifact_description: "A number", artifact_key: "answer" },
    });
    expect(returned).toEqual({ type: "unpersisted" });
    expect(read).toEqual(returned);
    expect(artifacts).toMatchObject([
      { key: "answer", type: "result", description: "A number", data: '{"type":"unpersisted"}' },
    ]);
  });

  const values: [what: string, data: unknown][] = [
    ["an object without such parts", { type: "literal", value: null }],
    ["an empty object", {}],
    ["a list", [1, "two", null]],
    ["zero", 0],
    ["false", false],
    ["an empty text", ""],
  ];
  for (const [what, data] of values) {
    test(`may be ${what}`, async () => {
      const { returned, read, artifacts } = await stored(data);
      expect([returned, read]).toEqual([data, data]);
      expect(artifacts).toMatchObject([{ key: null, type: null, description: null, data: JSON.stringify(data) }]);
    });
  }

  for (const nothing of [null, undefined]) {
    test(`that is ${nothing} is kept nowhere`, async () => {
      expect(await stored(nothing)).toEqual({ returned: null, read: null, artifacts: [] });
    });
  }
});

test("details that differ from the defaults are kept, the others are all there", async () => {
  const run = await makeTaskRun(app);
  const state_details = { cache_key: "k", untrackable_result: true, refresh_cache: true, pause_key: "p" };
  const seen = await propose(app, "task_runs", run.id, { type: "RUNNING", state_details });
  const read = await app.call(readTaskRunState, { params: { id: seen.state?.id ?? "" } });
  expect(read.state_details).toEqual({
    ...{ flow_run_id: run.flow_run_id, task_run_id: run.id, child_flow_run_id: null, scheduled_time: null },
    ...{ cache_key: "k", cache_expiration: null, untrackable_result: true, pause_timeout: null },
    ...{ pause_reschedule: false, pause_key: "p", refresh_cache: true },
  });
});

describe("the cache", () => {
  async function cache(key: string, expiresIn: number | null): Promise<string> {
    const run = await makeTaskRun(app, { state: { type: "COMPLETED" } });
    const cache_expiration = expiresIn === null ? null : inSeconds(app, expiresIn);
    const entry = { cache_key: key, cache_expiration, state_id: run.state_id ?? "", now: inSeconds(app, 0) };
    await app.db.write((tx) => cacheState(tx, entry));
    app.clock.advance(1);
    return entry.state_id;
  }
  const find = (key: string) => app.db.read((q) => readCachedState(q, key, inSeconds(app, 0))?.id);

  test("finds the newest entry of a key", async () => {
    await cache("newest", null);
    const second = await cache("newest", null);
    expect(await find("newest")).toBe(second);
    expect(await find("unheard")).toBeUndefined();
  });

  test("falls back to an older entry when the newer one has expired", async () => {
    const lasting = await cache("older", null);
    const brief = await cache("older", 5);
    expect(await find("older")).toBe(brief);
    app.clock.advance(5);
    expect(await find("older")).toBe(lasting);
  });

  test("looks its keys up in an index", async () => {
    const [plan] = await plansOf(app, (q) => readCachedState(q, "k", inSeconds(app, 0)));
    expect(plan).toStartWith("SEARCH c USING INDEX task_run_state_cache_key (cache_key=?)");
    expect(plan).not.toContain("TEMP B-TREE");
  });
});
