// `orch flow-run resume` in this process.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { withApi } from "#cli/api.ts";
import { newId } from "#lib/ids.ts";
import { loadSettings } from "#settings/load.ts";
import { createFlow } from "#wire/deployments/flows.ts";
import { createFlowRun, setFlowRunState } from "#wire/runs/flow-runs.ts";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
let id: string;
let name: string;
beforeAll(async () => {
  terminal = testTerminal();
  const { settings } = loadSettings({ HOME: terminal.folder, ORCH_HOME: terminal.home });
  id = await withApi(settings, async ({ client }) => {
    const flow = await client.call(createFlow, { body: { name: "f" } });
    const run = await client.call(createFlowRun, { body: { flow_id: flow.id, state: { type: "RUNNING" } } });
    const state_details = { pause_timeout: "2126-01-01T00:00:00+00:00", pause_key: "1" };
    const state = { type: "PAUSED", name: "Paused", state_details } as const;
    await client.call(setFlowRunState, { params: { id: run.id }, body: { state } });
    name = run.name;
    return run.id;
  });
});
afterAll(() => terminal.close());

const resume = (...words: string[]) => terminal.orch("flow-run", "resume", ...words);

test("a paused run goes on", async () => {
  expect(await resume(id)).toEqual({ code: 0, out: `Resumed flow run '${name}'.`, err: "" });
  expect(JSON.parse((await terminal.orch("flow-run", "inspect", id, "--json")).out)).toMatchObject({
    state_type: "RUNNING",
  });
});
test("one that is not paused is left as it is, and it is said what it is", async () => {
  const { code, err } = await resume(id);
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(new RegExp(`^Flow run '${name}' was not resumed: it is Running\\.`)),
  ]);
});
test("a run that is not there is a sentence", async () => {
  expect((await resume("abc")).err).toStartWith("Flow run 'abc' not found!");
  const { code, err } = await resume(newId());
  expect([code, err]).toEqual([1, expect.stringContaining("not found!")]);
});
