// Pausing and resuming as user code calls it: where it is refused, and with what words. What a pause does: test/engine.
import { afterAll, describe, expect, test } from "bun:test";
import { FlowPauseTimeout, NotPausedError } from "#domain/run-errors.ts";
import { flow, pauseFlowRun, resumeFlowRun, task } from "#sdk/index.ts";
import { pausesFor } from "#sdk/pause.ts";
import { here } from "../engine/here.ts";
import { makeDeployment, makeFlowRun } from "../factory.ts";
import { flowRun, inSeconds, propose } from "../server/proposals.ts";
import { appHost } from "./app-host.ts";

const { app, host, close } = appHost();
const sdk = pausesFor(host);
afterAll(close);

async function deployedRun(type: "RUNNING" | "COMPLETED" = "RUNNING") {
  const { flow_id, id: deployment_id } = await makeDeployment(app);
  return makeFlowRun(app, { flow_id, deployment_id, state: { type } });
}

describe("pauseFlowRun", () => {
  test("without a run around it says so", () => {
    expect(pauseFlowRun()).rejects.toThrow("Flow runs can only be paused from within a flow run.");
  });

  test("in a task says so", async () => {
    const { run } = here();
    const state = await run(flow(() => task(() => pauseFlowRun(), { name: "t" })(), { name: "a" }));
    expect(String(state.error())).toContain("Cannot pause task runs.");
  });

  test("of another run pauses it, for a new process to go on", async () => {
    const run = await deployedRun();
    await sdk.pauseFlowRun({ flowRunId: run.id, timeout: 60, key: "mine" });
    const { state } = await flowRun(app, run.id);
    expect(state?.type).toBe("PAUSED");
    expect(state?.state_details).toMatchObject({
      pause_reschedule: true,
      pause_key: "mine",
      pause_timeout: inSeconds(app, 60),
    });
  });

  test("of another run that cannot be paused says why", async () => {
    const ended = await deployedRun("COMPLETED");
    expect(sdk.pauseFlowRun({ flowRunId: ended.id })).rejects.toThrow(
      `Flow run '${ended.id}' cannot be paused: This run has already terminated.`,
    );
    const { id } = await makeFlowRun(app, { state: { type: "RUNNING" } });
    expect(sdk.pauseFlowRun({ flowRunId: id })).rejects.toThrow("Cannot pause flows without a deployment");
  });
});

describe("resumeFlowRun", () => {
  test("of a run that is not paused is an error of its own", async () => {
    const { id, name } = await deployedRun();
    const error = await sdk.resumeFlowRun(id).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(NotPausedError);
    expect(error.message).toBe(`Cannot resume a run that isn't paused! '${name}' is Running.`);
  });

  test("too late is one too, and the run has failed", async () => {
    const { id } = await deployedRun();
    await propose(app, "flow_runs", id, { type: "PAUSED", state_details: { pause_timeout: inSeconds(app, 1) } });
    app.clock.advance(2);
    const error = await sdk.resumeFlowRun(id).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(FlowPauseTimeout);
    expect(error.message).toBe("Flow run can no longer be resumed.");
    expect((await flowRun(app, id)).state_type).toBe("FAILED");
  });

  test("lets a run go on", async () => {
    const { id } = await deployedRun();
    await propose(app, "flow_runs", id, { type: "PAUSED" });
    await sdk.resumeFlowRun(id);
    expect((await flowRun(app, id)).state_type).toBe("RUNNING");
  });

  test("where no API is known says so", () => {
    expect(resumeFlowRun("x")).rejects.toThrow("resumeFlowRun() was called where no API is known");
  });
});
