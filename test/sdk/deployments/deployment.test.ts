// Deployments as user code builds, loads, changes and applies them.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import type { FlowDefinition } from "#domain/definitions.ts";
import { parseDeploymentFile } from "#project/deployments/deployment-file.ts";
import { type BuildOptions, Deployment as Plain } from "#sdk/deployments/deployment.ts";
import { sdkFor } from "#sdk/hosted.ts";
import { readBlockDocument } from "#wire/blocks.ts";
import { readDeployment, readDeploymentByName, type Deployment as Stored } from "#wire/deployments/deployments.ts";
import { readRunPolicies } from "#wire/runs/run-policies.ts";
import { type AppHost, appHost } from "../app-host.ts";
import { createProject, type Project } from "./project.ts";

let on: AppHost;
let project: Project;
let sdk: ReturnType<typeof sdkFor>;
let sayHi: FlowDefinition;
beforeEach(async () => {
  on = appHost();
  sdk = sdkFor(on.host);
  project = createProject();
  project.write({
    "flows/marvin.ts": `import { flow } from "orch";
/**
 * Says hello.
 * @param name who is greeted
 */
export const sayHi = flow(async function sayHi(name: string = "Marvin", num = 42) { return name + num; });
`,
    "data.txt": "1",
    ".prefectignore": "*.log\n",
    "noise.log": "x",
  });
  sayHi = (await project.load("flows/marvin.ts"))["sayHi"] as FlowDefinition;
});
afterEach(async () => {
  project.close();
  await on.close();
});

const build = (options: Partial<BuildOptions> = {}) =>
  sdk.Deployment.buildFromFlow({ flow: sayHi, name: "marvin", ...options });
const stored = (id: string): Promise<Stored> => on.app.call(readDeployment, { params: { id } });
const block = (id: string | null) =>
  on.api.client.call(readBlockDocument, { params: { id: id ?? "" }, query: { include_secrets: true } });

