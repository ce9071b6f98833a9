// `orch adopt URL` where a server does not give all at once, or cannot give all: nothing is dropped silently.
import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import { openPrefectServer } from "#cli/adopt/server/prefect-server.ts";
import { messageOf } from "#lib/errors.ts";
import { manualClock } from "../../clock.ts";
import { createServerHome, later, made, type ServerHome, TIME } from "./server-home.ts";

let home: ServerHome;
beforeEach(() => {
  home = createServerHome();
});
afterEach(() => home.close());

const numbered = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const variable = (name: string) => ({ ...made(), name, value: "x", tags: [] });
const deployment = (name: string, flow: unknown) => ({
  ...{ ...made(), name, flow_id: flow, tags: [], parameters: {}, infra_overrides: {}, is_schedule_active: true },
});
const artifact = (key: string) => ({ ...made(), key, type: "markdown", data: "# hi", flow_run_id: null });

/** A home in which every kind has six objects, on a server that gives five at once. */
function fill(): void {
  const { fake } = home;
  fake.limit = 5;
  const { flow, runs } = home.withRuns(6);
  fake.lists["/flows/filter"]?.push(...numbered(5, "flow-").map((name) => ({ ...made(), name, tags: [] })));
  fake.lists["/deployments/filter"] = numbered(6, "deployment-").map((name) => deployment(name, flow["id"]));
  fake.lists["/variables/filter"] = numbered(6, "v").map(variable);
  fake.lists["/saved_searches/filter"] = numbered(6, "s").map((name) => ({ ...made(), name, filters: [] }));
  fake.lists["/concurrency_limits/filter"] = numbered(6, "t").map((tag) => ({
    ...{ ...made(), tag, concurrency_limit: 1, active_slots: [] },
  }));
  fake.lists["/work_pools/filter"] = numbered(6, "pool-").map((name) => ({
    ...{ ...made(), name, type: "process", base_job_template: {}, is_paused: false },
  }));
  fake.lists["/artifacts/filter"] = numbered(6, "a").map(artifact);
  const type = { ...made(), name: "Mine", slug: "mine", is_protected: false };
  fake.lists["/block_types/filter"] = [
    type,
    ...numbered(5, "type-").map((slug) => ({ ...made(), name: slug, slug, is_protected: false })),
  ];
  fake.lists["/block_schemas/filter"] = numbered(6, "sha256:").map((checksum) => ({
    ...{ ...made(), checksum, version: "1", capabilities: [], block_type_id: type.id, fields: { title: "Mine" } },
  }));
  fake.lists["/block_documents/filter"] = numbered(6, "block-").map((name) => ({
    ...{ ...made(), name, block_type_id: type.id, is_anonymous: false, data: {}, block_document_references: {} },
    block_schema_id: fake.lists["/block_schemas/filter"]?.[0]?.["id"],
  }));
  fake.lists["/flow_run_notification_policies/filter"] = numbered(6, "x").map((tag) => ({
    ...{ ...made(), is_active: true, state_names: [], tags: [tag], message_template: null },
    block_document_id: fake.lists["/block_documents/filter"]?.[0]?.["id"],
  }));
  fake.lists["/task_runs/filter"] = numbered(6, "t-").map((name) => taskRun(name, runs[1]?.["id"]));
  fake.lists["/logs/filter"] = Array.from({ length: 6 }, (_, index) => ({
    ...{ ...made(), name: "x", level: 20, message: `line ${index}`, flow_run_id: runs[0]?.["id"], task_run_id: null },
    timestamp: later(index),
  }));
}

function taskRun(name: string, flow_run_id: unknown) {
  const run = { ...made(), name, flow_run_id, task_key: "t", dynamic_key: name, tags: [], task_inputs: {} };
  return home.enter({ ...run, empirical_policy: {}, run_count: 1, total_run_time: 0 }, "COMPLETED");
}

