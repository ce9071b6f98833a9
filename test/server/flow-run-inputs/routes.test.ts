// Inputs of runs, and runs that are resumed with one: of clients of Prefect 2.14 and later.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeFlowRun } from "../../factory.ts";

let app: TestApp;
let run: FlowRun;
beforeEach(async () => {
  app = testApp({ services: false });
  run = await makeFlowRun(app);
});
afterEach(() => app.close());

const send = (method: string, path: string, body?: unknown) => app.send(method, `/flow_runs/${run.id}${path}`, body);
const propose = (state: object) => send("POST", "/set_state", { state });
const text = async (path: string) =>
  (await app.app.fetch(new Request(`http://test/api/flow_runs/${run.id}${path}`))).text();

describe("an input", () => {
  test("is stored once, read as plain text, found by its prefix and deleted", async () => {
    expect((await send("POST", "/input", { key: "a-1", value: "one" })).status).toBe(201);
    expect((await send("POST", "/input", { key: "a-2", value: '"two"', sender: "me" })).status).toBe(201);
    expect((await send("POST", "/input", { key: "a-1", value: "again" })).status).toBe(409);
    expect(await text("/input/a-1")).toBe("one");
    const found = await send("POST", "/input/filter", { prefix: "a", limit: 5, exclude_keys: ["a-1"] });
    expect(found.body).toMatchObject([{ key: "a-2", value: '"two"', sender: "me", flow_run_id: run.id }]);
    expect((await send("DELETE", "/input/a-1")).status).toBe(204);
    expect((await send("GET", "/input/a-1")).status).toBe(404);
    expect((await send("DELETE", "/input/a-1")).status).toBe(404);
  });

  test("is refused for a run that is not there, and goes with its run", async () => {
    const unknown = "0f9b1c52-8a3e-4c53-9d55-2f5f0f6cf0a1";
    expect((await app.send("POST", `/flow_runs/${unknown}/input`, { key: "a", value: "x" })).status).toBe(404);
    await send("POST", "/input", { key: "a", value: "x" });
    await send("DELETE", "");
    expect(await app.count("flow_run_input")).toBe(0);
  });
});

describe("a run that waits for input", () => {
  const keys = { schema: "paused-1-schema", response: "paused-1-response" };
  beforeEach(async () => {
    await propose({ type: "RUNNING" });
    const schema = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
    await send("POST", "/input", { key: keys.schema, value: JSON.stringify(schema) });
    await propose({ type: "PAUSED", state_details: { run_input_keyset: keys, pause_key: "1" } });
  });

  test("says so in its state, and nothing of the other later details", async () => {
    const { state_details } = (await app.send("GET", `/flow_runs/${run.id}`)).body["state"] as {
      state_details: object;
    };
    expect(state_details).toMatchObject({ run_input_keyset: keys });
    expect(Object.keys(state_details)).not.toContain("retriable");
  });

  test("goes on with an input that fits, which it finds stored", async () => {
    const answer = await send("POST", "/resume", { run_input: { name: "Ford" } });
    expect(answer).toMatchObject({ status: 201, body: { status: "ACCEPT", state: { type: "RUNNING" } } });
    expect(await text(`/input/${keys.response}`)).toBe('{"name":"Ford"}');
  });

  test("stays paused with one that does not, or without", async () => {
    const wrong = await send("POST", "/resume", { run_input: { name: 5 } });
    expect(wrong).toMatchObject({ status: 200, body: { status: "REJECT", state: { type: "PAUSED" } } });
    expect(JSON.stringify(wrong.body)).toContain("run_input.name must be of type string");
    expect((await send("POST", "/resume")).body).toMatchObject({ status: "REJECT" });
  });
});

test("a transition that is proposed twice with the same mark happens once", async () => {
  const state = { type: "RUNNING", state_details: { transition_id: "5b2cdd4c-3a9b-4a7e-a5d0-6a2b7b9d4f10" } };
  const first = await propose(state);
  const second = await propose(state);
  expect(first).toMatchObject({ status: 201, body: { status: "ACCEPT" } });
  expect(second).toMatchObject({ status: 200, body: { status: "REJECT", state: { type: "RUNNING" } } });
});

test("details of later releases that are null are not kept, nor answered", async () => {
  const details = { run_input_keyset: null, retriable: null, transition_id: null, task_parameters_id: null };
  const answer = await propose({ type: "RUNNING", state_details: details });
  const { state_details } = answer.body["state"] as { state_details: object };
  expect(Object.keys(JSON.parse(JSON.stringify(state_details)))).not.toContain("retriable");
  expect(Object.keys(JSON.parse(JSON.stringify(state_details)))).not.toContain("run_input_keyset");
});
