// The page, "Create a deployment from a Python object" and "Create a flow run in a Python script", in TypeScript.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { smallS3 } from "./small-s3.ts";
import { createWorld, type Run, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
  world.agent("-q", "demo");
});
afterAll(() => world.close());

/** Runs a program with the executable, and gives what it printed last. */
async function program(source: string): Promise<string> {
  world.write("program.ts", source);
  const { code, stdout, stderr } = await world.orch("run", "program.ts");
  if (code !== 0) throw new Error(`the program exited ${code}: ${stdout}${stderr}`);
  return stdout.trimEnd().split("\n").at(-1) ?? "";
}
const inspect = (name: string) => world.json<Record<string, unknown>>("deployment", "inspect", name);

describe("The Deployment object", () => {
  test("is built with defaults for an imported flow, and applied", async () => {
    await program(`import { Deployment } from "orch";
import { sayHi } from "./flows/marvin.ts";
const deployment = await Deployment.buildFromFlow({
  flow: sayHi,
  name: "example-deployment",
  version: 1,
  workQueueName: "demo",
});
await deployment.apply();
`);
    expect(await inspect("say-hi/example-deployment")).toMatchObject({
      ...{ version: "1", work_queue_name: "demo", entrypoint: "flows/marvin.ts:sayHi", description: "Says hello." },
      parameter_openapi_schema: { properties: { name: { default: "Marvin", type: "string" } } },
    });
    const run = await world.run("say-hi/example-deployment");
    expect(await world.logs(run.id)).toContain("hi Marvin, 42");
  });

  test("takes a pre-defined storage block and an infrastructure override", async () => {
    await world.saveBlock("local-file-system", "dev-bucket", { basepath: join(world.sandbox.home, "bucket") });
    await program(`import { Deployment, LocalFileSystem } from "orch";
import { sayHi } from "./flows/marvin.ts";
const storage = await LocalFileSystem.load("dev-bucket");
const deployment = await Deployment.buildFromFlow({
  flow: sayHi,
  name: "stored-example",
  version: 2,
  workQueueName: "demo",
  storage,
  infraOverrides: { env: { GREETING: "value" } },
});
await deployment.apply();
`);
    const deployment = await inspect("say-hi/stored-example");
    expect(deployment["storage_document_id"]).toBeString();
    const run = await world.run("say-hi/stored-example");
    expect(await world.logs(run.id)).toContain("hi Marvin, 42, value");
  });
  test("S3 blocks are saved and loaded like any other", async () => {
    const printed = await program(`import { S3 } from "orch";
await new S3({ bucketPath: "my-bucket/a", awsSecretAccessKey: "very secret" }).save("dev-bucket");
const storage = await S3.load("dev-bucket");
console.log(storage.bucketPath, Bun.inspect(storage).includes("very secret"));
`);
    expect(printed).toBe("my-bucket/a false");
  });
  test("code in S3 storage is uploaded and fetched", async () => {
    const s3 = smallS3();
    const env = { ORCH_API_URL: world.url, AWS_ENDPOINT_URL_S3: s3.url, AWS_ACCESS_KEY_ID: "AKIA" };
    const all = { ...env, AWS_SECRET_ACCESS_KEY: "s3cr3t" };
    world.write(
      "program.ts",
      `import { Deployment, S3 } from "orch";
import { sayHi } from "./flows/marvin.ts";
await new S3({ bucketPath: "bucket/base" }).save("code");
const storage = await S3.load("code");
await (await Deployment.buildFromFlow({ flow: sayHi, name: "in-s3", workQueueName: "in-s3", storage })).apply();
await storage.writePath("notes/today.txt", "späße");
console.log(new TextDecoder().decode(await storage.readPath("notes/today.txt")));
`,
    );
    const ran = await world.sandbox.orch(["run", "program.ts"], { env: all });
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining("späße")]);
    expect([...s3.objects.keys()]).toContain("bucket/base/flows/marvin.ts");
    const agent = world.sandbox.start(["agent", "start", "-q", "in-s3"], all);
    const run = await world.run("say-hi/in-s3");
    expect([run.state_name, await world.logs(run.id)]).toEqual(["Completed", expect.stringContaining("hi Marvin")]);
    await agent.stop();
    await s3.stop();
  });

  test("loads the settings of an existing deployment, which may then be changed", async () => {
    await program(`import { Deployment } from "orch";
const deployment = new Deployment({ name: "example-deployment", flowName: "say-hi" });
await deployment.load();
deployment.tags = [...deployment.tags, "changed"];
deployment.parameters = { name: "Ada" };
deployment.schedule = { cron: "0 9 * * *", timezone: "Europe/Berlin" };
await deployment.apply();
`);
    expect(await inspect("say-hi/example-deployment")).toMatchObject({
      ...{ version: "1", work_queue_name: "demo", tags: ["changed"], parameters: { name: "Ada" } },
      schedule: { cron: "0 9 * * *", timezone: "Europe/Berlin" },
    });
  });
  test("writes and reads its file", async () => {
    const printed = await program(`import { Deployment } from "orch";
import { sayHi } from "./flows/marvin.ts";
const built = await Deployment.buildFromFlow({ flow: sayHi, name: "filed", tags: ["a"] });
await built.toYaml("filed.yaml");
console.log((await Deployment.loadFromYaml("filed.yaml")).tags.join());
`);
    expect(printed).toBe("a");
    await world.deployment("apply", "filed.yaml");
    expect(await inspect("say-hi/filed")).toMatchObject({ tags: ["a"] });
  });
});

