// R1 and R11 in the agent: runs that were taken from it, and processes whose numbers are another's by now.
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { WireAnswer } from "#client/transport.ts";
import type { RunningJob } from "#infrastructure/infrastructure.ts";
import { OrchError } from "#lib/errors.ts";
import { createRecordFile } from "#lib/files/record-file.ts";
import { PROCESS_START_HEADER } from "#wire/pools/agents.ts";
import { ATTEMPT_HEADER } from "#wire/runs/attempts.ts";
import { listLogs } from "#wire/runs/logs.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { type Bundle, history, makeDueRun, meanwhile, put, readRun, setup } from "./setup.ts";

const open: Bundle[] = [];
afterEach(async () => {
  for (const { agent, app, clock } of open.splice(0)) {
    await meanwhile(clock, agent.abort(), 1);
    await app.close();
  }
});

function start(): Bundle {
  const bundle = setup();
  open.push(bundle);
  void bundle.agent.run();
  return bundle;
}

const LATER: StateInput = { type: "SCHEDULED", state_details: { scheduled_time: "2099-01-01T00:00:00Z" } };

/** Claims the run for another agent, which comes in between. */
async function claimElsewhere({ app }: Bundle, id: string): Promise<void> {
  await put(app, id, LATER, true);
  const headers = { [ATTEMPT_HEADER]: `${id}/another` };
  await app.send("POST", `/flow_runs/${id}/set_state`, { state: { type: "PENDING" }, force: true }, headers);
}

