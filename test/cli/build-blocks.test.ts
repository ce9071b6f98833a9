// `orch deployment build` and `apply` with saved blocks, in this process.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withApi } from "#cli/api.ts";
import type { JsonObject } from "#lib/json.ts";
import { loadSettings } from "#settings/load.ts";
import { createBlockDocument, listBlockSchemas, readBlockTypeBySlug } from "#wire/blocks.ts";
import { readDeploymentByName } from "#wire/deployments/deployments.ts";
import { type TestTerminal, testTerminal } from "./io.ts";

const FLOW =
  'import { flow } from "orch";\nexport const sayHi = flow(async function sayHi(name = "Ada") { return name; });\n';

let terminal: TestTerminal;
beforeEach(() => {
  terminal = testTerminal();
  mkdirSync(join(terminal.folder, "flows"));
  writeFileSync(join(terminal.folder, "flows/a.ts"), FLOW);
});
afterEach(() => terminal.close());

const settings = () => loadSettings({ HOME: terminal.folder, ORCH_HOME: terminal.home }, { mending: false }).settings;

function saveBlock(slug: string, name: string, data: JsonObject): Promise<string> {
  return withApi(settings(), async ({ client }) => {
    const type = await client.call(readBlockTypeBySlug, { params: { slug } });
    const body = { block_schemas: { block_type_id: { any_: [type.id] } } };
    const [schema] = await client.call(listBlockSchemas, { body });
    const document = { name, data, block_schema_id: schema?.id ?? "", block_type_id: type.id };
    return (await client.call(createBlockDocument, { body: document })).id;
  });
}

const registered = () =>
  withApi(settings(), ({ client }) =>
    client.call(readDeploymentByName, { params: { flow_name: "say-hi", deployment_name: "a" } }),
  );
const build = (...words: string[]) => terminal.orch("deployment", "build", "flows/a.ts:sayHi", "-n", "a", ...words);
const yaml = () => readFileSync(join(terminal.folder, "sayHi-deployment.yaml"), "utf8");
const below = () => yaml().slice(yaml().indexOf("DO NOT EDIT"));

describe("a storage block in a folder of this machine", () => {
  let store: string;
  let id: string;
  beforeEach(async () => {
    store = join(terminal.folder, ".store");
    id = await saveBlock("local-file-system", "st", { basepath: store });
    writeFileSync(join(terminal.folder, ".prefectignore"), ".store\n.orch\nsecret.txt\n");
    writeFileSync(join(terminal.folder, "secret.txt"), "no");
  });

  test("R18: never takes the home, whatever the ignore file asks for", async () => {
    writeFileSync(join(terminal.folder, ".prefectignore"), ".store\n!.orch/**\n");
    expect((await build("-sb", "local-file-system/st")).code).toBe(0);
    expect([existsSync(join(store, "flows/a.ts")), existsSync(join(store, ".orch"))]).toEqual([true, false]);
  });

  test("takes the files, and the file names it", async () => {
    const { code, out } = await build("-sb", "local-file-system/st", "-a");
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`Successfully uploaded \\d files \\(.*\\) to ${store}\n`));
    expect(readFileSync(join(store, "flows/a.ts"), "utf8")).toBe(FLOW);
    expect(existsSync(join(store, "secret.txt"))).toBe(false);
    expect(below()).toContain(`storage:
  basepath: ${store}
  _block_document_id: ${id}
  _block_document_name: st
  _is_anonymous: false
  block_type_slug: local-file-system
  _block_type_slug: local-file-system
path: ''
entrypoint: flows/a.ts:sayHi
`);
    expect(await registered()).toMatchObject({ storage_document_id: id, path: "" });
  });

  for (const [what, words] of [
    ["a path after the block's name", ["--storage-block", "local-file-system/st/sub/dir"]],
    ["--path", ["-sb=local-file-system/st", "--path", "sub/dir"]],
  ] as const) {
    test(`${what} is where in the storage the files go`, async () => {
      expect((await build(...words)).out).toContain(` to ${store}/sub/dir`);
      expect(existsSync(join(store, "sub/dir/flows/a.ts"))).toBe(true);
      expect(below()).toContain("\npath: sub/dir\n");
    });
  }

  test("both are one too many", async () => {
    const { code, err } = await build("-sb", "local-file-system/st/x", "--path", "y");
    expect([code, err]).toEqual([
      1,
      "Must provide a `path` explicitly or provide one on the storage block specification, but not both.",
    ]);
  });

  test("--skip-upload takes nothing", async () => {
    expect((await build("-sb", "local-file-system/st", "--skip-upload")).out).not.toContain("upload");
    expect(existsSync(store)).toBe(false);
  });

  test("a path that leaves the block's folder is refused, and nothing is written", async () => {
    const { code, err } = await build("-sb", "local-file-system/st", "--path", "../out");
    expect([code, err]).toEqual([1, expect.stringContaining("is outside of the base path")]);
    expect(existsSync(join(terminal.folder, "sayHi-deployment.yaml"))).toBe(false);
  });

  test("apply --upload brings the files as they are now", async () => {
    await build("-sb", "local-file-system/st/p");
    writeFileSync(join(terminal.folder, "flows/new.ts"), "");
    const { code, out } = await terminal.orch("deployment", "apply", "--upload", "sayHi-deployment.yaml");
    expect(code).toBe(0);
    expect(out).toContain(`to ${store}/p`);
    expect(existsSync(join(store, "p/flows/new.ts"))).toBe(true);
    expect(await registered()).toMatchObject({ storage_document_id: id, path: "p" });
  });
});