describe("runDeployment", () => {
  test("creates a flow run from a script, and prints it when it is done", async () => {
    const printed = await program(`import { runDeployment } from "orch";
async function main() {
  const response = await runDeployment("say-hi/stored-example", { parameters: { name: "Script" } });
  console.log(response.id, response.state.name);
}
if (import.meta.main) main();
`);
    const [id = "", state] = printed.split(" ");
    expect(state).toBe("Completed");
    expect(await world.logs(id)).toContain("hi Script");
  });
  test("in a flow it is tracked as a subflow", async () => {
    await program(`import { flow, runDeployment } from "orch";
const parent = flow(async function parent() {
  await runDeployment("say-hi/stored-example", { tags: ["below"] });
});
await parent();
`);
    const [child] = await world.api<(Run & { parent_task_run_id: string | null })[]>("POST", "/flow_runs/filter", {
      flow_runs: { tags: { all_: ["below"] } },
    });
    expect(child?.parent_task_run_id).toBeString();
  });
  test("does not wait when the timeout is 0, and starts when it is told to", async () => {
    const printed = await program(`import { runDeployment } from "orch";
const scheduledTime = new Date(Date.now() + 3_600_000);
const run = await runDeployment("say-hi/stored-example", { scheduledTime, timeout: 0, idempotencyKey: "once" });
const again = await runDeployment("say-hi/stored-example", { scheduledTime, timeout: 0, idempotencyKey: "once" });
console.log(run.state.name, run.id === again.id);
`);
    expect(printed).toBe("Scheduled true");
  });
});

test("the result of a run that keeps it is there for who asked for the run", async () => {
  world.write(
    "sums.ts",
    'import { flow } from "orch";\nexport const sums = flow(async function sums(a: number, b: number) { return { sum: a + b }; }, { persistResult: true });\n',
  );
  await world.deployment("build", "-n", "kept", "-q", "demo", "-a", "sums.ts:sums");
  const printed = await program(`import { runDeployment } from "orch";
const { state } = await runDeployment("sums/kept", { parameters: { a: 1, b: 2 } });
console.log(JSON.stringify(state.result()));
`);
  expect(printed).toBe('{"sum":3}');
});