const KINDS = [
  ["flows", "flow"],
  ["deployments", "deployment"],
  ["variables", "variable"],
  ["saved_searches", "saved_search"],
  ["concurrency_limits", "concurrency_limit"],
  ["work_pools", "work_pool"],
  ["artifacts", "artifact"],
  ["block_types", "block_type"],
  ["block_schemas", "block_schema"],
  ["block_documents", "block_document"],
  ["flow_run_notification_policies", "flow_run_notification_policy"],
  ["flow_runs", "flow_run"],
  ["task_runs", "task_run"],
  ["logs", "log"],
] as const;

describe("adopt 2: one object that the server cannot send is named and left out, and comes with the next run", () => {
  for (const [index, [list, table]] of KINDS.entries()) {
    const place = [0, 3, 5][index % 3] ?? 0;
    test(`${list}, the one at place ${place}`, async () => {
      fill();
      const all = home.fake.lists[`/${list}/filter`] ?? [];
      home.fake.unsendable.add(all[place]?.["id"]);
      const first = await home.adopt();
      expect([first.code, first.err.startsWith("1 object of 'http://")]).toEqual([1, true]);
      const line = first.lines.get(table);
      const note = line?.notes.find(({ why }) => why.includes("answers with an error"));
      expect([line?.found, note?.count, note?.names.length]).toEqual([6, 1, 1]);
      expect(note?.names[0]).toMatch(/[0-9a-f-]{36}/);
      home.fake.unsendable.clear();
      const second = await home.adopt();
      expect([second.err, second.code]).toEqual(["", 0]);
      for (const [, each] of second.lines)
        expect([each.table, each.taken + each.known]).toEqual([each.table, each.found]);
      const third = await home.adopt();
      expect([...third.lines.values()].filter(({ taken }) => taken > 0)).toEqual([]);
    });
  }

  test("several in a row, on a server of another page size than it was thought to have", async () => {
    home.fake.limit = 7;
    home.withRuns(0);
    const all = numbered(40, "v").map(variable);
    home.fake.lists["/variables/filter"] = all;
    for (const at of [0, 1, 2, 13, 14, 39]) home.fake.unsendable.add(all[at]?.id);
    const { code, lines } = await home.adopt();
    expect([code, lines.get("variable")?.taken, lines.get("variable")?.left_out]).toEqual([1, 34, 6]);
  });

  test("a run that its list cannot send and that can be sent alone comes over", async () => {
    const { runs } = home.withRuns(3);
    const [, id] = runs.map((run) => run["id"]);
    home.fake.lists["/logs/filter"] = [
      { ...made(), name: "x", level: 20, message: "m", flow_run_id: id, task_run_id: null, timestamp: later(1) },
    ];
    home.fake.before = (path, { limit, offset = 0 }) => {
      const has = Number(offset) <= 1 && Number(offset) + Number(limit ?? 200) > 1;
      return path === "/flow_runs/filter" && has ? new Response("", { status: 500 }) : undefined;
    };
    const { code, lines } = await home.adopt();
    expect([code, lines.get("flow_run")?.taken, lines.get("flow_run_state")?.taken]).toEqual([0, 3, 3]);
  });

  test("an answer that is no JSON is like an error", async () => {
    const { runs } = home.withRuns(3);
    home.fake.before = (path, { limit, offset = 0 }) => {
      const has = Number(offset) <= 2 && Number(offset) + Number(limit ?? 200) > 2;
      return path === "/flow_runs/filter" && has ? new Response('[{"x": NaN}]') : undefined;
    };
    const { code, lines } = await home.adopt();
    expect([code, lines.get("flow_run")?.taken]).toEqual([1, 2]);
    expect(lines.get("flow_run")?.notes[0]?.names).toEqual([`the one after 'run-1' (${runs[1]?.["id"]})`]);
  });

  test("states that cannot be sent: the run comes with its last one", async () => {
    const { runs } = home.withRuns(2);
    const states = home.fake.states[String(runs[0]?.["id"])] ?? [];
    states.unshift({ ...states[0], id: crypto.randomUUID(), timestamp: TIME });
    home.fake.unsendable.add(states[0]?.["id"]);
    const { code, lines } = await home.adopt();
    const line = lines.get("flow_run_state");
    expect([code, line?.taken, line?.notes[0]?.names]).toEqual([
      ...[1, 2],
      [`those of 'run-0' (${runs[0]?.["id"]}) before its last`],
    ]);
    home.fake.unsendable.clear();
    expect((await home.adopt()).lines.get("flow_run_state")).toMatchObject({ found: 3, taken: 1, known: 2 });
  });

  test("what refers to it comes without it, and is joined to it when it comes", async () => {
    const { flow, runs } = home.withRuns(1);
    const one = deployment("daily", flow["id"]);
    home.fake.lists["/deployments/filter"] = [one];
    Object.assign(runs[0] ?? {}, { deployment_id: one.id });
    home.fake.unsendable.add(one.id);
    const first = await home.adopt();
    expect(first.lines.get("deployment")?.notes[0]?.names).toEqual([one.id]);
    expect(first.lines.get("flow_run")?.notes).toMatchObject([
      { kind: "changed", count: 1, why: "they come without their deployment, which is not there" },
    ]);
    home.fake.unsendable.clear();
    const second = await home.adopt();
    expect(second.lines.get("flow_run")?.notes[0]?.why).toContain("are now linked to their deployment");
    expect(home.rows("select deployment_id from flow_run")).toEqual([{ deployment_id: one.id }]);
  });
});

