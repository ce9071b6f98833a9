// The page, "Deployments overview" and "Deployments and flows": each claim on the compiled executable.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../eventually.ts";
import { createWorld, later, type Run, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
  world.agent("-q", "test");
});
afterAll(() => world.close());

const build = (name: string, ...args: string[]) =>
  world.deployment("build", "-n", name, "-q", "test", "-a", ...args, "flows/marvin.ts:sayHi");

describe("All flow runs are tracked by the API", () => {
  test("you can call a flow locally, without registering it, and it will be tracked", async () => {
    const { code } = await world.orch("flow", "run", "catfact.ts:catfactsFlow", "--param", "url=here");
    expect(code).toBe(0);
    const runs = await world.json<Run[]>("flow-run", "ls", "--flow-name", "Cat Facts");
    expect(runs).toMatchObject([{ state_type: "COMPLETED", deployment_id: null, parameters: { url: "here" } }]);
  });
});

describe("A deployment packages code, settings and infrastructure configuration", () => {
  test("so that an agent runs the flow", async () => {
    await build("packaged");
    const run = await world.run("say-hi/packaged");
    expect(run.state_type).toBe("COMPLETED");
    expect(await world.logs(run.id)).toContain("hi Marvin, 42");
  });
  test("flow code never lives on the server or in its database", async () => {
    await build("hybrid");
    await world.run("say-hi/hybrid");
    const home = join(world.sandbox.home, ".orch");
    const files = readdirSync(home).filter((name) => name.startsWith("orch.db"));
    for (const file of files) expect(await Bun.file(join(home, file)).text()).not.toContain("getRunLogger().info(`hi");
    expect(
      new Database(join(home, "orch.db"), { readonly: true }).query("select count(*) as n from deployment").get(),
    ).not.toBe(null);
  });
});

describe("A deployment enables you to", () => {
  test("schedule flow runs", async () => {
    await build("often", "--interval", "1");
    const [first] = await scheduled("often");
    expect((await world.endOf(first?.id ?? "")).state_type).toBe("COMPLETED");
    await world.deployment("delete", "say-hi/often", "--yes");
  });
  test("assign a work queue name to delegate flow runs to work queues", async () => {
    await world.deployment("build", "-n", "elsewhere", "-q", "other", "-a", "flows/marvin.ts:sayHi");
    const agent = world.agent("-q", "other");
    const run = await world.run("say-hi/elsewhere");
    expect(run).toMatchObject({ state_type: "COMPLETED", work_queue_name: "other" });
    await agent.until(/hi Marvin/);
    await agent.stop();
  });
  test("assign tags to organize deployments and flow runs, and filter by them", async () => {
    await build("tagged", "-t", "etl", "-t", "nightly");
    const run = await world.run("say-hi/tagged");
    expect(run.tags).toEqual(["etl", "nightly"]);
    const body = { flow_runs: { tags: { all_: ["etl"] } } };
    expect(await world.api<Run[]>("POST", "/flow_runs/filter", body)).toMatchObject([{ id: run.id }]);
    const deployments = { deployments: { tags: { all_: ["nightly"] } } };
    expect(await world.api("POST", "/deployments/filter", deployments)).toMatchObject([{ name: "tagged" }]);
  });
  test("assign custom parameter values for flow runs", async () => {
    await build("custom", "--param", "name=Trillian", "--param", "num=7");
    const run = await world.run("say-hi/custom");
    expect(await world.logs(run.id)).toContain("hi Trillian, 7");
  });
  test("create ad-hoc flow runs from the API", async () => {
    await build("adhoc");
    const { id } = await world.api<{ id: string }>("GET", "/deployments/name/say-hi/adhoc");
    const run = await world.api<Run>("POST", `/deployments/${id}/create_flow_run`, { parameters: { name: "API" } });
    expect((await world.endOf(run.id)).state_type).toBe("COMPLETED");
    expect(await world.logs(run.id)).toContain("hi API");
  });
  later("create ad-hoc flow runs from the UI", "the web UI comes in an issue of its own");
  test("upload flow files to a defined storage location for retrieval at run time, with modules, SQL and configuration", async () => {
    const store = join(world.sandbox.home, "store");
    await world.saveBlock("local-file-system", "shared", { basepath: store });
    world.write("lib/words.ts", 'export const word = "shared";\n');
    world.write("query.sql", "select 42");
    world.write("config.json", '{"key": "configured"}');
    world.write(
      "report.ts",
      `import { flow, getRunLogger } from "orch";
import { readFileSync } from "node:fs";
import { word } from "./lib/words.ts";
export const report = flow(async function report() {
  const { key } = JSON.parse(readFileSync("config.json", "utf8"));
  getRunLogger().info(\`\${word}: \${readFileSync("query.sql", "utf8")} \${key}\`);
});
`,
    );
    await world.deployment(
      "build",
      "-n",
      "stored",
      "-q",
      "test",
      "-a",
      "-sb",
      "local-file-system/shared/v1",
      "report.ts:report",
    );
    for (const file of ["report.ts", "lib", "query.sql", "config.json"])
      rmSync(join(world.folder, file), { recursive: true });
    const run = await world.run("report/stored");
    expect(await world.logs(run.id)).toContain("shared: select 42 configured");
  });
  test("specify run time infrastructure", async () => {
    await build("infra", "--override", "env.GREETING=configured");
    const run = await world.run("say-hi/infra");
    expect(await world.logs(run.id)).toContain("hi Marvin, 42, configured");
  });
  later("run in Docker or Kubernetes", "orch starts containers and jobs in an issue of its own; their fields are kept");
});