describe("building from a flow", () => {
  test("entrypoint, parameters, words and version come from the flow's file; the code is copied", async () => {
    const deployment = await build();
    expect(deployment).toMatchObject({
      ...{ name: "marvin", flowName: "say-hi", entrypoint: "flows/marvin.ts:sayHi", description: "Says hello." },
      ...{ tags: [], parameters: {}, schedule: null, workQueueName: "default", workPoolName: null },
    });
    expect(deployment.version).toMatch(/^[0-9a-f]{32}$/);
    expect(Object.keys(deployment.parameterOpenapiSchema?.["properties"] as object)).toEqual(["name", "num"]);
    expect(deployment.path).toStartWith(join(on.app.settings.ORCH_LOCAL_STORAGE_PATH, "snapshots/"));
    expect(readdirSync(deployment.path ?? "").toSorted()).toEqual([".prefectignore", "data.txt", "flows"]);
    expect(await on.app.count("deployment")).toBe(0);
  });

  test("everything that is told is kept, and applied", async () => {
    const deployment = await build({
      ...{ description: "mine", version: 7, tags: ["a"], parameters: { name: "Ada" }, workQueueName: "q" },
      ...{ infraOverrides: { "env.A": "b" }, isScheduleActive: false },
      schedule: { cron: "0 0 * * *", timezone: "Europe/Berlin", dayOr: false },
      infrastructure: new sdk.Process({ env: { B: "c" }, streamOutput: false }),
      applyOnBuild: true,
    });
    const made = await on.app.call(readDeploymentByName, {
      params: { flow_name: "say-hi", deployment_name: "marvin" },
    });
    expect(made).toMatchObject({
      ...{ description: "mine", version: "7", tags: ["a"], parameters: { name: "Ada" }, work_queue_name: "q" },
      ...{ infra_overrides: { "env.A": "b" }, is_schedule_active: false, path: deployment.path },
      schedule: { cron: "0 0 * * *", timezone: "Europe/Berlin", day_or: false },
      entrypoint: "flows/marvin.ts:sayHi",
      parameter_openapi_schema: deployment.parameterOpenapiSchema ?? {},
    });
    const infrastructure = await block(made.infrastructure_document_id);
    expect(infrastructure).toMatchObject({
      ...{ is_anonymous: true, block_type: { slug: "process" } },
      data: { env: { B: "c" }, stream_output: false, command: null },
    });
  });

  test("policies for runs that overlap or are late are kept in files, applied, and taken from the server", async () => {
    const deployment = await build({
      overlap: "wait",
      catchup: { within: "6h" },
      output: "p.yaml",
      applyOnBuild: true,
    });
    const id = (await stored(await deployment.apply())).id;
    const [policy] = await on.app.call(readRunPolicies, { body: { deployment_ids: [id] } });
    expect(policy).toMatchObject({ overlap: "wait", catchup: { within: 21_600 } });
    expect(await sdk.Deployment.loadFromYaml("p.yaml")).toMatchObject({ overlap: "wait", catchup: { within: 21_600 } });
    expect(await build({})).toMatchObject({ overlap: "wait", catchup: { within: 21_600 } });
    await expect(build({ catchup: "some" as never, output: "p.yaml" })).rejects.toThrow("'catchup' is all, last, none");
  });

  test("without an upload runs work in this folder; a path of one's own is left alone", async () => {
    expect((await build({ skipUpload: true })).path).toBe(project.folder);
    expect((await build({ path: "elsewhere" })).path).toBe(join(project.folder, "elsewhere"));
    expect(existsSync(on.app.settings.ORCH_LOCAL_STORAGE_PATH)).toBe(false);
  });

  test("an entrypoint that is told is used, and read", async () => {
    project.write({
      "other.ts": 'import { flow } from "orch";\nexport const hi = flow(async (word: string) => word);\n',
    });
    const deployment = await build({ entrypoint: "other.ts:hi" });
    expect(deployment.entrypoint).toBe("other.ts:hi");
    expect(Object.keys(deployment.parameterOpenapiSchema?.["properties"] as object)).toEqual(["word"]);
  });

  test("another ignore file", async () => {
    project.write({ mine: "*.txt\n" });
    expect(readdirSync((await build({ ignoreFile: "mine" })).path ?? "")).toContain("noise.log");
  });

  test("a file is written, as builds write it", async () => {
    const deployment = await build({ output: "out.yaml", tags: ["a"] });
    const spec = parseDeploymentFile(readFileSync("out.yaml", "utf8"), "out.yaml");
    expect(spec).toMatchObject({ name: "marvin", flow_name: "say-hi", tags: ["a"], path: deployment.path });
    expect(spec.infrastructure).toMatchObject({ type: "process", command: ["orch", "engine"] });
  });

  test("an interval may be a length of time, and is kept in seconds", async () => {
    await build({ schedule: { interval: "1h 30m" }, applyOnBuild: true, output: "x.yaml" });
    const params = { flow_name: "say-hi", deployment_name: "marvin" };
    expect((await on.app.call(readDeploymentByName, { params })).schedule).toMatchObject({ interval: 5400 });
    expect(readFileSync("x.yaml", "utf8")).toContain("  interval: 5400.0\n");
  });

  const refused: [what: string, options: object, words: string][] = [
    ["no name", { name: "" }, "A deployment needs a 'name'."],
    ["an unknown option", { queue: "q" }, "Deployments have no field 'queue'. Their fields are: name, flowName"],
    ["an entrypoint without a flow", { entrypoint: "flows/marvin.ts" }, "must include the name of the function"],
    ["no schedule", { schedule: { every: 5 }, output: "x.yaml" }, "A schedule has one of"],
    ["a name that no table shows", { name: "n".repeat(201), output: "x.yaml" }, "has 201 characters: names of"],
    ["a name with a line break", { name: "a\nb" }, "has a line break or another control character"],
    ["a queue with a line break", { workQueueName: "a\nb" }, "The work queue's name"],
    [
      "storage in memory",
      { storage: { _block_type_slug: "remote-file-system", basepath: "memory://x" } },
      "keeps files in the memory of one process",
    ],
    ["an interval that is no length of time", { schedule: { interval: "soon" } }, "such as 30m, 1h or 1d; not 'soon'."],
    ["a schedule that never fires", { schedule: { cron: "0 0 30 2 *" } }, "never makes a run"],
    ["an unknown pool", { workPoolName: "none", applyOnBuild: true }, 'Work pool "none" not found'],
  ];
  for (const [what, options, words] of refused) {
    test(`${what} is refused, and nothing is registered`, async () => {
      await expect(build(options)).rejects.toThrow(words);
      expect(await on.app.count("deployment")).toBe(0);
    });
  }
});

