// What a process printed and could not send goes to the log of its run: not what is in the log of a subflow already.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { completeLog } from "#agent/last-words.ts";
import type { Client } from "#client/client.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import { createLogs, type LogInput, listLogs } from "#wire/runs/logs.ts";
import { type TestApp, testApp } from "../app.ts";
import { makeDeployment, makeFlowRun, makeTaskRun } from "../factory.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

async function log(flow_run_id: string, ...messages: string[]): Promise<void> {
  const timestamp = new Date(app.clock.now()).toISOString();
  const body = messages.map((message): LogInput => ({ name: "n", level: 20, message, timestamp, flow_run_id }));
  await app.call(createLogs, { body });
}

async function messagesOf(flow_run_id: string): Promise<string[]> {
  const logs = await app.call(listLogs, { body: { logs: { flow_run_id: { any_: [flow_run_id] } } } });
  return logs.map(({ message }) => message);
}

/** A run within `parent`; with a deployment it has a process of its own. */
async function within(parent: string, deployment_id: string | null = null): Promise<string> {
  const parent_task_run_id = (await makeTaskRun(app, { flow_run_id: parent })).id;
  if (deployment_id === null) return (await makeFlowRun(app, { parent_task_run_id })).id;
  const body = { state: { type: "RUNNING" }, parent_task_run_id };
  const { id }: FlowRun = (await app.send("POST", `/deployments/${deployment_id}/create_flow_run`, body)).body;
  return id;
}

const printed = (...messages: string[]) =>
  messages.map((message) => `12:34:56.789 | INFO    | Flow run 'calm-crow' - ${message}`);
const words = (runId: string, lines: string[]) => ({
  ...{ runId, call: app.call as Client["call"], clock: app.clock },
  ...{ logFile: undefined, printed: lines, reason: "It was killed." },
});

test("lines of subflows, at any depth, are not added to the log of the run around them", async () => {
  const { id } = await makeFlowRun(app);
  const inner = await within(id);
  const innermost = await within(inner);
  await log(id, "outside");
  await log(inner, "inside", "over\ntwo lines");
  await log(innermost, "deep inside");
  const lines = printed("outside", "inside", "over", "deep inside", "never sent");
  await completeLog(words(id, [...lines.slice(0, 3), "two lines", ...lines.slice(3)]));
  expect(await messagesOf(id)).toEqual(["outside", "never sent", "It was killed."]);
});

test("a line is added although the run of another process has the same", async () => {
  const { id } = await makeFlowRun(app);
  await log(await within(id, (await makeDeployment(app)).id), "the same");
  await completeLog(words(id, printed("the same")));
  expect(await messagesOf(id)).toEqual(["the same", "It was killed."]);
});