describe("adopt 1: what a list does not show", () => {
  test("the inputs of a run beyond the first page", async () => {
    home.fake.version = "2.20.1";
    const { runs } = home.withRuns(2);
    const id = String(runs[1]?.["id"]);
    home.fake.inputs[id] = numbered(2_345, "key-").map((key) => ({ ...made(), key, value: "1", flow_run_id: id }));
    const { code, lines } = await home.adopt();
    expect([code, lines.get("flow_run_input")?.taken]).toEqual([0, 2_345]);
    expect((await home.adopt()).lines.get("flow_run_input")?.known).toBe(2_345);
  });

  test("inputs that a server gives no more of", async () => {
    home.fake.version = "2.20.1";
    const { runs } = home.withRuns(1);
    const id = String(runs[0]?.["id"]);
    home.fake.inputs[id] = numbered(300, "key-").map((key) => ({ ...made(), key, value: "1", flow_run_id: id }));
    home.fake.before = (path, body) => {
      if (path.endsWith("/input/filter")) Object.assign(body, { exclude_keys: [], limit: 200 });
      return undefined;
    };
    const { code, lines } = await home.adopt();
    expect([code, lines.get("flow_run_input")?.taken]).toEqual([1, 200]);
    expect(lines.get("flow_run_input")?.notes[0]?.names).toEqual([`those of 'run-0' (${id}) after its first 200`]);
  });

  test("a server that gives one at once", async () => {
    fill();
    home.fake.limit = 1;
    const { code, lines } = await home.adopt();
    expect(code).toBe(0);
    for (const [, table] of KINDS) expect([table, lines.get(table)?.taken]).toEqual([table, 6]);
  });

  test("a block that a page has missed, as they come in no order, is asked for by what refers to it", async () => {
    fill();
    const blocks = home.fake.lists["/block_documents/filter"] ?? [];
    const [policy] = home.fake.lists["/flow_run_notification_policies/filter"] ?? [];
    Object.assign(policy ?? {}, { block_document_id: blocks[5]?.["id"] });
    home.fake.before = (path, { offset }) => {
      const isShown = path === "/block_documents/filter";
      return isShown ? Response.json(Number(offset) > 0 ? blocks.slice(4, 5) : blocks.slice(0, 5)) : undefined;
    };
    const { code, lines } = await home.adopt();
    expect([code, lines.get("block_document")?.taken]).toEqual([0, 6]);
  });

  test("what the server counts and never shows is a line with their number", async () => {
    fill();
    home.fake.before = (path) => {
      if (path === "/variables/count") return Response.json(9);
      return path === "/task_runs/count" ? Response.json(8) : undefined;
    };
    const { code, err, lines } = await home.adopt();
    expect([code, err.startsWith("5 objects of")]).toEqual([1, true]);
    expect(lines.get("variable")).toMatchObject({ found: 9, taken: 6, left_out: 3 });
    expect(lines.get("task_run")).toMatchObject({ found: 8, taken: 6, left_out: 2 });
    expect(lines.get("variable")?.notes[0]?.why).toContain("says that it has more of them than it lists");
  });

  test("variables that are added while they are read", async () => {
    fill();
    const all = home.fake.lists["/variables/filter"] ?? [];
    home.fake.before = (path, { offset }) => {
      if (path === "/variables/filter" && Number(offset) > 0 && all.length === 6) {
        all.unshift(variable("first"));
        all.splice(1, 1);
        all.unshift(variable("zeroth"));
      }
      return undefined;
    };
    const { code, lines } = await home.adopt();
    expect([code, (lines.get("variable")?.taken ?? 0) >= 7]).toEqual([0, true]);
  });

  test("a pool that is deleted while it is read", async () => {
    fill();
    home.fake.lists["/work_pools/pool-1/queues/filter"] = [];
    expect((await home.adopt()).code).toBe(0);
  });
});

