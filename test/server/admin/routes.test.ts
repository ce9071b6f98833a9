import { afterAll, expect, test } from "bun:test";
import { testApp } from "../../app.ts";
import { makeDeployment, makeFlow, makeTaskRun } from "../../factory.ts";

const app = testApp({ services: false });
afterAll(() => app.close());

const answers: [path: string, body: unknown][] = [
  ["/health", true],
  ["/version", "0.8.4"],
  ["/admin/version", "2.10.4"],
  ["/hello", "👋"],
];
for (const [path, body] of answers) {
  test(`${path} answers ${JSON.stringify(body)}`, async () => {
    expect((await app.send("GET", path)) as unknown).toEqual({ status: 200, body });
  });
}

test("the version of orch itself, beside that of Prefect which it is compatible with", async () => {
  const { version } = await Bun.file("package.json").json();
  const body = { version, prefect_version: "2.10.4", api_version: "0.8.4" };
  expect((await app.send("GET", "/orch/version")) as unknown).toEqual({ status: 200, body });
});

test("health and version answer clients of any version, the others do not", async () => {
  const old = { "x-prefect-api-version": "0.1.0" };
  const statuses = await Promise.all(
    answers.map(async ([path]) => (await app.send("GET", path, undefined, old)).status),
  );
  expect(statuses).toEqual([200, 200, 400, 400]);
});

test("settings by the names old clients know, secrets as asterisks", async () => {
  const runInSession = testApp({ services: false, settings: { ORCH_SERVER_API_KEY: "hush" } });
  const { body } = await runInSession.send("GET", "/admin/settings");
  await runInSession.close();
  expect(body as object).toMatchObject({
    PREFECT_SERVER_API_KEY: "********",
    PREFECT_API_KEY: null,
    PREFECT_API_DEFAULT_LIMIT: 200,
    PREFECT_SERVER_API_HOST: "127.0.0.1",
  });
  expect(JSON.stringify(body)).not.toContain("hush");
});

for (const action of ["clear", "drop", "create"]) {
  test(`${action} that is not confirmed is 400 with an empty body, and changes nothing`, async () => {
    await makeFlow(app, `kept-from-${action}`);
    const before = await app.count("flow");
    for (const body of [undefined, {}, { confirm: false }]) {
      expect(await app.send("POST", `/admin/database/${action}`, body)).toEqual({ status: 400, body: null as never });
    }
    expect(await app.count("flow")).toBe(before);
  });
}

test("clearing empties all of it, whatever hangs on what, and the server goes on", async () => {
  const deployment = await makeDeployment(app, { work_queue_name: "night" });
  const run = (await app.send("POST", `/deployments/${deployment.id}/create_flow_run`, {})).body as { id: string };
  await makeTaskRun(app, { flow_run_id: run.id });
  const queues = (await app.send("POST", "/work_queues/filter")).body as { id: string }[];
  // An agent that has polled: the old server could not clear it.
  await app.send("POST", `/work_queues/${queues[0]?.id}/get_runs`, { agent_id: crypto.randomUUID() });
  expect((await app.send("POST", "/admin/database/clear", { confirm: true })).status).toBe(204);
  for (const table of ["flow", "deployment", "flow_run", "flow_run_state", "task_run", "work_pool", "work_queue"]) {
    expect([table, await app.count(table)]).toEqual([table, 0]);
  }
  const again = await makeDeployment(app, { work_queue_name: "night" });
  expect(again.id).not.toBe(deployment.id);
});

test("foreign keys are looked at again after it", async () => {
  await app.send("POST", "/admin/database/drop", { confirm: true });
  const orphan = { flow_run_id: crypto.randomUUID(), task_key: "a", dynamic_key: "0" };
  expect((await app.send("POST", "/task_runs/", orphan)).status).toBe(409);
});

test("a server with services has its block types back", async () => {
  const serving = testApp();
  const types = async () => ((await serving.send("POST", "/block_types/filter")).body as unknown[]).length;
  const before = await types();
  await serving.send("POST", "/admin/database/clear", { confirm: true });
  expect([before > 0, await types()]).toEqual([true, before]);
  await serving.close();
});
