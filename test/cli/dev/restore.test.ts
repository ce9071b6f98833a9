// D14: what `orch dev` did to deployments is undone at its end, on a real server in memory.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRestorer } from "#cli/dev/restore.ts";
import { undoLeft } from "#cli/dev/undo.ts";
import { createClient } from "#client/client.ts";
import { fetchTransport } from "#client/transport.ts";
import { OrchError } from "#lib/errors.ts";
import { applyDeployment } from "#project/deployments/apply.ts";
import { type Deployment, readDeploymentByName, setScheduleActive } from "#wire/deployments/deployments.ts";
import { readRunPolicies } from "#wire/runs/run-policies.ts";
import { type TestApp, testApp } from "../../app.ts";
import { spec } from "./spec.ts";

let server: TestApp;
let home: string;
const lines: string[] = [];
/** Which requests are refused. */
let fails: (request: Request) => boolean;
beforeEach(() => {
  server = testApp();
  home = mkdtempSync(join(tmpdir(), "orch-restore-"));
  lines.length = 0;
  fails = () => false;
});
afterEach(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

const HOURLY = { interval: 3600, anchor_date: "2026-11-23T00:00:00+00:00", timezone: "UTC" };
const schemaOf = (name: string) => ({ title: "Parameters", type: "object", properties: { [name]: { title: name } } });
const BUILT_SCHEMA = schemaOf("old");

function setup() {
  const transport = fetchTransport(async (request) => {
    if (fails(request)) throw new OrchError("conflict", "The pool's template has changed.");
    return server.app.fetch(request);
  });
  const client = createClient({ transport, clock: server.clock, retries: 0 });
  const io = { out: (line: unknown) => lines.push(String(line)), err: (line: unknown) => lines.push(String(line)) };
  const restorer = createRestorer({ client, home, io });
  /** As a pass of `orch dev` does; the file says that the code is in the home. */
  const deploy = async (changes: Parameters<typeof spec>[0] = {}) => {
    const wanted = spec({ schedule: HOURLY, path: "/project", ...changes });
    await restorer.before(wanted);
    const applied = await applyDeployment(client, wanted);
    restorer.after(wanted, applied, { path: home, version: "built", parameter_openapi_schema: BUILT_SCHEMA });
    return applied.id;
  };
  const undo = () => undoLeft(client, home, io.err);
  return { client, restorer, deploy, undo };
}

const PAUSED =
  "Paused the schedule of 'say-hi/a': an 'orch dev' that was killed had left the schedule on. 'orch deployment resume-schedule' resumes it.";

const stored = (name = "a"): Promise<Deployment> =>
  server.call(readDeploymentByName, { params: { flow_name: "say-hi", deployment_name: name } });

test("a schedule that it started is paused, its runs are gone, and the code is the build's copy again", async () => {
  const { restorer, deploy } = setup();
  const id = await deploy();
  await server.send("POST", `/deployments/${id}/schedule`, {});
  expect(await server.count("flow_run")).toBe(3);
  await restorer.restore();
  expect(await stored()).toMatchObject({ is_schedule_active: false, path: home, schedule: HOURLY });
  expect(await server.count("flow_run")).toBe(0);
  expect(lines).toEqual(["Paused the schedule of 'say-hi/a' until 'orch dev' runs again."]);
});

test("D14: parameters and version are those of the build's copy again, and nothing else is changed", async () => {
  for (const parameter_openapi_schema of [schemaOf("new"), BUILT_SCHEMA]) {
    const { restorer, deploy } = setup();
    const id = await deploy({
      ...{ version: "edited", parameter_openapi_schema, overlap: "skip", tags: ["t"], parameters: { a: 1 } },
      infra_overrides: { "env.A": "1" },
    });
    const before = await stored();
    await restorer.restore();
    const putBack = { path: home, version: "built", parameter_openapi_schema: BUILT_SCHEMA };
    expect(await stored()).toEqual({
      ...{ ...before, ...putBack, is_schedule_active: false },
      updated: expect.any(String),
    });
    const policies = await server.call(readRunPolicies, { body: { deployment_ids: [id] } });
    expect(policies).toEqual([{ deployment_id: id, overlap: "skip", catchup: "all" }]);
  }
});

test("a schedule that made runs before goes on", async () => {
  const first = setup();
  await applyDeployment(first.client, spec({ schedule: HOURLY, path: home }));
  await first.deploy();
  await first.restorer.restore();
  expect(await stored()).toMatchObject({ is_schedule_active: true, path: home });
  expect(lines).toEqual([]);
});

test("started and stopped again and again, it stays paused in between", async () => {
  for (let time = 0; time < 2; time += 1) {
    const { restorer, deploy, undo } = setup();
    await undo();
    await deploy();
    expect((await stored()).is_schedule_active).toBe(true);
    await restorer.restore();
    expect((await stored()).is_schedule_active).toBe(false);
  }
});

test("after a crash the next one pauses what was left on, before its late runs can start", async () => {
  const crashed = setup();
  const id = await crashed.deploy();
  await server.send("POST", `/deployments/${id}/schedule`, {});
  server.clock.advance(7200);
  const next = setup();
  await next.undo();
  expect(await server.count("flow_run")).toBe(0);
  await next.deploy();
  await next.restorer.restore();
  expect((await stored()).is_schedule_active).toBe(false);
});

test("D14: after a crash a server undoes once what was left: schedules, code, parameters", async () => {
  const crashed = setup();
  await crashed.deploy({ parameter_openapi_schema: schemaOf("new") });
  await crashed.deploy({ name: "b", schedule: null });
  await crashed.undo();
  expect(lines).toEqual([PAUSED]);
  const putBack = { path: home, version: "built", parameter_openapi_schema: BUILT_SCHEMA };
  expect(await stored()).toMatchObject({ ...putBack, is_schedule_active: false });
  expect(await stored("b")).toMatchObject(putBack);
  await crashed.undo();
  expect(lines).toEqual([PAUSED]);
});

test("a deployment without a schedule, one that is switched off, and one that was deleted are no trouble", async () => {
  const { restorer, deploy } = setup();
  await deploy({ schedule: null });
  await deploy({ name: "b", is_schedule_active: false });
  const id = await deploy({ name: "c" });
  await server.call(setScheduleActive, { params: { id } });
  await server.send("DELETE", `/deployments/${id}`);
  await restorer.restore();
  expect(lines).toEqual([]);
  expect(existsSync(join(home, "dev-schedules.json"))).toBe(true);
});

describe("after a crash", () => {
  const edited = { parameter_openapi_schema: schemaOf("new"), version: "edited" };
  const noted = (): { left: unknown[] } => JSON.parse(readFileSync(join(home, "dev-schedules.json"), "utf8"));

  test("what cannot be undone is named, the rest is undone, and the next start tries again", async () => {
    const crashed = setup();
    await crashed.deploy(edited);
    await crashed.deploy({ ...edited, name: "b" });
    fails = ({ method, url }) => method === "POST" && url.endsWith("/deployments/");
    await crashed.undo();
    const again =
      "could not be left as it was before 'orch dev'; the next start tries again: The pool's template has changed.";
    expect(lines.slice(0, 2)).toEqual([`'say-hi/a' ${again}`, `'say-hi/b' ${again}`]);
    expect(lines[2]).toStartWith("Paused the schedules of 'say-hi/a', 'say-hi/b': an 'orch dev' that was killed");
    expect(await stored()).toMatchObject({ is_schedule_active: false, path: "/project" });
    fails = () => false;
    await crashed.undo();
    expect(await stored()).toMatchObject({ path: home, version: "built", parameter_openapi_schema: BUILT_SCHEMA });
    expect(noted().left).toEqual([]);
    expect(lines).toHaveLength(3);
  });

  test("a schedule that could not be paused is paused at the end of the next one", async () => {
    const crashed = setup();
    await crashed.deploy();
    fails = ({ url }) => url.endsWith("/set_schedule_inactive");
    await crashed.undo();
    fails = () => false;
    const next = setup();
    await next.deploy({ name: "b" });
    expect(noted().left).toHaveLength(2);
    await next.deploy();
    await next.restorer.restore();
    expect(await stored()).toMatchObject({ is_schedule_active: false, path: home });
  });

  test("what could not be undone at the end is undone by the next start", async () => {
    const { restorer, deploy, undo } = setup();
    await deploy();
    fails = ({ url }) => url.endsWith("/set_schedule_inactive");
    await restorer.restore();
    expect(lines[0]).toStartWith("'say-hi/a' could not be left as it was; the next start tries again: ");
    fails = () => false;
    await undo();
    expect(await stored()).toMatchObject({ is_schedule_active: false, path: home });
  });

  test("a schedule that was switched on since stays on", async () => {
    const crashed = setup();
    const id = await crashed.deploy();
    server.clock.advance(1);
    await server.call(setScheduleActive, { params: { id } });
    await crashed.undo();
    expect(await stored()).toMatchObject({ is_schedule_active: true, path: home });
    expect(lines).toEqual([]);
  });

  test("a deployment that was applied since stays as it is", async () => {
    const crashed = setup();
    await crashed.deploy(edited);
    server.clock.advance(1);
    await applyDeployment(crashed.client, spec({ schedule: HOURLY, path: "/new-copy", ...edited, version: "new" }));
    const before = await stored();
    await crashed.undo();
    expect(await stored()).toEqual(before);
    expect(lines).toEqual([]);
    expect(noted().left).toEqual([]);
  });

  test("entries of another form are left out, and a note that cannot be read is named", async () => {
    const crashed = setup();
    await crashed.deploy();
    const [entry] = noted().left as [Record<string, unknown>];
    const wrong = [
      null,
      { ...entry, name: 1 },
      { ...entry, pauses: "yes" },
      { ...entry, applied: { id: 7, updated: "" } },
    ];
    const file = join(home, "dev-schedules.json");
    writeFileSync(file, JSON.stringify({ left: [...wrong, { ...entry, built: { path: 3 } }] }));
    await crashed.undo();
    expect(lines).toEqual([PAUSED]);
    expect(await stored()).toMatchObject({ path: "/project" });
    rmSync(file);
    mkdirSync(file);
    await crashed.undo();
    expect(lines[1]).toStartWith("The note of what an 'orch dev' has left could not be used: ");
  });
});