describe("R1: a run that another agent has by now", () => {
  test("is let go with the next heartbeat: its process is ended, and nothing is reported", async () => {
    const bundle = start();
    const run = await makeDueRun(bundle.app);
    const [job] = await bundle.place.started(1);
    await put(bundle.app, run.id, { type: "RUNNING" });
    await claimElsewhere(bundle, run.id);
    await meanwhile(bundle.clock, bundle.lines.until(/is no longer this agent's\. Its process is ended\./), 1);
    expect(job?.killed).toBe(true);
    await meanwhile(bundle.clock, bundle.clock.sleep(20_000), 1);
    expect(await history(bundle.app, run.id)).toEqual(["Scheduled", "Pending", "Running", "Scheduled", "Pending"]);
    expect(bundle.lines.all.join("\n")).not.toMatch(/could not be|exited with status/);
    await makeDueRun(bundle.app); // the agent goes on
    await bundle.place.started(2);
  });
  test("is let go when the place where it executes is away for a while, and the agent goes on", async () => {
    const bundle = start();
    const run = await makeDueRun(bundle.app);
    const [job] = await bundle.place.started(1);
    const { onKill } = bundle.place;
    let tries = 0;
    bundle.place.onKill = (killed) => {
      tries += 1;
      if (tries < 4) throw new OrchError("unavailable", "No container engine answers.");
      return onKill(killed);
    };
    await claimElsewhere(bundle, run.id);
    const sentence = /The job of flow run '.*' could not be ended: No container engine answers\. It is tried again\./;
    await meanwhile(bundle.clock, bundle.lines.until(sentence), 1);
    await meanwhile(bundle.clock, bundle.clock.sleep(30_000), 1);
    expect([job?.killed, tries]).toEqual([true, 4]);
    expect(bundle.lines.all.filter((line) => sentence.test(line))).toHaveLength(1);
  });
  test("is let go when its process ends first, whatever it ends with", async () => {
    for (const code of [0, 1, -9]) {
      const bundle = start();
      const run = await makeDueRun(bundle.app);
      const [job] = await bundle.place.started(1);
      await claimElsewhere(bundle, run.id);
      job?.exit(code);
      await meanwhile(bundle.clock, bundle.clock.sleep(20_000), 1);
      expect((await readRun(bundle.app, run.id)).state_name).toBe("Pending");
    }
  });
  test("is let go at the first word: its process has hardly begun", async () => {
    const bundle = start();
    bundle.line.blocks = ({ method }) => method === "PATCH";
    const run = await makeDueRun(bundle.app);
    await bundle.place.started(1);
    await claimElsewhere(bundle, run.id);
    bundle.line.blocks = () => false;
    await meanwhile(bundle.clock, bundle.lines.until(/is no longer yours: .* Its process is ended\./));
    expect(bundle.place.jobs[0]?.killed).toBe(true);
    expect((await readRun(bundle.app, run.id)).state_name).toBe("Pending");
  });
  test("is not Cancelled by the agent that had it", async () => {
    const bundle = start();
    const run = await makeDueRun(bundle.app);
    const [job] = await bundle.place.started(1);
    await claimElsewhere(bundle, run.id);
    await put(bundle.app, run.id, { type: "RUNNING" });
    await put(bundle.app, run.id, { type: "CANCELLING" });
    await meanwhile(bundle.clock, bundle.lines.until(/no longer/), 1);
    expect(job?.killed).toBe(true);
    expect((await readRun(bundle.app, run.id)).state_type).toBe("CANCELLING");
  });
});

describe("R1: what a process has written while its run was its own", () => {
  async function leftBy(take: (bundle: Bundle, id: string) => Promise<void>): Promise<string[]> {
    const bundle = start();
    const { id } = await makeDueRun(bundle.app);
    const logFile = join(mkdtempSync(join(tmpdir(), "orch-taken-")), "records");
    bundle.place.logFile = logFile;
    const [job] = await bundle.place.started(1);
    const file = createRecordFile(logFile);
    const timestamp = new Date(bundle.clock.now()).toISOString();
    file.append([JSON.stringify({ name: "n", level: 20, message: "written", timestamp, flow_run_id: id })]);
    file.close();
    await take(bundle, id);
    job?.exit(-9);
    await meanwhile(bundle.clock, bundle.clock.sleep(20_000), 1);
    expect(existsSync(logFile)).toBe(false);
    rmSync(dirname(logFile), { recursive: true });
    const logs = await bundle.app.call(listLogs, { body: { logs: { flow_run_id: { any_: [id] } } } });
    return logs.map(({ message }) => message);
  }
  test("is in the log, where the run was only taken", async () => {
    expect(await leftBy(({ app }, id) => put(app, id, LATER, true))).toEqual(["written"]);
  });
  test("is not, where another execution has begun", async () => {
    expect(await leftBy(claimElsewhere)).toEqual([]);
  });
});

test("R1: a claim whose answer was lost is repeated with its token, and the run is started once", async () => {
  const bundle = start();
  let lost = 0;
  bundle.line.tamper = (request, answer): WireAnswer => {
    if (!request.path.endsWith("/set_state") || lost > 0) return answer;
    lost += 1;
    throw new OrchError("unavailable", "The answer was lost.");
  };
  await makeDueRun(bundle.app);
  const [job] = await meanwhile(bundle.clock, bundle.place.started(1));
  expect([lost, job?.attempt]).toEqual([1, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
});

test("R11: the process of a run that others look after is named with the time of its start", async () => {
  const bundle = start();
  const asked: RunningJob[] = [];
  const kill = bundle.place.kill;
  bundle.place.kill = (job, seconds) => {
    asked.push(job);
    return kill(job, seconds);
  };
  const run = await makeDueRun(bundle.app, { inSeconds: 3600 });
  const note = (pid: string, start: string) =>
    bundle.app.send("PATCH", `/flow_runs/${run.id}`, { infrastructure_pid: pid }, { [PROCESS_START_HEADER]: start });
  await note("here:98", "0-1");
  await put(bundle.app, run.id, { type: "CANCELLING" }, true);
  await note("here:99", "0-2"); // before the others have had their time
  await meanwhile(bundle.clock, bundle.lines.until(/Cancelled flow run/), 1);
  expect(asked).toEqual([{ pid: "here:99", processStart: "0-2", flowRunId: run.id, block: expect.any(Function) }]);
});

test("R1: a run that waits for its retry is started by another agent only when its process has ended", async () => {
  const bundle = start();
  const run = await makeDueRun(bundle.app);
  const [job] = await bundle.place.started(1);
  const headers = { [ATTEMPT_HEADER]: `${run.id}/${job?.attempt}` };
  await bundle.app.send("PATCH", `/flow_runs/${run.id}`, { empirical_policy: { retries: 1 } });
  for (const type of ["RUNNING", "FAILED"]) {
    await bundle.app.send("POST", `/flow_runs/${run.id}/set_state`, { state: { type } }, headers);
  }
  const other = bundle.another();
  void other.agent.run();
  await meanwhile(bundle.clock, bundle.clock.sleep(12_000), 1);
  expect(other.place.jobs).toEqual([]);
  job?.exit(-9);
  bundle.agent.drain();
  await meanwhile(bundle.clock, other.place.started(1), 1);
  expect(await history(bundle.app, run.id)).toEqual(["Scheduled", "Pending", "Running", "AwaitingRetry", "Pending"]);
  await meanwhile(bundle.clock, other.agent.abort(), 1);
});