describe("a storage block that", () => {
  test("takes no uploads gets none, and that is said", async () => {
    await saveBlock("github", "gh", { repository: "https://example.org/a.git" });
    const { code, out } = await build("-sb", "github/gh", "-a");
    expect([code, out]).toEqual([
      0,
      expect.stringContaining("'github/gh' does not take uploads; nothing was uploaded."),
    ]);
    expect(below()).toContain("  repository: https://example.org/a.git\n  reference: null\n  access_token: null\n");
  });

  test("cannot be used is refused, unless nothing is uploaded; its secrets are never written", async () => {
    await saveBlock("s3", "dev", { bucket_path: "bucket/base", aws_secret_access_key: "very secret" });
    const { code, err } = await build("-sb", "s3/dev");
    expect([code, err]).toEqual([1, expect.stringContaining("The block has no access key ID")]);
    expect(existsSync(join(terminal.folder, "sayHi-deployment.yaml"))).toBe(false);
    expect((await build("-sb", "s3/dev/x", "--skip-upload", "-a")).code).toBe(0);
    expect(below()).toContain("aws_secret_access_key: '********");
    expect(yaml()).not.toContain("very secret");
  });

  test("is not there is refused by name", async () => {
    const { code, err } = await build("-sb", "local-file-system/nope");
    expect([code, err]).toEqual([
      1,
      expect.stringContaining("Unable to find block document named nope for block type"),
    ]);
  });
});