describe("Infrastructure is defined by", () => {
  test("a pre-configured block", async () => {
    await world.saveBlock("process", "greeting", { env: { GREETING: "from a block" } });
    await build("blocked", "-ib", "process/greeting");
    const run = await world.run("say-hi/blocked");
    expect(await world.logs(run.id)).toContain("from a block");
  });
  test("an anonymous block that --infra creates", async () => {
    await build("anonymous", "--infra", "process");
    const deployment = await world.json<{ infrastructure_document_id: string }>(
      "deployment",
      "inspect",
      "say-hi/anonymous",
    );
    const block = await world.api("GET", `/block_documents/${deployment.infrastructure_document_id}`);
    expect(block).toMatchObject({ is_anonymous: true, block_type: { slug: "process" } });
  });
});

describe("Work queues that match by tags are still created and still work", () => {
  test("with agent start -t", async () => {
    const agent = world.agent("-t", "legacy");
    await agent.until(/Looking for work/);
    await world.deployment("build", "-n", "legacy", "-q", "nobody", "-t", "legacy", "-a", "flows/marvin.ts:sayHi");
    expect((await world.run("say-hi/legacy")).state_type).toBe("COMPLETED");
    await agent.stop();
  });
});

describe("Deployments and flows", () => {
  test("a flow is referenced by many deployments, each with its parameters, schedule and environment", async () => {
    await build("daily", "--cron", "0 9 * * *", "--param", "name=Daily", "--override", "env.GREETING=dev");
    await build("weekly", "--rrule", "FREQ=WEEKLY;BYDAY=MO", "--param", "name=Weekly");
    await build("ad-hoc");
    for (const [name, line] of [
      ["daily", "hi Daily, 42, dev"],
      ["weekly", "hi Weekly"],
      ["ad-hoc", "hi Marvin"],
    ]) {
      expect(await world.logs((await world.run(`say-hi/${name}`)).id)).toContain(line ?? "");
    }
    const flows = await world.api<unknown[]>("POST", "/flows/filter", { flows: { name: { any_: ["say-hi"] } } });
    expect(flows).toHaveLength(1);
  });
  test("a deployment is identified by flow_name/deployment_name: the same name again is the same deployment", async () => {
    const first = await world.json<{ id: string }>("deployment", "inspect", "say-hi/daily");
    await build("daily", "--version", "2");
    const second = await world.json<{ id: string; version: string }>("deployment", "inspect", "say-hi/daily");
    expect(second).toMatchObject({ id: first.id, version: "2" });
  });
  test("different versions of a flow run side by side, for testing and production", async () => {
    await build("production");
    const before = await Bun.file(join(world.folder, "flows/marvin.ts")).text();
    world.write("flows/marvin.ts", before.replace("`hi ", "`hello "));
    await build("testing");
    expect(await world.logs((await world.run("say-hi/production")).id)).toContain("hi Marvin");
    expect(await world.logs((await world.run("say-hi/testing")).id)).toContain("hello Marvin");
    world.write("flows/marvin.ts", before);
  });
});

async function scheduled(deployment: string): Promise<Run[]> {
  const body = { deployments: { name: { any_: [deployment] } }, sort: "EXPECTED_START_TIME_ASC" };
  return eventually(async () => {
    const runs = await world.api<Run[]>("POST", "/flow_runs/filter", body);
    return runs.length > 0 && runs;
  }, `a run of ${deployment} is scheduled`);
}
