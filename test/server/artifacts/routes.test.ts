// Artifacts over the API: made, found, changed, and the newest of each key.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  type Artifact,
  countArtifacts,
  countLatestArtifacts,
  createArtifact,
  listArtifacts,
  listLatestArtifacts,
  readLatestArtifact,
} from "#wire/artifacts.ts";
import type { CallInput } from "#wire/endpoint.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeFlow, makeFlowRun, makeTaskRun } from "../../factory.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

type Fields = CallInput<typeof createArtifact>["body"];
async function make(fields: Fields = {}): Promise<Artifact> {
  app.clock.advance(1);
  return app.call(createArtifact, { body: fields });
}
const keys = async (body: CallInput<typeof listArtifacts>["body"]) =>
  (await app.call(listArtifacts, { body: { sort: "KEY_ASC", ...body } })).map(({ key }) => key);

describe("making one", () => {
  test("answers 201 with all of it", async () => {
    const { status, body } = await app.send("POST", "/artifacts/", {
      ...{ key: "report", type: "markdown", description: "d", data: "# Hi", metadata_: { a: "b" } },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...{ key: "report", type: "markdown", description: "d", data: "# Hi", metadata_: { a: "b" } },
      ...{ flow_run_id: null, task_run_id: null },
    });
    expect(await app.send("GET", `/artifacts/${(body as Artifact).id}`)).toEqual({ status: 200, body });
  });
  test("of nothing is one of nothing", async () => {
    expect(await make()).toMatchObject({ key: null, type: null, data: null, metadata_: null });
    expect(await app.count("artifact_collection")).toBe(0);
  });
  for (const data of ["text", 5, [1, { a: null }], { a: { b: [] } }, false]) {
    test(`keeps ${JSON.stringify(data)} as it is`, async () => expect((await make({ data })).data).toEqual(data));
  }
  test("cuts long metadata at 500 characters", async () => {
    expect((await make({ metadata_: { long: "x".repeat(501), fits: "y".repeat(500) } })).metadata_).toEqual({
      ...{ long: `${"x".repeat(500)}...`, fits: "y".repeat(500) },
    });
  });
  test("refuses a key that is no slug, and fields it does not know", async () => {
    for (const body of [{ key: "My Report" }, { bogus: 1 }]) {
      expect((await app.send("POST", "/artifacts/", body)).status).toBe(422);
    }
    expect(await app.count("artifact")).toBe(0);
  });
});

describe("the newest of a key", () => {
  test("is what was made last; the key's id and its beginning stay", async () => {
    const first = await make({ key: "a", data: 1 });
    const before = await app.call(readLatestArtifact, { params: { key: "a" } });
    const second = await make({ key: "a", data: 2 });
    const now = await app.call(readLatestArtifact, { params: { key: "a" } });
    expect(now).toMatchObject({ id: before.id, created: before.created, key: "a", data: 2 });
    expect(now.updated > before.updated).toBe(true);
    expect([first.id, second.id]).not.toContain(now.id);
    const [latest, ...others] = await app.call(listLatestArtifacts, { body: {} });
    expect([latest?.latest_id, others]).toEqual([second.id, []]);
  });
  test("is the one before when it is deleted, and none when it was the last", async () => {
    const [first, second] = [await make({ key: "a", data: 1 }), await make({ key: "a", data: 2 })];
    expect((await app.send("DELETE", `/artifacts/${second.id}`)).status).toBe(204);
    expect(await app.call(readLatestArtifact, { params: { key: "a" } })).toMatchObject({ data: 1 });
    expect((await app.send("DELETE", `/artifacts/${first.id}`)).status).toBe(204);
    expect((await app.send("GET", "/artifacts/a/latest")).status).toBe(404);
    expect(await app.count("artifact_collection")).toBe(0);
  });
  test("stays when an older one is deleted", async () => {
    const first = await make({ key: "a", data: 1 });
    await make({ key: "a", data: 2 });
    await app.send("DELETE", `/artifacts/${first.id}`);
    expect(await app.call(readLatestArtifact, { params: { key: "a" } })).toMatchObject({ data: 2 });
  });
});

