// The bodies of lists, as clients of the old server send them.
import { expect, test } from "bun:test";
import * as v from "valibot";
import { listDeployments } from "#wire/deployments/deployments.ts";
import { listFlows } from "#wire/deployments/flows.ts";
import type { Endpoint } from "#wire/endpoint.ts";
import { listFlowRuns } from "#wire/runs/flow-runs.ts";
import { listLogs } from "#wire/runs/logs.ts";
import { listTaskRuns } from "#wire/runs/task-runs.ts";

const LISTS: [name: string, list: Endpoint, usual: string][] = [
  ["flows", listFlows, "NAME_ASC"],
  ["deployments", listDeployments, "NAME_ASC"],
  ["flow runs", listFlowRuns, "ID_DESC"],
  ["task runs", listTaskRuns, "ID_DESC"],
  ["logs", listLogs, "TIMESTAMP_ASC"],
];
for (const [name, list, usual] of LISTS) {
  const read = (body: object) => v.safeParse(list.body?.() ?? v.never(), body);

  test(`${name}: what is left open, or null, means the usual order and all`, () => {
    for (const body of [{}, { sort: null, limit: null, offset: null }]) {
      expect(read(body).output).toMatchObject({ sort: usual, offset: 0 });
    }
  });

  test(`${name}: an order that is none of the list, and a negative offset, are refused`, () => {
    expect(read({ sort: "RANDOM" }).success).toBe(false);
    expect(read({ offset: -1 }).success).toBe(false);
    expect(read({ limit: "many" }).success).toBe(false);
  });
}

test("a filter takes its own operators only", () => {
  const read = (flow_runs: object) => v.safeParse(listFlowRuns.body(), { flow_runs }).success;
  expect(read({ state: { type: { any_: ["RUNNING"] }, name: { any_: ["Late"] } }, tags: { all_: ["a"] } })).toBe(true);
  expect(read({ name: { like_: "a", any_: null }, operator: "or_" })).toBe(true);
  expect(read({ name: { startswith_: ["a"] } })).toBe(false);
  expect(read({ colour: { any_: ["red"] } })).toBe(false);
  expect(read({ state: { type: { any_: ["LATE"] } } })).toBe(false);
});
