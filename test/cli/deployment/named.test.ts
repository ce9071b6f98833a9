// Deployments by their names where there are more flows than a page of the API has.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { listNames } from "#cli/complete/names.ts";
import { loadSettings } from "#settings/load.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeFlow } from "../../factory.ts";
import { type TestTerminal, testTerminal } from "../io.ts";

let app: TestApp;
let server: ReturnType<typeof Bun.serve>;
let terminal: TestTerminal;
let env: Record<string, string>;

beforeAll(async () => {
  app = testApp();
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.app.fetch });
  env = { ORCH_API_URL: `http://127.0.0.1:${server.port}/api` };
  terminal = testTerminal(env);
  for (let index = 0; index < 201; index += 1) await makeFlow(app, `flow-${index}`);
  const flow = await makeFlow(app, "zebra");
  await makeDeployment(app, { name: "daily", flow_id: flow.id });
});
afterAll(async () => {
  await server.stop(true);
  terminal.close();
  await app.close();
});

test("a near miss is named with its flow", async () => {
  const { err } = await terminal.orch("deployment", "inspect", "zebra/dayly");
  expect(err).toBe("Deployment 'zebra/dayly' not found! Did you mean 'zebra/daily'?");
  expect((await terminal.orch("deployment", "run", "daily")).err).toContain("Did you mean 'zebra/daily'?");
});

test("completion offers it with its flow", async () => {
  const loaded = loadSettings({ HOME: terminal.folder, ORCH_HOME: terminal.home, ...env });
  expect(await listNames("deployment", loaded, undefined, terminal.folder)).toEqual([{ value: "zebra/daily" }]);
});
