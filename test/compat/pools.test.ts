// Pools and queues with the real agent and the real worker: priorities, limits, tags, and processes of a worker's own.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createPrefect, type Prefect, possible, until } from "./prefect.ts";

const FLOW = `
from prefect import flow

@flow
def hi():
    return 1
`;

/** Deployments without infrastructure of their own, as workers want them; their code lies in the folder. */
const DEPLOY = `
import asyncio, json, os
import flows
from prefect.client.orchestration import get_client

async def main():
    async with get_client() as client:
        flow_id = await client.create_flow(flows.hi)
        async def deploy(name, **fields):
            return await client.create_deployment(flow_id, name, path=os.getcwd(), entrypoint="flows.py:hi",
                parameter_openapi_schema={"type": "object", "properties": {}}, **fields)
        async def run(id, name):
            return str((await client.create_flow_run_from_deployment(id, name=name)).id)
        usual = await deploy("usual", work_pool_name="office")
        urgent = await deploy("urgent", work_pool_name="office", work_queue_name="urgent")
        tagged = await deploy("tagged", tags=["legacy"])
        worked = await deploy("worked", work_pool_name="factory")
        print(json.dumps({
            "usual 1": await run(usual, "usual 1"), "usual 2": await run(usual, "usual 2"),
            "urgent": await run(urgent, "urgent"), "tagged": await run(tagged, "tagged"), "worked": await run(worked, "worked"),
        }))

asyncio.run(main())
`;

interface Run {
  name: string;
  state_name: string;
  start_time: string;
  end_time: string;
}

let prefect: Prefect;
let runs: Record<string, string>;
beforeAll(async () => {
  if (!possible) return;
  prefect = await createPrefect();
  prefect.write("flows.py", FLOW);
  await prefect.call("POST", "/work_pools/", { name: "office", concurrency_limit: 1 });
  await prefect.call("POST", "/work_pools/office/queues", { name: "urgent", priority: 1 });
  await prefect.sandbox.orch(["work-pool", "create", "factory", "--type", "process"]);
  runs = JSON.parse((await prefect.python(DEPLOY)).split("\n").at(-1) ?? "");
});
afterAll(() => prefect?.close());

const completed = (names: string[], output: () => string) =>
  until(
    async () => {
      const found = await Promise.all(names.map((name) => prefect.call<Run>("GET", `/flow_runs/${runs[name]}`)));
      return found.every(({ state_name }) => state_name === "Completed") ? found : undefined;
    },
    () => `${names} complete\n${output().slice(-3000)}`,
  );

describe.skipIf(!possible)("the real", () => {
  test("agent takes the urgent queue of a pool first, and one run at a time where that is the limit", async () => {
    const agent = prefect.start(["agent", "start", "-p", "office"]);
    const [first, second, urgent] = await completed(["usual 1", "usual 2", "urgent"], agent.output);
    await agent.stop();
    const [earlier, later] = [first, second].toSorted((a, b) =>
      (a?.start_time ?? "") < (b?.start_time ?? "") ? -1 : 1,
    );
    expect((urgent?.end_time ?? "x") <= (earlier?.start_time ?? "")).toBe(true);
    expect((earlier?.end_time ?? "x") <= (later?.start_time ?? "")).toBe(true);
  });

  test("agent finds runs by their tags, through a queue of the old kind", async () => {
    const agent = prefect.start(["agent", "start", "-t", "legacy"]);
    await completed(["tagged"], agent.output);
    await agent.stop();
    const queue = await prefect.call<{ filter: { tags: string[] } }>("GET", "/work_queues/name/Agent%20queue%20legacy");
    expect(queue.filter.tags).toEqual(["legacy"]);
  });

  test("worker runs the runs of its pool as processes, and is seen there", async () => {
    const worker = prefect.start(["worker", "start", "-p", "factory", "-t", "process", "-n", "hand"]);
    await completed(["worked"], worker.output);
    const workers = await prefect.call<{ name: string }[]>("POST", "/work_pools/factory/workers/filter", {});
    expect(workers.map(({ name }) => name)).toEqual(["hand"]);
    await worker.stop();
  });
});
