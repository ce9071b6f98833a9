// The real agent on deployments with overlap and catch-up policies, and on schedules that are paused: they hold, and it goes on with
// what it may start.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createPrefect, type Prefect, possible, until } from "./prefect.ts";

/** A run goes on until the file `go-on-…` is there; it notes in the file `trace` when it begins and ends. The agent gives each run another folder. */
const flowIn = (folder: string) => `
import os, time
from prefect import flow

@flow
def work(name: str):
    with open("${folder}/trace", "a") as trace:
        trace.write(f"+{name}\\n")
    while not os.path.exists(f"${folder}/go-on-{name[:-2]}"):
        time.sleep(0.1)
    with open("${folder}/trace", "a") as trace:
        trace.write(f"-{name}\\n")
`;

const FLOW_ID = `
import asyncio
import flows
from prefect.client.orchestration import get_client

async def main():
    async with get_client() as client:
        print(await client.create_flow(flows.work))

asyncio.run(main())
`;

interface Run {
  id: string;
  state_type: string;
  state_name: string;
  expected_start_time: string;
  state: { message: string | null };
}

let prefect: Prefect;
let flow: string;
let agent: ReturnType<Prefect["start"]>;
beforeAll(async () => {
  if (!possible) return;
  prefect = await createPrefect();
  prefect.write("flows.py", flowIn(prefect.sandbox.folder));
  prefect.write("trace", "");
  flow = (await prefect.python(FLOW_ID)).split("\n").at(-1) ?? "";
  agent = prefect.start(["agent", "start", "-q", "policies"]);
});
afterAll(() => prefect?.close());

/** A deployment whose runs work in the sandbox's folder. */
async function deploy(name: string, run_policy: object, fields: object = {}): Promise<string> {
  const { id } = await prefect.call<{ id: string }>("POST", "/deployments/", {
    ...{ flow_id: flow, name, run_policy, work_queue_name: "policies", entrypoint: "flows.py:work" },
    ...{ path: prefect.sandbox.folder, parameter_openapi_schema: { type: "object", properties: {} } },
    ...fields,
  });
  return id;
}

async function start(deployment: string, name: string): Promise<string> {
  const path = `/deployments/${deployment}/create_flow_run`;
  return (await prefect.call<Run>("POST", path, { name, parameters: { name } })).id;
}

/** A schedule with a date at the moment, in milliseconds, and each hour before and after it. */
const hourlyFrom = (moment: number) => ({
  interval: 3600,
  anchor_date: new Date(moment).toISOString(),
  timezone: "UTC",
});

const runsOf = (deployment: string) =>
  prefect.call<Run[]>("POST", "/flow_runs/filter", { deployments: { id: { any_: [deployment] } } });

const read = (id: string) => prefect.call<Run>("GET", `/flow_runs/${id}`);

function reaches(id: string, ...states: string[]): Promise<Run> {
  let seen = "";
  return until(
    async () => {
      const run = await read(id);
      seen = `${run.state_name}: ${run.state.message}`;
      return states.includes(run.state_name) ? run : undefined;
    },
    () => `${states} of a run that is ${seen}\n${agent.output().slice(-3000)}`,
  );
}

/** Begins (`+`) and ends (`-`) of the runs whose names start so, in their order. */
async function trace(name: string): Promise<string[]> {
  const lines = (await Bun.file(`${prefect.sandbox.folder}/trace`).text()).split("\n");
  return lines.filter((line) => line.slice(1).startsWith(`${name}-`));
}

/** Running, and so far that the flow itself has begun. */
async function begins(id: string, name: string): Promise<void> {
  await reaches(id, "Running");
  await until(
    async () => (await trace(name.slice(0, -2))).includes(`+${name}`) || undefined,
    () => `${name} begins\n${agent.output().slice(-3000)}`,
  );
}

const goOn = (name: string) => prefect.write(`go-on-${name}`, "");