describe("changing one", () => {
  test("changes what is sent, and nothing else", async () => {
    const { id } = await make({ key: "a", data: 1, description: "before", metadata_: { a: "1" } });
    expect((await app.send("PATCH", `/artifacts/${id}`, { data: { x: 1 } })).status).toBe(204);
    expect((await app.send("GET", `/artifacts/${id}`)).body).toMatchObject({
      ...{ data: { x: 1 }, description: "before", metadata_: { a: "1" } },
    });
    await app.send("PATCH", `/artifacts/${id}`, { description: null, metadata_: null });
    expect((await app.send("GET", `/artifacts/${id}`)).body).toMatchObject({ description: null, metadata_: null });
  });
  test("that is not the newest of its key is changed and answered alike, unlike on the old server", async () => {
    const { id } = await make({ key: "a" });
    await make({ key: "a" });
    expect((await app.send("PATCH", `/artifacts/${id}`, { data: 7 })).status).toBe(204);
  });
  test("that is not there is 404", async () => {
    const id = "01234567-89ab-cdef-0123-456789abcdef";
    for (const [method, path] of [
      ["GET", id],
      ["PATCH", id],
      ["DELETE", id],
      ["GET", "none/latest"],
    ] as const) {
      const answer = await app.send(method, `/artifacts/${path}`, method === "PATCH" ? {} : undefined);
      expect(answer).toEqual({ status: 404, body: { detail: "Artifact not found." } as never });
    }
  });
});

describe("finding them", () => {
  let run: string;
  let task: string;
  let flow: { id: string; name: string };
  beforeEach(async () => {
    flow = await makeFlow(app, "reports");
    const deployment = await makeDeployment(app, { flow_id: flow.id, name: "daily" });
    run = (await makeFlowRun(app, { flow_id: flow.id, deployment_id: deployment.id, state: { type: "RUNNING" } })).id;
    task = (await makeTaskRun(app, { flow_run_id: run, name: "t" })).id;
    await make({ key: "a-one", type: "markdown" });
    await make({ key: "b-two", type: "table", flow_run_id: run });
    await make({ key: "c-two", type: "table", flow_run_id: run, task_run_id: task });
    await make({ type: "result" });
  });

  const FILTERS: [what: string, filter: () => object, found: (string | null)[]][] = [
    ["all", () => ({}), [null, "a-one", "b-two", "c-two"]],
    ["by key", () => ({ artifacts: { key: { any_: ["a-one", "c-two"] } } }), ["a-one", "c-two"]],
    ["by a part of the key", () => ({ artifacts: { key: { like_: "TWO" } } }), ["b-two", "c-two"]],
    ["with a key", () => ({ artifacts: { key: { exists_: true } } }), ["a-one", "b-two", "c-two"]],
    ["without one", () => ({ artifacts: { key: { exists_: false } } }), [null]],
    ["by type", () => ({ artifacts: { type: { any_: ["markdown"] } } }), ["a-one"]],
    ["by other types", () => ({ artifacts: { type: { not_any_: ["markdown", "result"] } } }), ["b-two", "c-two"]],
    ["by flow run", () => ({ artifacts: { flow_run_id: { any_: [run] } } }), ["b-two", "c-two"]],
    ["by task run", () => ({ artifacts: { task_run_id: { any_: [task] } } }), ["c-two"]],
    [
      "by either",
      () => ({ artifacts: { operator: "or_", key: { any_: ["a-one"] }, task_run_id: { any_: [task] } } }),
      ["a-one", "c-two"],
    ],
    ["of runs", () => ({ flow_runs: { id: { any_: [run] } } }), ["b-two", "c-two"]],
    ["of task runs", () => ({ task_runs: { name: { any_: ["t"] } } }), ["c-two"]],
    ["of flows", () => ({ flows: { name: { any_: ["reports"] } } }), ["b-two", "c-two"]],
    ["of deployments", () => ({ deployments: { name: { any_: ["daily"] } } }), ["b-two", "c-two"]],
    ["of other deployments", () => ({ deployments: { name: { any_: ["nightly"] } } }), []],
  ];
  for (const [what, filter, found] of FILTERS) {
    test(what, async () => {
      expect(await keys(filter())).toEqual(found);
      expect(await app.call(countArtifacts, { body: filter() })).toBe(found.length);
      const kept = found.filter((key) => key !== null);
      const latest = await app.call(listLatestArtifacts, { body: { sort: "KEY_ASC", ...filter() } });
      expect(latest.map(({ key }) => key as string | null)).toEqual(kept);
      expect(await app.call(countLatestArtifacts, { body: filter() })).toBe(kept.length);
    });
  }
  test("in every order, page by page", async () => {
    for (const sort of ["CREATED_DESC", "UPDATED_DESC", "ID_DESC"] as const) {
      expect(await keys({ sort })).toEqual([null, "c-two", "b-two", "a-one"]);
    }
    expect(await keys({ sort: "KEY_DESC", limit: 2 })).toEqual(["c-two", "b-two"]);
    expect(await keys({ sort: "KEY_DESC", limit: 2, offset: 1 })).toEqual(["b-two", "a-one"]);
  });
});
