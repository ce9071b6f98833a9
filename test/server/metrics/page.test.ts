// The page that those who collect metrics read.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeFlow, makeFlowRun } from "../../factory.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp();
});
afterEach(() => app.close());

async function page(): Promise<string> {
  const answer = await app.app.fetch(new Request("http://test/metrics"));
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return answer.text();
}

async function value(sample: string): Promise<number | undefined> {
  const line = (await page()).split("\n").find((one) => one.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length + 1));
}

test("each line is a comment or a sample, each metric has one help and one type, and no sample stands twice", async () => {
  await makeDeployment(app, { work_queue_name: 'a "queue"' });
  const lines = (await page()).trimEnd().split("\n");
  for (const line of lines)
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{.+\})? -?\d+(\.\d+)?(e[+-]?\d+)?)$/);
  const samples = lines.filter((line) => !line.startsWith("#")).map((line) => line.slice(0, line.lastIndexOf(" ")));
  expect(new Set(samples).size).toBe(samples.length);
  const types = lines.filter((line) => line.startsWith("# TYPE")).map((line) => line.split(" ")[2] ?? "");
  expect(new Set(types).size).toBe(types.length);
  for (const sample of samples)
    expect(types).toContain(/^[a-z_]+?(?=_bucket|_sum|_count|\{|$)/.exec(sample)?.[0] ?? "");
});

test("requests are counted by the path of their route, whatever id they name", async () => {
  const { id } = await makeFlow(app);
  const name = "orch_http_request_duration_seconds_count";
  const of = (method: string, status: number) => `${name}{route="/flows/{id}",method="${method}",status="${status}"}`;
  await app.send("GET", `/flows/${id}`);
  await app.send("GET", `/flows/${id}`);
  await app.send("GET", "/flows/0f9b1c52-8a3e-4c53-9d55-2f5f0f6cf0a1");
  await app.send("DELETE", `/flows/${id}`);
  expect([await value(of("GET", 200)), await value(of("GET", 404)), await value(of("DELETE", 204))]).toEqual([2, 1, 1]);
});

test("requests without a route are counted together, so that nobody can make the page long", async () => {
  for (const path of ["/nothing", "/nothing/else", "/x"]) await app.send("GET", path);
  await app.send("PROPFIND", "/coffee");
  const name = 'orch_http_request_duration_seconds_count{route="",method';
  expect([await value(`${name}="GET",status="404"}`), await value(`${name}="other",status="404"}`)]).toEqual([3, 1]);
});

test("runs are counted by state; ended ones not more than once a minute", async () => {
  await makeFlowRun(app, { state: { type: "RUNNING" } });
  await makeFlowRun(app, { state: { type: "COMPLETED" } });
  const counts = async () => [
    await value('orch_flow_runs{state="RUNNING"}'),
    await value('orch_flow_runs{state="COMPLETED"}'),
    await value('orch_task_runs{state="RUNNING"}'),
  ];
  expect(await counts()).toEqual([1, 1, 0]);
  await makeFlowRun(app, { state: { type: "RUNNING" } });
  await makeFlowRun(app, { state: { type: "COMPLETED" } });
  expect(await counts()).toEqual([2, 1, 0]);
  app.clock.advance(61);
  expect(await counts()).toEqual([2, 2, 0]);
});

test("loops tell their passes, and how long they are overdue", async () => {
  expect(await value('orch_loop_passes_total{loop="checkpoints"}')).toBe(0);
  app.app.start();
  while ((await value('orch_loop_passes_total{loop="checkpoints"}')) === 0) await Promise.resolve();
  expect(await value('orch_loop_lag_seconds{loop="checkpoints"}')).toBe(0);
  for (const name of [
    "scheduler",
    "recent-deployments",
    "late-runs",
    "lost-runs",
    "cancellations",
    "pauses",
    "notifications",
  ]) {
    expect([name, await value(`orch_loop_failures_total{loop="${name}"}`)]).toEqual([name, 0]);
  }
});

test("depths of queues, the size of the database and the memory of the process are there", async () => {
  await makeDeployment(app, { work_queue_name: "fast" });
  expect(await value('orch_work_queue_due_runs{pool="default-agent-pool",queue="fast"}')).toBe(0);
  expect(await value("orch_database_bytes")).toBeGreaterThan(100_000);
  expect(await value("process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
  expect(await value("orch_scheduled_run_wait_seconds")).toBe(0);
});
