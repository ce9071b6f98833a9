// The page, "Deployment API representation" and "Create a flow run from a deployment".
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eventually } from "../eventually.ts";
import { createWorld, later, type Run, type World } from "./world.ts";

interface Deployment {
  id: string;
  schedule: Record<string, unknown> | null;
  is_schedule_active: boolean;
}

let world: World;
beforeAll(async () => {
  world = await createWorld();
  const args = ["-n", "catfact", "-q", "test", "--param", "url=here", "-a"];
  await world.deployment("build", ...args, "catfact.ts:catfactsFlow");
});
afterAll(() => world.close());

const NAME = "Cat Facts/catfact";
const inspect = () => world.json<Deployment>("deployment", "inspect", NAME);
const runsOf = (state: string) =>
  world.api<Run[]>("POST", "/flow_runs/filter", {
    deployments: { name: { any_: ["catfact"] } },
    flow_runs: { state: { type: { any_: [state] } } },
  });

describe("Deployment API representation", () => {
  const PROPERTIES = [
    ...["id", "created", "updated", "name", "version", "description", "flow_id", "schedule", "is_schedule_active"],
    ...["infra_overrides", "parameters", "tags", "work_queue_name", "parameter_openapi_schema", "path", "entrypoint"],
    ...["storage_document_id", "infrastructure_document_id"],
  ];
  for (const property of PROPERTIES) {
    test(`has ${property}`, async () => expect(await inspect()).toHaveProperty(property));
  }
  test("is_schedule_active is true by default", async () => {
    expect((await inspect()).is_schedule_active).toBe(true);
  });
  test("inspect shows it as the page does", async () => {
    const out = await world.deployment("inspect", NAME);
    expect(out).toMatch(/^\{\n {4}'id': '[0-9a-f-]{36}',\n {4}'created': '[^']+',\n {4}'updated': '[^']+',\n/);
    expect(out).toContain("    'description': None,\n");
    expect(out).toContain("    'infrastructure': {\n        'type': 'process',\n        'env': {},\n");
    expect(out).toContain("'required': ['url']");
  });
});

describe("When you run a deployed flow", () => {
  test("a flow run is created; an agent picks it up from a queue; it executes within the infrastructure", async () => {
    const agent = world.agent("-q", "test");
    await agent.until(/Looking for work/);
    const run = await world.run(NAME);
    expect(run).toMatchObject({ state_type: "COMPLETED", work_queue_name: "test" });
    expect(agent.output()).toMatch(new RegExp(`${run.id}.*|a fact from here`));
    await agent.stop();
  });
  test("without an agent it is not executed", async () => {
    const out = await world.deployment("run", NAME, "--json");
    const { id } = JSON.parse(out) as Run; // the API's own shape
    expect(await world.api<Run>("GET", `/flow_runs/${id}`)).toMatchObject({ state_type: "SCHEDULED" });
    const agent = world.agent("-q", "test");
    expect((await world.endOf(id)).state_type).toBe("COMPLETED");
    await agent.stop();
  });
  test("an agent in another environment needs ORCH_API_URL only, or PREFECT_API_URL", async () => {
    for (const name of ["ORCH_API_URL", "PREFECT_API_URL"]) {
      const home = { ORCH_HOME: `${world.sandbox.home}/${name}` };
      const agent = world.sandbox.start(["agent", "start", "-q", "test"], { ...home, [name]: world.url });
      expect((await world.run(NAME)).state_type).toBe("COMPLETED");
      await agent.stop();
    }
  });
});

describe("Create a flow run with a schedule", () => {
  test("set, its runs are created by themselves", async () => {
    expect(await world.deployment("set-schedule", NAME, "--cron", "0 9 * * *")).toContain(
      "Updated deployment schedule!",
    );
    expect((await inspect()).schedule).toMatchObject({ cron: "0 9 * * *" });
    expect((await until(() => runsOf("SCHEDULED"))).length).toBeGreaterThan(0);
  });
  test("paused, there are none; resumed, there are some again", async () => {
    expect(await world.deployment("pause-schedule", NAME)).toContain(`Paused schedule for deployment ${NAME}`);
    expect((await inspect()).is_schedule_active).toBe(false);
    expect(await runsOf("SCHEDULED")).toEqual([]);
    expect(await world.deployment("resume-schedule", NAME)).toContain(`Resumed schedule for deployment ${NAME}`);
    expect((await until(() => runsOf("SCHEDULED"))).length).toBeGreaterThan(0);
  });
  test("executed as long as a server and an agent are running", async () => {
    await world.deployment("set-schedule", NAME, "--interval", "1");
    // An agent waits for the runs that it has claimed: this one claims none far ahead.
    const agent = world.agent("-q", "test", "--prefetch-seconds", "1");
    const before = (await runsOf("COMPLETED")).length;
    await until(async () => ((await runsOf("COMPLETED")).length > before ? [true] : []));
    await agent.stop();
    await world.deployment("pause-schedule", NAME);
  });
  test("without a server that schedules, no runs are created", async () => {
    const env = { ORCH_HOME: `${world.sandbox.home}/unscheduled` };
    const args = ["deployment", "build", "-n", "alone", "--interval", "60", "-a", "catfact.ts:catfactsFlow"];
    expect((await world.sandbox.orch(args, { env })).code).toBe(0);
    const { stdout } = await world.sandbox.orch(["flow-run", "ls", "--json"], { env });
    expect(JSON.parse(stdout)).toEqual([]);
  });
});

describe("The deployment commands", () => {
  const COMMANDS = [
    ...["apply", "build", "delete", "inspect", "ls", "pause-schedule", "resume-schedule", "run", "set-schedule"],
  ];
  test("are all listed", async () => {
    const help = await world.deployment("--help");
    for (const command of COMMANDS) expect(help).toContain(command);
  });
  for (const command of COMMANDS) {
    test(`${command} has help with an example`, async () => {
      expect(await world.deployment(command, "--help")).toContain(`orch deployment ${command}`);
    });
  }
  test("ls shows those of a flow", async () => {
    await world.deployment("build", "-n", "other", "-a", "flows/marvin.ts:sayHi");
    expect(await world.deployment("ls", "--flow-name", "Cat Facts")).not.toContain("say-hi/other");
    expect(await world.deployment("ls")).toContain("say-hi/other");
  });
  test("run starts it when asked to", async () => {
    const out = await world.deployment("run", NAME, "--start-in", "2 hours");
    expect(out).toMatch(/Scheduled start time: .* \(in (2 hours|an hour|1 hour)/);
  });
  test("delete deletes it", async () => {
    expect(await world.deployment("delete", "say-hi/other", "--yes")).toContain("Deleted deployment 'say-hi/other'.");
    expect((await world.orch("deployment", "inspect", "say-hi/other")).code).toBe(1);
  });
  later("the Run button of the UI", "the web UI comes in an issue of its own");
});

async function until<T>(look: () => Promise<T[]>): Promise<T[]> {
  return eventually(async () => {
    const found = await look();
    return found.length > 0 && found;
  }, "something comes");
}
