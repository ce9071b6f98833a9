// Overlap and catch-up policies on a server that does not know them: Prefect's, or an orch from before them.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDeployment } from "#wire/deployments/deployments.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeFlow } from "../../factory.ts";
import { type TestTerminal, testTerminal } from "../io.ts";

let app: TestApp;
let server: ReturnType<typeof Bun.serve>;
let terminal: TestTerminal;

/** As Prefect answers what it does not know: fields of a body, and routes. */
async function older(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/api/orch/")) return Response.json({ detail: "Not Found" }, { status: 404 });
  const text = await request.text();
  if (text.includes('"run_policy"')) {
    const detail = { loc: ["body", "run_policy"], msg: "extra fields not permitted", type: "value_error.extra" };
    return Response.json(
      { exception_message: "Invalid request received.", exception_detail: [detail] },
      { status: 422 },
    );
  }
  const { method, headers, url } = request;
  return app.app.fetch(new Request(url, { method, headers, ...(text === "" ? {} : { body: text }) }));
}

beforeAll(() => {
  app = testApp();
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: older });
  terminal = testTerminal({ ORCH_API_URL: `http://127.0.0.1:${server.port}/api` });
});
afterAll(async () => {
  await server.stop(true);
  terminal.close();
  await app.close();
});

test("set-schedule refuses policies, and changes nothing", async () => {
  const flow = await makeFlow(app, "f");
  const { id } = await makeDeployment(app, { name: "d", flow_id: flow.id });
  const { code, err } = await terminal.orch(
    "deployment",
    "set-schedule",
    "f/d",
    "--overlap",
    "skip",
    "--interval",
    "60",
  );
  expect([code, err]).toEqual([
    1,
    `http://127.0.0.1:${server.port}/api does not know the policies of --overlap and --catchup, which only orch's own server keeps. Nothing was changed.`,
  ]);
  expect((await app.call(readDeployment, { params: { id } })).schedule).toBeNull();
});

const FILE = (policies: string) => `name: e
flow_name: f
work_queue_name: test
path: /tmp
entrypoint: a.ts:a
infrastructure: { type: process, block_type_slug: process }
${policies}`;

for (const [policies, lost] of [
  ["overlap: skip\n", "'overlap'"],
  ["overlap: wait\ncatchup: last\n", "'overlap' and 'catchup'"],
  ["catchup: {within: 60}\n", "'catchup'"],
] as const) {
  test(`apply says that ${lost} is lost`, async () => {
    writeFileSync(join(terminal.folder, "e.yaml"), FILE(policies));
    const { code, err } = await terminal.orch("deployment", "apply", "e.yaml");
    expect([code, err]).toEqual([0, expect.stringContaining(`does not keep ${lost} of 'e'`)]);
  });
}

test("apply has nothing to say where every run starts anyway", async () => {
  writeFileSync(join(terminal.folder, "e.yaml"), FILE("overlap: allow\n"));
  const { code, err } = await terminal.orch("deployment", "apply", "e.yaml");
  expect([code, err]).toEqual([0, ""]);
});
