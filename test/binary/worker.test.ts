// A worker on the executable: what `deployment build` says to start for a pool of type process, with the pool's own
// template, seen by its pool, and able to cancel.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createWorld, type Run, type World } from "../page/world.ts";

const FLOWS = `import { flow, getRunLogger, sleep } from "orch";
export const say = flow(async function say() {
  getRunLogger().info("team " + process.env.TEAM + ", token " + process.env.TOKEN + ", size " + process.env.SIZE);
});
export const long = flow(async function long() { await sleep(600); });
`;
const TEMPLATE = {
  job_configuration: {
    ...{ command: "{{ command }}", name: "{{ name }}", working_dir: "{{ working_dir }}", stream_output: "{{ show }}" },
    env: { TEAM: "{{ team }}", TOKEN: "{{ token }}", SIZE: "size-{{ size }}" },
  },
  variables: {
    type: "object",
    properties: {
      ...{ command: {}, name: {}, working_dir: {}, show: { default: true }, team: { default: "blue" } },
      ...{ token: { default: "{{ prefect.blocks.secret.token }}" }, size: { type: "integer", default: 1 } },
    },
  },
};

let world: World;
beforeAll(async () => {
  world = await createWorld();
  world.write("flows/work.ts", FLOWS);
  await world.saveBlock("secret", "token", { value: "t-123" });
  await world.orch("work-pool", "create", "mine", "--type", "process");
  await world.api("PATCH", "/work_pools/mine", { base_job_template: TEMPLATE });
});
afterAll(() => world.close());
const startWorker = (...args: string[]) =>
  world.sandbox.start(["worker", "start", ...args], { ORCH_API_URL: world.url });

test("a run gets its variables from the pool's template, the deployment's values and a block", async () => {
  const built = await world.deployment(
    ...["build", "flows/work.ts:say", "-n", "x", "-p", "mine", "-q", "fast", "-a", "--override", "team=red"],
  );
  expect(built).toContain("$ orch worker start -p 'mine'");
  const worker = startWorker("-p", "mine", "--name", "one");
  await worker.until(/Discovered worker type 'process' for work pool 'mine'\.\nWorker 'one' started!/);
  const run = await world.run("say/x");
  expect(run.state_name).toBe("Completed");
  expect(await world.logs(run.id)).toContain("team red, token t-123, size size-1");
  await worker.until(/Finished in state Completed/);
  const [seen] = await world.api<{ name: string }[]>("POST", "/work_pools/mine/workers/filter", {});
  expect(seen?.name).toBe("one");
  expect(await worker.stop()).toBe(0);
  expect(worker.output()).toContain("Worker 'one' stopped!");
}, 120_000);

test("a run is cancelled by its worker", async () => {
  await world.deployment("build", "flows/work.ts:long", "-n", "x", "-p", "mine", "-a");
  const worker = startWorker("-t", "process", "-p", "mine");
  const run = await world.json<Run>("deployment", "run", "long/x");
  await worker.until(/worker - Submitting flow run/);
  await world.orch("flow-run", "cancel", run.id);
  expect(await world.endOf(run.id)).toMatchObject({ state_type: "CANCELLED" });
  expect(await worker.stop()).toBe(0);
}, 120_000);
