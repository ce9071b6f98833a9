import { afterEach, describe, expect, test } from "bun:test";
import type { Flow } from "#wire/deployments/flows.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeFlow, makeFlowRun, makeTaskRun } from "../../factory.ts";

const UNKNOWN = "0f9b1c52-8a3e-4c53-9d55-2f5f0f6cf0a1";
const apps: TestApp[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

function setup(): TestApp {
  const app = testApp({ services: false });
  apps.push(app);
  return app;
}

describe("creating a flow", () => {
  test("stores it", async () => {
    const app = setup();
    const { status, body } = await app.send("POST", "/flows/", { name: "say-hi", tags: ["a"] });
    const flow: Flow = body;
    expect(status).toBe(201);
    expect(flow).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      created: "2026-11-23T12:00:00.000000+00:00",
      updated: "2026-11-23T12:00:00.000000+00:00",
      name: "say-hi",
      tags: ["a"],
    });
    expect((await app.send("GET", `/flows/${flow.id}`)).body as Flow).toEqual(flow);
    expect((await app.send("GET", "/flows/name/say-hi")).body as Flow).toEqual(flow);
  });

  test("again gives back the first one unchanged", async () => {
    const app = setup();
    const first = await makeFlow(app, "say-hi");
    app.clock.advance(60);
    const again = await app.send("POST", "/flows/", { name: "say-hi", tags: ["late"] });
    expect(again as unknown).toEqual({ status: 200, body: first });
    expect(await app.count("flow")).toBe(1);
  });

  test("many times at once makes one", async () => {
    const app = setup();
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.send("POST", "/flows/", { name: "same" })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(19).fill(200), 201]);
    expect(await app.count("flow")).toBe(1);
  });

  const refused: [title: string, body: unknown, type: string][] = [
    ["without a name", {}, "value_error.missing"],
    ["with a null name", { name: null }, "type_error.none.not_allowed"],
    ["with a slash in its name", { name: "a/b" }, "value_error.invalidname"],
    ["with an unknown field", { name: "a", colour: "red" }, "value_error.extra"],
    ["with tags that are no list", { name: "a", tags: "red" }, "type_error.list"],
  ];
  for (const [title, body, type] of refused) {
    test(`${title} is refused, and nothing is stored`, async () => {
      const app = setup();
      const answer = await app.send("POST", "/flows/", body);
      const problem: { exception_detail: { type: string }[] } = answer.body;
      expect([answer.status, problem.exception_detail[0]?.type]).toEqual([422, type]);
      expect(await app.count("flow")).toBe(0);
    });
  }

  test("a number is taken for its text", async () => {
    const app = setup();
    expect(((await app.send("POST", "/flows/", { name: 5 })).body as Flow).name).toBe("5");
  });
});

describe("changing a flow", () => {
  test("sets its tags and moves `updated`", async () => {
    const app = setup();
    const flow = await makeFlow(app);
    app.clock.advance(1);
    expect(await app.send("PATCH", `/flows/${flow.id}`, { tags: ["new"] })).toMatchObject({ status: 204 });
    const changed = (await app.send("GET", `/flows/${flow.id}`)).body as Flow;
    expect(changed).toEqual({ ...flow, tags: ["new"], updated: "2026-11-23T12:00:01.000000+00:00" });
  });

  test("with nothing to change changes nothing", async () => {
    const app = setup();
    const flow = await makeFlow(app);
    app.clock.advance(1);
    await app.send("PATCH", `/flows/${flow.id}`, {});
    expect((await app.send("GET", `/flows/${flow.id}`)).body as Flow).toEqual(flow);
  });

  test("cannot rename it", async () => {
    const app = setup();
    const flow = await makeFlow(app);
    expect((await app.send("PATCH", `/flows/${flow.id}`, { name: "other" })).status).toBe(422);
  });
});

describe("an unknown flow", () => {
  const requests: [method: string, path: string, body?: object][] = [
    ["GET", `/flows/${UNKNOWN}`],
    ["GET", "/flows/name/nobody"],
    ["PATCH", `/flows/${UNKNOWN}`, { tags: [] }],
    ["PATCH", `/flows/${UNKNOWN}`, {}],
    ["DELETE", `/flows/${UNKNOWN}`],
  ];
  for (const [method, path, body] of requests) {
    test(`${method} ${path} with ${JSON.stringify(body)} is 404`, async () => {
      const answer = await setup().send(method, path, body);
      expect(answer as unknown).toEqual({ status: 404, body: { detail: "Flow not found" } });
    });
  }
});

test("deleting a flow takes its deployments, runs and their states along, but no logs", async () => {
  const app = setup();
  const other = await makeFlowRun(app);
  const deployment = await makeDeployment(app);
  const run = await makeFlowRun(app, { flow_id: deployment.flow_id, state: { type: "RUNNING" } });
  await makeTaskRun(app, { flow_run_id: run.id });
  const log = { name: "l", level: 20, message: "m", timestamp: "2026-11-23T12:00:00Z", flow_run_id: run.id };
  await app.send("POST", "/logs/", [log]);
  expect((await app.send("DELETE", `/flows/${deployment.flow_id}`)).status).toBe(204);

  const tables = ["deployment", "flow_run", "flow_run_state", "task_run", "task_run_state", "log"];
  const left = await Promise.all(tables.map((table) => app.count(table)));
  expect(left).toEqual([0, 1, 1, 0, 0, 1]);
  expect((await app.send("GET", `/flow_runs/${other.id}`)).status).toBe(200);
});

describe("sorting", () => {
  const cases: [sort: string, order: string[]][] = [
    ["NAME_ASC", ["a", "b", "c"]],
    ["NAME_DESC", ["c", "b", "a"]],
    ["CREATED_DESC", ["a", "c", "b"]],
    ["UPDATED_DESC", ["b", "a", "c"]],
  ];
  for (const [sort, order] of cases) {
    test(`${sort} gives ${order.join(", ")}`, async () => {
      const app = setup();
      const first = await makeFlow(app, "b");
      for (const name of ["c", "a"]) {
        app.clock.advance(1);
        await makeFlow(app, name);
      }
      app.clock.advance(1);
      await app.send("PATCH", `/flows/${first.id}`, { tags: ["t"] });
      const flows: Flow[] = (await app.send("POST", "/flows/filter", { sort })).body;
      expect(flows.map(({ name }) => name)).toEqual(order);
    });
  }
});