describe("adopt 3: a server that is away, too busy or silent in the middle is one sentence", () => {
  const failureOf = async () => {
    const clock = { ...manualClock(), sleep: async () => {} };
    return await openPrefectServer(home.fake.url, { apiKey: null, clock, show() {} }).then(() => "", messageOf);
  };

  for (const status of [429, 503]) {
    test(`it answers ${status}`, async () => {
      fill();
      home.fake.before = (path) => (path === "/logs/filter" ? new Response("busy", { status }) : undefined);
      expect(await failureOf()).toBe(
        `The server at ${home.fake.url} answered POST /logs/filter with ${status}. It is too busy: adopt again later. Nothing was changed.`,
      );
    });
  }

  test("it is too busy from the beginning", async () => {
    home.fake.before = () => new Response("busy", { status: 503 });
    expect(await failureOf()).toBe(
      `The server at ${home.fake.url} answered GET /admin/version with 503. It is too busy: adopt again later. Nothing was changed.`,
    );
  });

  test("it asks for an hour of patience: it is asked again much earlier", async () => {
    fill();
    const headers = { "retry-after": "3600" };
    home.fake.before = (path) => (path === "/logs/filter" ? new Response("", { status: 503, headers }) : undefined);
    const slept: number[] = [];
    const clock = { ...manualClock(), sleep: async (millis: number) => void slept.push(millis) };
    await openPrefectServer(home.fake.url, { apiKey: null, clock, show() {} }).catch(() => {}); // its pauses are what is looked at
    expect([slept.length, Math.max(...slept)]).toEqual([5, 30_000]);
  });

  test("it answers nothing", async () => {
    fill();
    const patience = new AbortController();
    const timeout = spyOn(AbortSignal, "timeout").mockImplementation(() => patience.signal);
    home.fake.before = (path) => {
      if (path !== "/logs/filter") return undefined;
      patience.abort(new DOMException("The operation timed out.", "TimeoutError"));
      return undefined;
    };
    try {
      expect(await failureOf()).toMatch(
        /^Prefect's server at \S+ did not answer POST \/logs\/filter within 120 seconds\. .*Nothing was changed: adopt again/,
      );
    } finally {
      timeout.mockRestore();
    }
  });
});
