// The page on work queues, pools and agents: each claim on the compiled executable.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Running } from "../binary/sandbox.ts";
import { eventually } from "../eventually.ts";
import { createWorld, type Run, type World } from "./world.ts";

let world: World;
const agents: Running[] = [];
beforeAll(async () => {
  world = await createWorld();
});
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.stop();
});
afterAll(() => world.close());

/** An agent that has begun to look for work. */
async function agent(...args: string[]): Promise<Running> {
  const started = world.agent(...args);
  agents.push(started);
  await started.until(/Agent started!/);
  return started;
}
const deploy = (name: string, ...args: string[]) =>
  world.deployment("build", "flows/marvin.ts:sayHi", "-n", name, "-a", ...args);
const newRun = (name: string) => world.json<Run>("deployment", "run", `say-hi/${name}`);
const readRun = (id: string) => world.api<Run>("GET", `/flow_runs/${id}`);

const until = (isSo: () => Promise<boolean>) => eventually(isSo, `${isSo}`);

describe("Work queue affinity", () => {
  test("a work queue is created if it doesn't already exist, by a deployment that names it", async () => {
    await deploy("made", "-q", "made-by-deployment");
    expect((await world.orch("work-queue", "inspect", "made-by-deployment")).code).toBe(0);
  });

  test("and by an agent that is started for it", async () => {
    await (await agent("-q", "made-by-agent")).until(/Created work queue 'made-by-agent'/);
    expect((await world.orch("work-queue", "inspect", "made-by-agent")).code).toBe(0);
  });

  test("names direct flow runs into queues: agents of other queues leave them alone", async () => {
    await deploy("mine", "-q", "mine");
    await deploy("theirs", "-q", "theirs");
    const other = await newRun("theirs");
    await agent("-q", "mine");
    expect((await world.run("say-hi/mine")).state_type).toBe("COMPLETED");
    expect((await readRun(other.id)).state_type).toBe("SCHEDULED");
  });

  test("an agent takes several queues, and queues by the beginning of their names, also those made while it runs", async () => {
    await agent("-m", "dev-");
    await deploy("later", "-q", "dev-later");
    expect(await world.run("say-hi/later")).toMatchObject({ state_type: "COMPLETED", work_queue_name: "dev-later" });
    await agent("-q", "mine", "-q", "theirs");
    expect((await world.run("say-hi/theirs")).state_type).toBe("COMPLETED");
  });

  test("tag-based work queues can still be created and will continue to work", async () => {
    await deploy("tagged", "-q", "nobody-asks", "-t", "red", "-t", "round");
    await deploy("other-tag", "-q", "nobody-asks", "-t", "red");
    const other = await newRun("other-tag");
    await agent("-t", "round", "-t", "red");
    expect((await world.run("say-hi/tagged")).state_type).toBe("COMPLETED");
    expect((await readRun(other.id)).state_type).toBe("SCHEDULED");
    expect((await world.orch("work-queue", "ls", "-v")).stdout).toContain("Agent queue red-round");
  });
});

describe("Note that if a work queue is not set, work will not be scheduled", () => {
  test("apply says so, and its runs are late: nobody picks them up", async () => {
    await world.deployment("build", "flows/marvin.ts:sayHi", "-n", "nowhere", "-o", "nowhere.yaml");
    const file = await Bun.file(join(world.folder, "nowhere.yaml")).text();
    world.write("nowhere.yaml", file.replace(/^work_queue_name: .*$/m, "work_queue_name: null"));
    expect(await world.deployment("apply", "nowhere.yaml")).toContain("no agent will pick up its runs");
    const { id } = await newRun("nowhere");
    await agent("-p", "default-agent-pool");
    await until(async () => (await readRun(id)).state_name === "Late");
    expect((await readRun(id)).state_type).toBe("SCHEDULED");
  }, 120_000);
});

describe("The work pool that will handle this deployment's runs", () => {
  test("is asked with -p: all its queues by priority, within its limit", async () => {
    await world.orch("work-pool", "create", "big");
    for (const name of ["slow", "urgent"]) await world.orch("work-queue", "create", name, "-p", "big");
    await world.api("PATCH", "/work_pools/big/queues/urgent", { priority: 1 });
    await world.orch("work-pool", "set-concurrency-limit", "big", "1");
    const ids: string[] = [];
    for (const [name, queue] of [
      ["last", "slow"],
      ["first", "urgent"],
    ] as const) {
      await deploy(name, "-p", "big", "-q", queue);
      ids.push((await newRun(name)).id);
    }
    await agent("-p", "big");
    const [last, first] = await Promise.all(ids.map((id) => world.endOf(id)));
    const started = async (run: Run | undefined) =>
      Date.parse((await world.api<{ start_time: string }>("GET", `/flow_runs/${run?.id}`)).start_time);
    expect(await started(first)).toBeLessThan(await started(last));
  });

  test("that is not there is named with the way to make it", async () => {
    const { code, stderr } = await world.orch(
      "deployment",
      "build",
      "flows/marvin.ts:sayHi",
      "-n",
      "x",
      "-p",
      "none",
      "-a",
    );
    expect(stderr).toContain("'none'");
    expect(stderr).toContain("work-pool create");
    expect(code).toBe(1);
  });

  test("gives nothing while it is paused, nor does a paused queue", async () => {
    await deploy("held", "-p", "big", "-q", "slow");
    await world.orch("work-pool", "pause", "big");
    await world.orch("work-queue", "pause", "slow", "-p", "big");
    const started = await agent("-p", "big");
    await started.until(/Work pool 'big' is paused/);
    const { id } = await newRun("held");
    expect((await world.orch("work-pool", "preview", "big")).stdout).toContain("is paused");
    await world.orch("work-pool", "resume", "big");
    expect((await world.orch("work-queue", "preview", "slow", "-p", "big")).stdout).toContain("is paused");
    expect((await readRun(id)).state_type).toBe("SCHEDULED");
    await world.orch("work-queue", "resume", "slow", "-p", "big");
    expect((await world.endOf(id)).state_type).toBe("COMPLETED");
  });
});

describe("Agents", () => {
  test("with --run-once execute what is due, and end", async () => {
    await deploy("once", "-q", "once");
    const { id } = await newRun("once");
    const { code, stdout } = await world.orch("agent", "-q", "once", "--run-once", "--hide-welcome");
    expect([code, stdout.includes("Agent started!")]).toEqual([0, false]);
    expect(stdout).toEndWith("Agent stopped!\n");
    expect((await readRun(id)).state_type).toBe("COMPLETED");
  });

  test("with --api go where it says", async () => {
    const started = world.sandbox.start(["agent", "start", "-q", "test", "--api", world.url]);
    agents.push(started);
    await started.until(new RegExp(`agent, on ${world.url}`));
  });

  test("that look for nothing are told how to name it", async () => {
    const { code, stderr } = await world.orch("agent", "start");
    expect(stderr).toContain("No work queues provided!");
    expect(code).toBe(1);
  });
});
