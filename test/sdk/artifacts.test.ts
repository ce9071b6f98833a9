// Artifacts and variables from user code, against the real server.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createClient } from "#client/client.ts";
import { fetchTransport } from "#client/transport.ts";
import { runFlowHere } from "#engine/direct.ts";
import { artifactsFor } from "#sdk/artifacts.ts";
import { apiHost } from "#sdk/host.ts";
import { createMarkdownArtifact, createTableArtifact, flow, task, variables } from "#sdk/index.ts";
import { variablesFor } from "#sdk/variables.ts";
import { listArtifacts, readArtifact } from "#wire/artifacts.ts";
import { readVariableByName } from "#wire/variables.ts";
import { type TestApp, testApp } from "../app.ts";
import { SETTINGS } from "../engine/settings.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp();
});
afterEach(() => app.close());

const options = () => ({
  client: createClient({ transport: fetchTransport(app.app.fetch), clock: app.clock, timeoutSeconds: 5, retries: 0 }),
  clock: app.clock,
  settings: { ...SETTINGS, ORCH_LOGGING_TO_API_ENABLED: false },
  output: () => {},
});
const host = () => apiHost(async () => options());

describe("artifacts", () => {
  test("made in a flow are its run's, made in a task the task run's too", async () => {
    const step = task(async () => createTableArtifact({ key: "rows", table: [{ a: 1 }] }), { name: "step" });
    const state = await runFlowHere(
      options(),
      flow(
        async () => {
          await createMarkdownArtifact({ key: "report", markdown: "# Hi", description: "d" });
          await step();
        },
        { name: "makes" },
      ),
      [],
    );
    const [report, rows, ...rest] = await app.call(listArtifacts, {
      body: { sort: "KEY_DESC", artifacts: { key: { exists_: true } } },
    });
    expect(rest).toEqual([]);
    expect(rows).toMatchObject({ key: "report", type: "markdown", data: "# Hi", description: "d", task_run_id: null });
    expect(report).toMatchObject({ key: "rows", type: "table", data: '[{"a":1}]', flow_run_id: state.flowRunId });
    expect(report?.task_run_id).toBeString();
  });
  test("outside of any run are nobody's", async () => {
    const { createLinkArtifact, createTableArtifact: createTable } = artifactsFor(host());
    const id = await createLinkArtifact({ link: "https://example.org", linkText: "the data" });
    expect(await app.call(readArtifact, { params: { id } })).toMatchObject({
      ...{ key: null, type: "markdown", data: "[the data](https://example.org)", flow_run_id: null },
    });
    const columns = await createTable({ table: { a: [1, 2] } });
    expect((await app.call(readArtifact, { params: { id: columns } })).data).toEqual({ a: [1, 2] });
    const digits = await createTable({ table: [{ id: 9007199254740993n, m: new Map([["a", new Set([1])]]) }] });
    expect((await app.call(readArtifact, { params: { id: digits } })).data).toBe(
      '[{"id":9007199254740993,"m":{"a":[1]}}]',
    );
    const bare = await createLinkArtifact({ link: "x" });
    expect((await app.call(readArtifact, { params: { id: bare } })).data).toBe("[x](x)");
  });
  test("of keys that are none, and of what has no JSON, are refused before anything is sent", async () => {
    const { createMarkdownArtifact: create, createTableArtifact: createTable } = artifactsFor(host());
    for (const key of ["My Report", ""]) {
      expect(create({ key, markdown: "x" })).rejects.toThrow(`'${key}' is no key for an artifact`);
    }
    const circle: Record<string, unknown> = {};
    circle["itself"] = circle;
    expect(async () => createTable({ table: [circle] })).toThrow("holds what has no JSON");
    expect(await app.count("artifact")).toBe(0);
  });
  test("where no API is known are refused with a sentence", () => {
    expect(createMarkdownArtifact({ markdown: "x" })).rejects.toThrow(
      "createMarkdownArtifact() was called where no API is known",
    );
  });
});

describe("variables", () => {
  test("are read in a flow, with a fallback", async () => {
    await variablesFor(host()).variables.set("limit", "5", { tags: ["etl"] });
    const reads = flow(
      async () => [await variables.get("limit"), await variables.get("none"), await variables.get("none", 7)],
      { name: "reads" },
    );
    expect((await runFlowHere(options(), reads, [])).result()).toEqual(["5", null, 7]);
  });
  test("are made, then changed, and keep the tags that are not given", async () => {
    const { set } = variablesFor(host()).variables;
    await set("limit", "5", { tags: ["etl"] });
    await set("limit", "6");
    expect(await app.call(readVariableByName, { params: { name: "limit" } })).toMatchObject({
      value: "6",
      tags: ["etl"],
    });
    await set("limit", "6", { tags: [] });
    expect(await app.call(readVariableByName, { params: { name: "limit" } })).toMatchObject({ tags: [] });
  });
  test("of names that are none are refused", () => {
    for (const name of ["My-Limit", ""]) {
      expect(variablesFor(host()).variables.set(name, "5")).rejects.toThrow(`'${name}' is no name for a variable`);
    }
  });
});