describe("with a deployment of that name on the server", () => {
  const before = {
    ...{ description: "old", version: "3", tags: ["old"], parameters: { name: "Old" }, workQueueName: "old" },
    ...{ infraOverrides: { "env.A": "old" }, isScheduleActive: false, schedule: { interval: 60 } },
  };
  beforeEach(async () => {
    const infrastructure = new sdk.Process({ env: { OLD: "1" } });
    await infrastructure.save("old");
    await build({ ...before, infrastructure, applyOnBuild: true });
  });

  test("what is not given is taken from it, the code and the parameters are new", async () => {
    project.write({ "data.txt": "2" });
    const deployment = await build({ tags: ["new"] });
    expect(deployment).toMatchObject({ ...before, schedule: { interval: 60 }, tags: ["new"] });
    expect(deployment.infrastructure).toMatchObject({ env: { OLD: "1" }, _block_document_name: "old" });
    expect(readFileSync(join(deployment.path ?? "", "data.txt"), "utf8")).toBe("2");
    const made = await stored(await deployment.apply());
    expect(made).toMatchObject({ tags: ["new"], description: "old" });
    expect((await block(made.infrastructure_document_id)).name).toBe("old");
  });

  test("the path of its folder is not taken where the code is kept elsewhere now", async () => {
    const storage = new sdk.LocalFileSystem({ basepath: join(on.app.settings.ORCH_HOME, "store") });
    const moved = await build({ storage });
    expect(moved.path).toBeNull();
    expect(existsSync(join(on.app.settings.ORCH_HOME, "store/data.txt"))).toBe(true);
    const image = await build({ infrastructure: new sdk.DockerContainer({ image: "i" }) });
    expect(image.path).toBe("/opt/prefect/flows");
  });

  test("nothing is taken when it shall not be", async () => {
    const deployment = await build({ loadExisting: false });
    expect(deployment).toMatchObject({ description: "Says hello.", tags: [], parameters: {}, schedule: null });
    expect(deployment.infrastructure).toBeNull();
  });

  test("it is loaded, changed and applied", async () => {
    const deployment = new sdk.Deployment({ name: "marvin", flowName: "say-hi", version: "4" });
    expect(await deployment.load()).toBe(true);
    expect(deployment).toMatchObject({ ...before, schedule: { interval: 60 }, version: "4" });
    expect(deployment.entrypoint).toBe("flows/marvin.ts:sayHi");
    deployment.tags = ["changed"];
    deployment.schedule = null;
    const made = await stored(await deployment.apply());
    expect(made).toMatchObject({ version: "4", tags: ["changed"], schedule: null, description: "old" });
    expect(await on.app.count("deployment")).toBe(1);
  });

  test("what was set is not loaded over, also when it was set after the start", async () => {
    const deployment = new sdk.Deployment({ name: "marvin", flowName: "say-hi", description: undefined as never });
    deployment.parameters = { name: "Mine" };
    await deployment.load();
    expect(deployment).toMatchObject({ parameters: { name: "Mine" }, description: "old" });
  });

  test("applied with an upload, the copy is of today; a folder stays what it is", async () => {
    const deployment = new sdk.Deployment({ name: "marvin", flowName: "say-hi" });
    await deployment.load();
    project.write({ "data.txt": "3" });
    const { path } = await stored(await deployment.apply({ upload: true }));
    expect(readFileSync(join(path ?? "", "data.txt"), "utf8")).toBe("3");
    deployment.path = project.folder;
    expect((await stored(await deployment.apply({ upload: true }))).path).toBe(project.folder);
  });
});

