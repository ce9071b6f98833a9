// Every transition that was tried on the real Prefect 2.10.4 server, tried on ours.
import { afterAll, describe, expect, test } from "bun:test";
import type { StateType } from "#wire/runs/states.ts";
import { testApp } from "../../app.ts";
import { makeDeployment, makeFlowRun, makeTaskRun } from "../../factory.ts";
import matrix from "../../fixtures/transition-matrix.json";

const app = testApp();
afterAll(() => app.close());

interface Row {
  deployment?: boolean;
  retries?: number;
  /** Of the proposed state. */
  name?: string;
  infrastructure_pid?: boolean;
  /** Of the flow run that a task run belongs to. */
  flow_state?: string;
  from: string;
  propose: string;
  http: number;
  status: string;
  to: (string | null)[];
  reason: string | null;
}

interface Verdict {
  status: string;
  state: { type: string; name: string } | null;
  details: { reason?: string };
}

async function propose(kind: "flow_runs" | "task_runs", id: string, row: Row) {
  const state = { type: row.propose, ...(row.name ? { name: row.name } : {}) };
  const { status, body } = await app.send("POST", `/${kind}/${id}/set_state`, { state });
  const verdict: Verdict = body;
  const to = [verdict.state?.type ?? null, verdict.state?.name ?? null];
  // The fixture keeps the first 60 characters of a reason.
  return { http: status, status: verdict.status, to, reason: verdict.details.reason?.slice(0, 60) ?? null };
}

const outcome = ({ http, status, to, reason }: Row) => ({ http, status, to, reason });
const type = (text: string) => ({ type: text as StateType }); // the fixture's own words

describe("flow runs", () => {
  for (const row of matrix.flow_runs as Row[]) {
    const traits = [
      ...(row.deployment ? ["of a deployment"] : []),
      ...(row.retries ? [`with ${row.retries} retry`] : []),
      ...(row.infrastructure_pid ? ["with a process"] : []),
    ];
    const proposal = row.name ? `${row.propose} ${row.name}` : row.propose;
    test(`a run ${[...traits, "from", row.from].join(" ")} to ${proposal}: ${row.status}`, async () => {
      const deployment = row.deployment ? await makeDeployment(app) : undefined;
      const run = await makeFlowRun(app, {
        state: type(row.from),
        ...(deployment ? { deployment_id: deployment.id, flow_id: deployment.flow_id } : {}),
        ...(row.retries ? { empirical_policy: { retries: row.retries } } : {}),
      });
      if (row.infrastructure_pid) await app.send("PATCH", `/flow_runs/${run.id}`, { infrastructure_pid: "host:1" });
      expect(await propose("flow_runs", run.id, row)).toEqual(outcome(row));
    });
  }
});

describe("task runs", () => {
  for (const row of matrix.task_runs as Row[]) {
    const flowState = row.flow_state ?? "RUNNING";
    test(`a task run of a ${flowState} flow run from ${row.from} to ${row.propose}: ${row.status}`, async () => {
      const flowRun = await makeFlowRun(app, { state: type("RUNNING") });
      const run = await makeTaskRun(app, { flow_run_id: flowRun.id, state: type(row.from) });
      await app.send("POST", `/flow_runs/${flowRun.id}/set_state`, { state: type(flowState), force: true });
      expect(await propose("task_runs", run.id, row)).toEqual(outcome(row));
    });
  }
});