describe.skipIf(!possible)("the real agent", () => {
  test("overlap allow: runs execute side by side", async () => {
    const deployment = await deploy("allow", { overlap: "allow" });
    const ids = [await start(deployment, "allow-1"), await start(deployment, "allow-2")];
    for (const [index, id] of ids.entries()) await begins(id, `allow-${index + 1}`);
    goOn("allow");
    for (const id of ids) await reaches(id, "Completed");
    expect((await trace("allow")).map((line) => line[0]).join("")).toBe("++--");
  });

  test("overlap skip: a run that is due while another one executes is skipped, the next one starts", async () => {
    const deployment = await deploy("skip", { overlap: "skip" });
    const first = await start(deployment, "skip-1");
    await begins(first, "skip-1");
    const second = await reaches(await start(deployment, "skip-2"), "Skipped");
    expect([second.state_type, second.state.message]).toEqual([
      "CANCELLED",
      "Skipped: flow run 'skip-1' was still under way (overlap: skip).",
    ]);
    goOn("skip");
    await reaches(first, "Completed");
    await reaches(await start(deployment, "skip-3"), "Completed");
    expect(await trace("skip")).toEqual(["+skip-1", "-skip-1", "+skip-3", "-skip-3"]);
  });

  test("overlap wait: runs execute one after the other", async () => {
    const deployment = await deploy("wait", { overlap: "wait" });
    const ids = [await start(deployment, "wait-1")];
    await begins(ids[0] ?? "", "wait-1");
    ids.push(await start(deployment, "wait-2"));
    expect((await reaches(ids[1] ?? "", "AwaitingConcurrencySlot")).state.message).toContain("'wait-1'");
    ids.push(await start(deployment, "wait-3"));
    goOn("wait");
    for (const id of ids) await reaches(id, "Completed");
    const steps = await trace("wait");
    expect(steps.map((line) => line[0]).join("")).toBe("+-+-+-");
    expect(new Set(steps).size).toBe(6);
  });

  test("overlap cancel-older: the agent ends the older run, and starts the newer one", async () => {
    const deployment = await deploy("older", { overlap: "cancel-older" });
    const first = await start(deployment, "older-1");
    await begins(first, "older-1");
    const second = await start(deployment, "older-2");
    expect((await reaches(first, "Cancelled")).state_type).toBe("CANCELLED");
    await begins(second, "older-2");
    goOn("older");
    await reaches(second, "Completed");
    expect(await trace("older")).toEqual(["+older-1", "+older-2", "-older-2"]);
  });

  // Runs whose time was half an hour ago, an hour before that, and so on, made as by a scheduler while no agent was there.
  test.each<[string, unknown, number[]]>([
    ["all", "all", [150, 90, 30]],
    ["last", "last", [30]],
    ["none", "none", []],
    ["within", { within: 7200 }, [90, 30]],
  ])(
    "catch-up %s: of three missed runs the agent starts those it should, and the others are skipped",
    async (name, catchup, minutes) => {
      goOn(name);
      const half = Date.now() - 30 * 60_000;
      const deployment = await deploy(
        name,
        { catchup },
        { parameters: { name: `${name}-1` }, schedule: hourlyFrom(half) },
      );
      const [start_time, end_time] = [new Date(half - 2.5 * 3_600_000), new Date(half + 60_000)];
      await prefect.call("POST", `/deployments/${deployment}/schedule`, {
        start_time,
        end_time,
        min_runs: 3,
        max_runs: 3,
      });
      const started = (run: Run) => run.state_name === "Completed";
      const missed = await until(
        async () => {
          const runs = (await runsOf(deployment)).filter((run) => Date.parse(run.expected_start_time) < Date.now());
          return runs.length === 3 && runs.every((run) => started(run) || run.state_name === "Skipped")
            ? runs
            : undefined;
        },
        () => `three missed runs that are decided\n${agent.output().slice(-3000)}`,
      );
      const late = (run: Run) => Math.round((half - Date.parse(run.expected_start_time)) / 60_000) + 30;
      expect(
        missed
          .filter(started)
          .map(late)
          .toSorted((a, b) => b - a),
      ).toEqual(minutes);
      expect(await trace(name)).toHaveLength(minutes.length * 2);
      // What is not late starts.
      if (minutes.length === 0) await reaches(await start(deployment, `${name}-2`), "Completed");
    },
    300_000,
  );

  test("a schedule that is paused skips what the agent has claimed of it, and it ends without an error", async () => {
    goOn("paused");
    const early = prefect.start(["agent", "start", "-q", "early", "--prefetch-seconds", "3600"]);
    const fields = { parameters: { name: "paused-1" }, work_queue_name: "early" };
    const deployment = await deploy("paused", {}, { ...fields, schedule: hourlyFrom(Date.now() + 20 * 60_000) });
    const claimed = await until(
      async () => (await runsOf(deployment)).find((run) => run.state_type === "PENDING"),
      () => `a claimed run\n${early.output()}`,
    );
    await prefect.call("POST", `/deployments/${deployment}/set_schedule_inactive`);
    const { state_name, state } = await read(claimed.id);
    expect([state_name, state.message]).toEqual(["Skipped", "Skipped: its schedule was paused before its start time."]);
    await until(
      async () => /Process '.*' exited cleanly/.test(early.output()) || undefined,
      () => `the end of its process\n${early.output()}`,
    );
    expect(await trace("paused")).toEqual([]);
    expect((await runsOf(deployment)).map((run) => run.state_name)).toEqual(["Skipped"]);
    expect(early.output()).not.toMatch(/Traceback|ERROR|Failed/);
  }, 300_000);

  test("nothing of it is an error to the agent", () => {
    // What it prints of each process that it ends.
    const ended = /ERROR .*Process 'older-1' exited with status code: -(?:15|9)/;
    const lines = agent.output().split("\n");
    expect(lines.filter((line) => /Traceback|ERROR|Failed/.test(line) && !ended.test(line))).toEqual([]);
  });
});
