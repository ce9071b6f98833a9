// Runs by id, by the beginning of an id, by name and by `last`; the list of runs with its filters; on the home's own database.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApi } from "#cli/api.ts";
import type { Client } from "#client/client.ts";
import { loadSettings } from "#settings/load.ts";
import { createDeployment, createDeploymentFlowRun } from "#wire/deployments/deployments.ts";
import { createFlow } from "#wire/deployments/flows.ts";
import { createFlowRun, type FlowRun, setFlowRunState } from "#wire/runs/flow-runs.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
let client: Client;
let close: () => Promise<void>;
let flowId: string;
let deploymentId: string;
const orch = (...words: string[]) => terminal.orch(...words);
const namesOf = async (...words: string[]): Promise<string[]> =>
  JSON.parse((await orch("flow-run", "ls", ...words, "--json")).out).map(({ name }: FlowRun) => name);

async function made(name: string, state: StateInput, deployed = false): Promise<FlowRun> {
  const deployment_id = deployed ? deploymentId : null;
  return client.call(createFlowRun, { body: { flow_id: flowId, deployment_id, name, state } });
}

const hoursFromNow = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const scheduled = (hours: number, name: string | null = null): StateInput => ({
  ...{ type: "SCHEDULED", name, state_details: { scheduled_time: hoursFromNow(hours) } },
});

beforeAll(async () => {
  terminal = testTerminal();
  ({ client, close } = await openApi(loadSettings({ ORCH_HOME: terminal.home, HOME: terminal.folder }).settings));
  flowId = (await client.call(createFlow, { body: { name: "work" } })).id;
  const body = { name: "daily", flow_id: flowId, work_queue_name: "test" };
  deploymentId = (await client.call(createDeployment, { body })).id;
});
afterAll(async () => {
  await close();
  terminal.close();
});

test("C14: with no runs, `last` is a sentence", async () => {
  expect(await orch("flow-run", "inspect", "last")).toEqual({ code: 1, out: "", err: "There is no flow run yet." });
});

describe("C14: a run is named by", () => {
  let run: FlowRun;
  beforeAll(async () => {
    run = await made("quiet-owl", { type: "RUNNING" });
  });
  const inspected = async (word: string) => JSON.parse((await orch("flow-run", "inspect", word, "--json")).out).id;

  test("its id, with dashes or without, in any case", async () => {
    expect(await inspected(run.id)).toBe(run.id);
    expect(await inspected(run.id.replaceAll("-", "").toUpperCase())).toBe(run.id);
  });
  test("the beginning of its id", async () => {
    expect(await inspected(run.id.slice(0, 23))).toBe(run.id);
    expect(await inspected(run.id.slice(0, 22).replaceAll("-", "").toUpperCase())).toBe(run.id);
    expect(await inspected(run.id.slice(0, 35))).toBe(run.id);
  });
  test("its name", async () => {
    expect(await inspected("quiet-owl")).toBe(run.id);
  });
  test("`last`: made by hand or begun last, but not what the scheduler has made for later", async () => {
    await made("made-for-later", scheduled(5), true);
    expect((await orch("flow-run", "inspect", "last", "--json")).out).toContain('"made-for-later"');
    const began = await made("begun", { type: "PENDING" });
    await client.call(setFlowRunState, { params: { id: began.id }, body: { state: { type: "RUNNING" } } });
    expect(await inspected("last")).toBe(began.id);
  });
  test("a name of several is refused, with their ids", async () => {
    const [one, two] = [await made("twins", { type: "RUNNING" }), await made("twins", { type: "RUNNING" })];
    const { code, err } = await orch("flow-run", "cancel", "twins");
    expect([code, err]).toEqual([1, expect.stringMatching(/^2 flow runs are named 'twins': .*Name one by its id\.$/)]);
    expect(err).toContain(one.id);
    expect(err).toContain(two.id);
  });
  test("a misspelt name is answered with the nearest", async () => {
    expect((await orch("flow-run", "logs", "quiet-owk")).err).toBe(
      "Flow run 'quiet-owk' not found! Did you mean 'quiet-owl'?",
    );
  });
});

