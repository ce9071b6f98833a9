// The options of `prefect server start`, as scripts have them, are taken; those that mean something do it.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createSandbox, type Sandbox } from "./sandbox.ts";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.close());

async function settingsOf(...options: string[]): Promise<Record<string, unknown>> {
  const server = sandbox.start(["server", "start", "--port", "0", ...options]);
  const [, url = ""] = await server.until(/running at (\S+),/);
  const answer = await fetch(`${url}/api/admin/settings`);
  const settings = (await answer.json()) as Record<string, unknown>; // names and values
  expect(await server.stop()).toBe(0);
  return settings;
}

const SCHEDULER = "PREFECT_API_SERVICES_SCHEDULER_ENABLED";
const LATE_RUNS = "PREFECT_API_SERVICES_LATE_RUNS_ENABLED";

test("loops are on, or as they are asked for", async () => {
  expect(await settingsOf("--scheduler", "--late-runs")).toMatchObject({ [SCHEDULER]: true, [LATE_RUNS]: true });
  expect(await settingsOf("--no-scheduler")).toMatchObject({ [SCHEDULER]: false, [LATE_RUNS]: true });
  expect(await settingsOf("--no-late-runs")).toMatchObject({ [SCHEDULER]: true, [LATE_RUNS]: false });
});

test("what the settings have off stays off", async () => {
  await sandbox.orch(["config", "set", "ORCH_API_SERVICES_SCHEDULER_ENABLED=false"]);
  expect(await settingsOf("--scheduler")).toMatchObject({ [SCHEDULER]: false });
});

test("options that have no meaning here are taken", async () => {
  const taken = ["--log-level", "WARNING", "--keep-alive-timeout", "5", "--analytics-off", "--no-ui"];
  expect(await settingsOf(...taken)).toMatchObject({ [SCHEDULER]: true });
});