describe("storage", () => {
  const store = () => join(on.app.settings.ORCH_HOME, "store");
  const storage = () => new sdk.LocalFileSystem({ basepath: store() });

  test("of a saved block gets the code, below the path", async () => {
    const place = storage();
    const saved = await place.save("shared");
    const made = await stored(await (await build({ storage: place, path: "v1" })).apply());
    expect(made).toMatchObject({ storage_document_id: saved, path: "v1" });
    expect(readdirSync(join(store(), "v1")).toSorted()).toEqual([".prefectignore", "data.txt", "flows"]);
    expect(existsSync(on.app.settings.ORCH_LOCAL_STORAGE_PATH)).toBe(false);
  });

  test("that was not saved is kept for the deployment alone, once", async () => {
    const made = await stored(await (await build({ storage: storage() })).apply());
    expect(made.path).toBeNull();
    expect(await block(made.storage_document_id)).toMatchObject({ is_anonymous: true });
    expect(await on.app.count("block_document")).toBe(2);
  });

  test("without an upload nothing is copied", async () => {
    await build({ storage: storage(), skipUpload: true });
    expect(existsSync(store())).toBe(false);
  });

  test("that is away can be named without an upload; its secrets are not printed", async () => {
    const share = new sdk.SMB({ sharePath: "b", smbHost: "h", smbPassword: "s3cret" });
    await share.save("dev-share");
    const deployment = await build({ storage: await sdk.SMB.load("dev-share"), skipUpload: true, output: "smb.yaml" });
    const made = await stored(await deployment.apply());
    expect((await block(made.storage_document_id)).data).toMatchObject({ smb_password: "s3cret" });
    const everything = readFileSync("smb.yaml", "utf8") + inspect(deployment) + JSON.stringify(deployment);
    expect(everything).toContain("********");
    expect(everything).not.toContain("s3cret");
  });
});

describe("infrastructure", () => {
  test("of an image has the code in the image", async () => {
    const deployment = await build({ infrastructure: new sdk.DockerContainer({ image: "i" }) });
    expect(deployment.path).toBe("/opt/prefect/flows");
    const made = await stored(await deployment.apply());
    expect((await block(made.infrastructure_document_id)).data).toMatchObject({ image: "i", auto_remove: false });
  });

  test("may be given as its file would have it", async () => {
    const made = await stored(await (await build({ infrastructure: { type: "process", env: { A: "1" } } })).apply());
    expect(await block(made.infrastructure_document_id)).toMatchObject({
      ...{ block_type: { slug: "process" }, data: { env: { A: "1" }, stream_output: true } },
    });
  });

  test("that was not saved is saved again by each apply, as it is then", async () => {
    const infrastructure = new sdk.Process({ env: { A: "1" } });
    const deployment = await build({ infrastructure });
    const first = await stored(await deployment.apply());
    infrastructure.env = { A: "2" };
    const second = await stored(await deployment.apply());
    expect((await block(second.infrastructure_document_id)).data["env"]).toEqual({ A: "2" });
    expect(second.infrastructure_document_id).not.toBe(first.infrastructure_document_id);
    expect(infrastructure.saved).toBeNull();
  });
});