describe("C4: flow-run ls", () => {
  beforeAll(async () => {
    for (let hour = 1; hour <= 20; hour += 1) await made(`later-${hour}`, scheduled(hour), true);
    await made("late", scheduled(-1, "Late"), true);
    const done = await made("done", { type: "PENDING" }, true);
    for (const type of ["RUNNING", "COMPLETED"] as const) {
      await client.call(setFlowRunState, { params: { id: done.id }, body: { state: { type } } });
    }
    await made("failed-early", { type: "FAILED" });
  });

  test("shows what runs now, then what happened; what is to come is counted", async () => {
    const { out } = await orch("flow-run", "ls");
    const rows = [...out.matchAll(/^│ (\S+) +│/gm)].map(([, name]) => name);
    expect(rows.toSorted()).toEqual(["begun", "done", "failed-early", "late", "quiet-owl", "twins", "twins"]);
    expect(rows.slice(-2)).toEqual(["failed-early", "done"]);
    expect(out.split("\n").at(-1)).toBe("and 21 scheduled: orch flow-run ls --scheduled");
  });
  test("--scheduled shows what is to come, the soonest first", async () => {
    expect((await namesOf("--scheduled")).slice(0, 3)).toEqual(["later-1", "later-2", "later-3"]);
    expect((await orch("flow-run", "ls", "--scheduled")).out.split("\n").at(-1)).toBe("and 6 more: --limit 21");
  });
  test("C5: names of states in any case, types too", async () => {
    for (const state of ["RUNNING", "running", "Running"]) {
      expect((await namesOf("--state", state)).toSorted()).toEqual(["begun", "quiet-owl", "twins", "twins"]);
    }
    expect(await namesOf("--state", "late")).toEqual(["late"]);
    expect(await namesOf("--state-type", "completed", "--state-type", "Failed")).toEqual(["failed-early", "done"]);
    expect(await namesOf("--state", "scheduled", "--limit", "100")).toHaveLength(21);
  });
  test("C5: a name of no state is refused with those that there are; one that a flow gave is taken", async () => {
    const { code, err } = await orch("flow-run", "ls", "--state", "Nope");
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^'Nope' is no state of a run\. They are: Scheduled, .*TimedOut\.$/),
    ]);
    expect((await orch("task-run", "ls", "--state", "compleed")).err).toContain("Did you mean 'Completed'?");
    await made("odd", { type: "FAILED", name: "OutOfPaint" });
    expect(await namesOf("--state", "OutOfPaint")).toEqual(["odd"]);
    expect(await namesOf("--state", "late, OutOfPaint,")).toEqual(["late", "odd"]);
    expect((await orch("flow-run", "ls", "--state-type", "failed,Nope")).err).toStartWith("'Nope' is no state type.");
  });
  test("C5: filters that match nothing say of how many", async () => {
    expect((await orch("flow-run", "ls", "--state", "Crashed")).out).toBe("The filter matches none of 29 flow runs.");
  });
  test("C14: by deployment, by flow and by time", async () => {
    expect(await namesOf("--deployment", "work/daily")).toEqual(["late", "done"]);
    expect(await namesOf("--flow-name", "work", "--since", "2h", "--state", "completed")).toEqual(["done"]);
    expect(await namesOf("--since", "2999-01-01", "--state", "completed")).toEqual([]);
    expect((await orch("flow-run", "ls", "--deployment", "work/dayly")).err).toContain("Did you mean 'work/daily'?");
    expect((await orch("flow-run", "ls", "--since", "soon")).err).toStartWith("--since is 'soon':");
  });
});

describe("C14: retry", () => {
  test("sets an ended run of a deployment back to work; C12: says that nobody listens", async () => {
    const run = await client.call(createDeploymentFlowRun, { params: { id: deploymentId }, body: {} });
    await client.call(setFlowRunState, { params: { id: run.id }, body: { state: { type: "FAILED" } } });
    const { code, out, err } = await orch("flow-run", "retry", run.name);
    expect([code, out]).toEqual([0, `Flow run '${run.name}' will run again.`]);
    expect(err).toBe(
      "No agent listens to the work queue 'test', so nothing starts until one does: orch agent start -q 'test'",
    );
    expect((await orch("flow-run", "inspect", run.id, "--json")).out).toContain('"AwaitingRetry"');
  });
  test("also one that was cancelled", async () => {
    await made("stopped", { type: "CANCELLED" }, true);
    expect((await orch("flow-run", "retry", "stopped")).code).toBe(0);
  });
  test("is refused for a run that goes on, and for one without a deployment", async () => {
    const going = await orch("flow-run", "retry", "quiet-owl");
    expect([going.code, going.err]).toEqual([1, expect.stringContaining("has not ended: it is Running.")]);
    const alone = await orch("flow-run", "retry", "failed-early");
    expect([alone.code, alone.err]).toEqual([1, expect.stringContaining("is not of a deployment")]);
  });
});

test("C1: watch ends with 0 for a completed run and 1 for one that ended before it began", async () => {
  expect((await orch("flow-run", "watch", "done")).code).toBe(0);
  await made("cancelled-early", { type: "CANCELLED" });
  const { code, out } = await orch("flow-run", "watch", "cancelled-early");
  expect([code, out]).toEqual([1, "Flow run 'cancelled-early' finished in state Cancelled"]);
  expect((await orch("flow-run", "watch", "failed-early", "--json")).code).toBe(1);
});

test("C14: logs --follow ends with the run, and takes no part of the log", async () => {
  expect((await orch("flow-run", "logs", "done", "--follow")).code).toBe(0);
  expect(await orch("flow-run", "logs", "done", "-f", "-n", "3")).toMatchObject({ code: 2 });
});
