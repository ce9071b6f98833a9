// The page, "deployment.yaml", "Parameters in deployments" and "Create a deployment".
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createWorld, later, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
  world.agent("-q", "test");
});
afterAll(() => world.close());

/** The page's sample, at the folder of this test. */
const sample = () => `###
### A complete description of a Prefect Deployment for flow 'Cat Facts'
###
name: catfact
description: null
version: c0fc95308d8137c50d2da51af138aa23
# The work queue that will handle this deployment's runs
work_queue_name: test
work_pool_name: null
tags: []
parameters: {}
schedule: null
infra_overrides: {}
infrastructure:
  type: process
  env: {}
  labels: {}
  name: null
  command:
  - python
  - -m
  - prefect.engine
  stream_output: true
###
### DO NOT EDIT BELOW THIS LINE
###
flow_name: Cat Facts
manifest_path: null
storage: null
path: ${world.folder}
entrypoint: catfact.ts:catfactsFlow
parameter_openapi_schema:
  title: Parameters
  type: object
  properties:
    url:
      title: url
  required:
  - url
  definitions: null
`;

const FILE = "catfacts_flow-deployment.yaml";
const edit = (from: string | RegExp, to: string) => {
  const path = join(world.folder, FILE);
  const before = readFileSync(path, "utf8");
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${from} is not in the file`);
  writeFileSync(path, after);
};
const apply = (...args: string[]) => world.deployment("apply", ...args);

describe("Create a deployment", () => {
  test("the page's own file applies, and says what the page says", async () => {
    world.write(FILE, sample());
    const out = await apply(`./${FILE}`);
    expect(out).toMatch(
      /^Successfully loaded 'catfact'\nDeployment 'Cat Facts\/catfact' successfully created with id '[0-9a-f-]{36}'\.\n/,
    );
  });
  test("ls shows the page's table, with more columns", async () => {
    const { id } = await world.json<{ id: string }>("deployment", "inspect", "Cat Facts/catfact");
    const out = await world.deployment("ls");
    expect(out).toMatch(/^ +Deployments\n┏━+┳.+┳━+┓\n┃ Name +┃ .+ ┃ ID +┃\n┡━+╇.+╇━+┩\n/);
    expect(out).toMatch(new RegExp(`^│ Cat Facts/catfact │ .+ │ ${id} │$`, "m"));
  });
  test("a run of it executes, in the engine of the executable", async () => {
    const run = await world.run("Cat Facts/catfact", "--param", "url=https://catfact.ninja/fact");
    expect(run.state_type).toBe("COMPLETED");
    expect(await world.logs(run.id)).toContain("a fact from https://catfact.ninja/fact");
  });
  test("applied again it is the same deployment", async () => {
    const [id] = /[0-9a-f-]{36}/.exec(await apply(FILE)) ?? [];
    expect(await world.json("deployment", "inspect", "Cat Facts/catfact")).toMatchObject({ id });
  });
  test("many files at once", async () => {
    world.write("a.yaml", sample().replace("name: catfact\n", "name: a\n"));
    world.write("b.yaml", sample().replace("name: catfact\n", "name: b\n"));
    const out = await apply("a.yaml", "b.yaml");
    expect(out.match(/successfully created/g)).toHaveLength(2);
  });
  test("--upload uploads the deployment's files", async () => {
    const store = join(world.sandbox.home, "store");
    await world.saveBlock("local-file-system", "store", { basepath: store });
    const args = ["-n", "up", "-q", "test", "-sb", "local-file-system/store", "--skip-upload", "-o", "up.yaml"];
    await world.deployment("build", ...args, "catfact.ts:catfactsFlow");
    expect(await apply("--upload", "up.yaml")).toMatch(
      new RegExp(`Successfully uploaded \\d+ files \\(.*\\) to ${store}`),
    );
    expect((await world.run("Cat Facts/up", "--param", "url=stored")).state_type).toBe("COMPLETED");
  });
  later("the deployment is seen in the UI", "the web UI comes in an issue of its own");
});

describe("deployment.yaml", () => {
  test("one flow has many files, each with its settings", async () => {
    await world.deployment("build", "-n", "one", "-o", "one.yaml", "-t", "a", "catfact.ts:catfactsFlow");
    await world.deployment("build", "-n", "two", "-o", "two.yaml", "--interval", "3600", "catfact.ts:catfactsFlow");
    await apply("one.yaml", "two.yaml");
    expect(await world.json("deployment", "inspect", "Cat Facts/one")).toMatchObject({ tags: ["a"], schedule: null });
    expect(await world.json("deployment", "inspect", "Cat Facts/two")).toMatchObject({ schedule: { interval: 3600 } });
  });

  const EDITS: [what: string, from: string, to: string, seen: Record<string, unknown>][] = [
    ["the description", "description: null", "description: Facts about cats.", { description: "Facts about cats." }],
    ["the version", /version: .*/.source, "version: v2", { version: "v2" }],
    ["the tags", "tags: []", "tags: [cats, facts]", { tags: ["cats", "facts"] }],
    [
      "the schedule",
      "schedule: null",
      "schedule:\n  cron: 0 0 * * *\n  timezone: Europe/Berlin",
      { schedule: { cron: "0 0 * * *" } },
    ],
    [
      "whether it is active",
      "infra_overrides: {}",
      "is_schedule_active: false\ninfra_overrides: {}",
      { is_schedule_active: false },
    ],
    ["the overrides", "infra_overrides: {}", "infra_overrides: {env.A: '1'}", { infra_overrides: { "env.A": "1" } }],
    ["the queue", "work_queue_name: test", "work_queue_name: cats", { work_queue_name: "cats" }],
    ["the infrastructure", "  env: {}", "  env: {B: '2'}", { infrastructure: { env: { B: "2" } } }],
  ];
  for (const [what, from, to, seen] of EDITS) {
    test(`${what} can be edited above the line and applied`, async () => {
      world.write(FILE, sample());
      edit(new RegExp(from.includes(".*") ? from : from.replace(/[[\]{}]/g, "\\$&")), to);
      await apply(FILE);
      expect(await world.json("deployment", "inspect", "Cat Facts/catfact")).toMatchObject(seen);
    });
  }
});

describe("Parameters in deployments", () => {
  test("defaults of the file, written as JSON, are used by the runs", async () => {
    world.write(FILE, sample());
    edit("parameters: {}", 'parameters: {"url": "https://catfact.ninja/fact"}');
    await apply(FILE);
    const run = await world.run("Cat Facts/catfact");
    expect(await world.logs(run.id)).toContain("a fact from https://catfact.ninja/fact");
  });
  test("and overridden by an ad-hoc run", async () => {
    const run = await world.run("Cat Facts/catfact", "--param", "url=elsewhere");
    expect(run.parameters).toEqual({ url: "elsewhere" });
    expect(await world.logs(run.id)).toContain("a fact from elsewhere");
  });
  test("changed, they are used for all future runs", async () => {
    edit("https://catfact.ninja/fact", "changed");
    await apply(FILE);
    expect((await world.run("Cat Facts/catfact")).parameters).toEqual({ url: "changed" });
  });
  test("must match those of the flow: the run fails with a sentence", async () => {
    edit('{"url": "changed"}', '{"adress": "typo"}');
    await apply(FILE);
    const { id } = await world.api<{ id: string }>("GET", "/deployments/name/Cat%20Facts/catfact");
    const created = await world.api<{ id: string }>("POST", `/deployments/${id}/create_flow_run`, {});
    const run = await world.endOf(created.id);
    expect(run.state_type).toBe("FAILED");
    expect(await world.logs(run.id)).toMatch(/adress|url/);
  });
  test("keyword arguments are the object `kwargs`", async () => {
    world.write(
      "kw.ts",
      `import { flow, getRunLogger } from "orch";
export const cats = flow(async function cats(name: string, kwargs: { cattype?: string; num?: number } = {}) {
  getRunLogger().info(\`\${name} \${kwargs.cattype} \${kwargs.num}\`);
});
`,
    );
    await world.deployment(
      "build",
      "-n",
      "kw",
      "-q",
      "test",
      "-a",
      "-o",
      "kw.yaml",
      "--params",
      '{"name": "Marvin", "kwargs": {"cattype": "tabby", "num": 42}}',
      "kw.ts:cats",
    );
    const run = await world.run("cats/kw");
    expect(await world.logs(run.id)).toContain("Marvin tabby 42");
  });
  later("default parameters are edited, and custom runs started, in the UI", "the web UI comes in an issue of its own");
});