describe("an infrastructure block", () => {
  test("that is saved stands below the line, and is the deployment's", async () => {
    const id = await saveBlock("process", "pr", { env: { A: "1" }, working_dir: "/tmp" });
    expect((await build("-ib", "process/pr", "-a")).code).toBe(0);
    expect(below()).toContain(`infrastructure:
  type: process
  env:
    A: '1'
  labels: {}
  name: null
  command: null
  stream_output: true
  working_dir: /tmp
  _block_document_id: ${id}
  _block_document_name: pr
  _is_anonymous: false
  block_type_slug: process
  _block_type_slug: process
storage: null
`);
    expect(await registered()).toMatchObject({ infrastructure_document_id: id });
  });

  test("that runs nothing is refused", async () => {
    await saveBlock("secret", "s", { value: "x" });
    const { code, err } = await build("-ib", "secret/s");
    expect([code, err]).toEqual([1, expect.stringContaining("'secret/s' is no infrastructure")]);
  });

  test("blocks 26: a storage block is refused, and an infrastructure block as storage, with the option that was meant", async () => {
    await saveBlock("local-file-system", "files", { basepath: "/srv" });
    await saveBlock("docker-container", "crate", { image: "x" });
    const asInfrastructure = await build("-ib", "local-file-system/files");
    expect([asInfrastructure.code, asInfrastructure.err]).toEqual([
      1,
      expect.stringContaining(
        "is no infrastructure: its block type cannot run flows. It holds files: name it with --storage-block.",
      ),
    ]);
    const asStorage = await build("-sb", "docker-container/crate");
    expect([asStorage.code, asStorage.err]).toEqual([
      1,
      expect.stringContaining(
        "is no storage: its block type holds no files. Runs execute in it: name it with --infra-block.",
      ),
    ]);
  });

  test("and an anonymous one of containers: what the agent needs is said, and an image without orch", async () => {
    const plain = await build("--infra", "docker-container");
    expect([plain.code, plain.err]).toEqual([
      0,
      expect.stringContaining("The agent needs a container engine: Docker's or podman's"),
    ]);
    expect(plain.err).toContain(
      "has no orch, which TypeScript flows need: name an image that has it with --override image=NAME.",
    );
    const own = await build("--infra", "docker-container", "--override", "image=team/flows:1", "--override", "env.A=1");
    expect(own.err).toContain(
      "Runs execute in the image 'team/flows:1', and take the flow's code from '/opt/prefect/flows' of the image.",
    );
    expect(own.err).not.toContain("has no orch");
    await terminal.orch("config", "set", "ORCH_DEFAULT_IMAGE=team/orch:2");
    const usual = await build("--infra", "docker-container");
    expect(usual.err).toContain("Runs execute in the image 'team/orch:2'");
    expect(yaml()).toContain("image: team/orch:2");
    const nowhere = await build("--infra", "docker-container", "--override", "imagee=x");
    expect([nowhere.code, nowhere.err]).toEqual([
      1,
      expect.stringContaining("'imagee' names no field of the infrastructure 'docker-container'"),
    ]);
  });

  for (const [words, sentence] of [
    [["-ib", "process"], "'process' names no block: give --infra-block as block-type/block-name."],
    [["-ib", "process/a/b"], "'process/a/b' names no block: give --infra-block as type/name."],
    [["-i", "process", "-ib", "process/a"], "Only one of `infra` or `infra_block` can be provided, please choose one."],
  ] as const) {
    test(`${words.join(" ")} is refused`, async () => {
      expect(await build(...words)).toEqual({ code: 1, out: "", err: sentence });
    });
  }

  test("of an unknown type is a usage error", async () => {
    const { code, err } = await build("-i", "ecs-task");
    expect([code, err]).toEqual([2, expect.stringContaining("'ecs-task' is not one of 'process', 'docker-container'")]);
    expect((await build("-i", "Docker")).err).toContain("Did you mean 'docker-container'?");
  });

  for (const type of ["docker-container", "kubernetes-job"]) {
    test(`of type ${type} has its defaults, and the code of its image`, async () => {
      const { code, out } = await build("-i", type, "-a");
      expect(code).toBe(0);
      expect(out).not.toContain("uploaded");
      expect(yaml()).toContain(`infrastructure:\n  type: ${type}\n  env: {}\n  labels: {}\n  name: null\n`);
      expect(below()).toContain("\npath: /opt/prefect/flows\n");
    });
  }

  test("told by -i takes the place of the one that the deployment has", async () => {
    await saveBlock("process", "pr", {});
    await build("-ib", "process/pr", "-a");
    await build("-i", "process");
    expect(below()).not.toContain("infrastructure:");
  });
});

describe("apply --upload without a storage block", () => {
  test("takes a new snapshot, and the file goes along with its comments", async () => {
    await build();
    const file = join(terminal.folder, "sayHi-deployment.yaml");
    const before = yaml();
    writeFileSync(file, before.replace("tags: []", "tags: [] # none"));
    writeFileSync(join(terminal.folder, "flows/new.ts"), "");
    expect((await terminal.orch("deployment", "apply", "--upload", "sayHi-deployment.yaml")).code).toBe(0);
    const { path } = await registered();
    expect(existsSync(join(path ?? "", "flows/new.ts"))).toBe(true);
    expect(yaml()).toBe(before.replace("tags: []", "tags: [] # none").replace(/^path: .*$/m, `path: ${path}`));
  });

  test("has nothing to do where runs work in the folder itself, and says so", async () => {
    await build("--skip-upload");
    const { code, err } = await terminal.orch("deployment", "apply", "--upload", "sayHi-deployment.yaml");
    expect([code, err]).toEqual([0, expect.stringContaining("there is nothing to upload")]);
  });
});

test("storage in the memory of a process is refused by build and apply: no run could find its code", async () => {
  await saveBlock("remote-file-system", "mem", { basepath: "memory://flows", settings: {} });
  const { code, err } = await build("-sb", "remote-file-system/mem", "--skip-upload");
  expect([code, err]).toEqual([
    1,
    "'remote-file-system/mem' keeps files in the memory of one process (memory://): runs have other processes, and would find no code. Use a storage block that is a folder, a bucket or a share.",
  ]);
  expect(existsSync(join(terminal.folder, "sayHi-deployment.yaml"))).toBe(false);
  await build("--skip-upload");
  const block =
    "storage:\n  basepath: memory://flows\n  _block_document_name: mem\n  _block_type_slug: remote-file-system\n";
  writeFileSync(join(terminal.folder, "mem.yaml"), yaml().replace("storage: null\n", block));
  expect(await terminal.orch("deployment", "apply", "mem.yaml")).toMatchObject({
    ...{ code: 1, out: "" },
    err: expect.stringContaining("'mem.yaml' did not conform to deployment spec: 'storage' keeps files in the memory"),
  });
});