describe("files", () => {
  test("are written and loaded, all of it", async () => {
    await new sdk.Process({ env: { A: "1" } }).save("mine");
    const infrastructure = await sdk.Process.load("mine");
    const schedule = { interval: 60.5, timezone: "UTC" };
    const deployment = await build({ infrastructure, schedule, tags: ["a"], parameters: { num: 1.5 }, version: "v" });
    await deployment.toYaml("out.yaml");
    const loaded = await sdk.Deployment.loadFromYaml("out.yaml");
    const made = await stored(await loaded.apply());
    expect(made).toMatchObject({ ...{ tags: ["a"], parameters: { num: 1.5 }, version: "v" }, path: deployment.path });
    expect((await block(made.infrastructure_document_id)).name).toBe("mine");
  });

  const broken: [what: string, text: string | null, words: string][] = [
    ["none", null, "'out.yaml' cannot be read"],
    ["no YAML", "a: [", "'out.yaml' is not valid YAML"],
    ["another kind", "name: x\n", "'out.yaml' did not conform to deployment spec"],
  ];
  for (const [what, text, words] of broken) {
    test(`${what} is a sentence`, async () => {
      if (text !== null) project.write({ "out.yaml": text });
      await expect(sdk.Deployment.loadFromYaml("out.yaml")).rejects.toThrow(words);
    });
  }

  test("where nothing can be written is a sentence", async () => {
    project.write({ file: "" });
    const written = (await build()).toYaml("file/out.yaml");
    await expect(written).rejects.toThrow("'file/out.yaml' cannot be used: a part of its path is a file");
  });
});

describe("what is missing", () => {
  test("a flow's name", async () => {
    const words = "The deployment 'a' needs a 'flowName'.";
    const deployment = new sdk.Deployment({ name: "a" });
    await expect(deployment.apply()).rejects.toThrow(words);
    await expect(deployment.load()).rejects.toThrow(words);
    await expect(deployment.toYaml("x.yaml")).rejects.toThrow(words);
  });

  test("the deployment on the server: nothing is loaded", async () => {
    expect(await new sdk.Deployment({ name: "a", flowName: "b" }).load()).toBe(false);
  });

  test("an API", async () => {
    await expect(new Plain({ name: "a", flowName: "b" }).load()).rejects.toThrow(
      "Deployment.load() was called where no API is known",
    );
  });
});

describe("T4: default parameters that JSON has no types for", () => {
  const parameters = {
    m: new Map([["a", 1n]]),
    s: new Set([5]),
    d: new Date(0),
    u: new Uint8Array([1]),
    id: 9007199254740993n,
  };

  test("are shown, written and applied as what they hold", async () => {
    const deployment = new sdk.Deployment({
      name: "kinds",
      flowName: "say-hi",
      entrypoint: "flows/marvin.ts:sayHi",
      parameters,
    });
    const json = '{"m":{"a":1},"s":[5],"d":"1970-01-01T00:00:00.000Z","u":"AQ==","id":9007199254740993}';
    expect(JSON.stringify(deployment)).toContain(`"parameters":${json}`);
    await deployment.toYaml("kinds.yaml");
    expect(readFileSync("kinds.yaml", "utf8")).toContain("  id: 9007199254740993\n");
    await deployment.apply();
    const again = new sdk.Deployment({ name: "kinds", flowName: "say-hi" });
    expect(await again.load()).toBe(true);
    expect(again.parameters).toEqual({ ...JSON.parse(json), id: 9007199254740993n });
    expect(await again.apply()).toBe(await deployment.apply());
  });

  test("are refused by name when they have no JSON, and shown all the same", async () => {
    const deployment = new sdk.Deployment({ name: "odd", flowName: "say-hi", parameters: { cb: { run: /x/ } } });
    await expect(deployment.apply()).rejects.toThrow(
      "Parameter 'cb.run' cannot be sent: it is a RegExp, which has no JSON.",
    );
    expect(JSON.stringify(deployment)).toContain("run: /x/");
    expect(await on.app.count("deployment")).toBe(0);
  });
});
