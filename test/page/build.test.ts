// The page, "Build the deployment", "Deployment build options" and "Block identifiers".
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { smallS3 } from "./small-s3.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.saveBlock("local-file-system", "code", { basepath: join(world.sandbox.home, "code") });
  await world.saveBlock("process", "small", { env: { SIZE: "small" } });
});
afterAll(() => world.close());

const FILE = "sayHi-deployment.yaml";
const yaml = (file = FILE) => readFileSync(join(world.folder, file), "utf8");
const build = (...args: string[]) => world.deployment("build", "-n", "x", ...args, "flows/marvin.ts:sayHi");
const inspect = () => world.json<Record<string, unknown>>("deployment", "inspect", "say-hi/x");

describe("Build the deployment", () => {
  test("the page's example writes <function>-deployment.yaml and uploads the files", async () => {
    const args = ["-n", "marvin", "-p", "default-agent-pool", "-q", "test", "flows/marvin.ts:sayHi"];
    const out = await world.deployment("build", ...args);
    expect(out).toContain("Found flow 'say-hi'");
    expect(out).toContain(`Deployment YAML created at '${join(world.folder, FILE)}'.`);
    expect(out).toMatch(/Successfully uploaded \d+ files/);
    expect(yaml()).toContain("work_queue_name: test\nwork_pool_name: default-agent-pool\n");
  });
  test("the work queue is created if it doesn't exist", async () => {
    await build("-q", "brand-new", "-a");
    expect(await world.api("GET", "/work_queues/name/brand-new")).toMatchObject({ name: "brand-new" });
  });
  test("all files of the folder are uploaded, without those that .prefectignore names", async () => {
    world.write(".prefectignore", "*.pyc\nprivate/\n");
    for (const file of ["notes.txt", "deep/er/data.csv", "old.pyc", "private/key"]) world.write(file, "x");
    const [, path = ""] = / to (\/.*)\n/.exec(await build()) ?? [];
    expect(readdirSync(path)).toContain("notes.txt");
    expect(existsSync(join(path, "deep/er/data.csv"))).toBe(true);
    expect(existsSync(join(path, "old.pyc"))).toBe(false);
    expect(existsSync(join(path, "private"))).toBe(false);
  });
  test("without an ignore file the default one is written and said", async () => {
    rmSync(join(world.folder, ".prefectignore"));
    expect(await build()).toContain(`Default '.prefectignore' file written to ${join(world.folder, ".prefectignore")}`);
    expect(readFileSync(join(world.folder, ".prefectignore"), "utf8")).toContain("*.py[cod]\n");
  });
  test("the minimum: the file, the flow and a name; the rest are defaults", async () => {
    rmSync(join(world.folder, FILE));
    await world.deployment("build", "-n", "least", "flows/marvin.ts:sayHi");
    for (const line of ["work_queue_name: default", "work_pool_name: null", "tags: []", "schedule: null"]) {
      expect(yaml()).toContain(`${line}\n`);
    }
    expect(yaml()).toContain("description: Says hello.\n");
  });
});

/** Every row of the options table: what is given, and what the file or the server has afterwards. */
const OPTIONS: [option: string, args: string[], lines: string[]][] = [
  ["--cron", ["--cron", "*/1 * * * *"], ["schedule:\n  cron: '*/1 * * * *'\n  timezone: null\n  day_or: true\n"]],
  ["--interval", ["--interval", "60"], ["schedule:\n  interval: 60.0\n"]],
  [
    "--rrule",
    ["--rrule", "FREQ=HOURLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9,10,11,12,13,14,15,16,17"],
    ["schedule:\n  rrule: FREQ=HOURLY;"],
  ],
  ["--infra-block", ["--infra-block", "process/small"], ["  _block_document_name: small\n", "    SIZE: small\n"]],
  ["-ib", ["-ib", "process/small"], ["  _block_document_name: small\n"]],
  ["--infra", ["--infra", "process"], ["infrastructure:\n  type: process\n"]],
  ["-i", ["-i", "kubernetes-job"], ["infrastructure:\n  type: kubernetes-job\n"]],
  ["--override", ["--override", "env.env_key=env_value"], ["infra_overrides:\n  env.env_key: env_value\n"]],
  [
    "--override with customizations as text",
    // As the shell hands on the page's `customizations='[{"op": "add"}]'`.
    ["-i", "kubernetes-job", "--override", `customizations=[{"op": "add"}]`],
    ["infra_overrides:\n  customizations:\n  - op: add\n"],
  ],
  ["--param", ["--param", "name=ultimate", "--param", "num=42"], ["parameters:\n  name: ultimate\n  num: 42\n"]],
  ["--params", ["--params", '{"name": "ultimate", "num": 42}'], ["parameters:\n  name: ultimate\n  num: 42\n"]],
  ["--path in a storage block", ["-sb", "local-file-system/code", "--path", "sub"], ["\npath: sub\n"]],
  ["--path of a local folder", ["--path", "flows"], ["/flows\nentrypoint: flows/marvin.ts:sayHi\n"]],
  ["--pool", ["--pool", "default-agent-pool"], ["work_pool_name: default-agent-pool\n"]],
  ["-p", ["-p", "default-agent-pool"], ["work_pool_name: default-agent-pool\n"]],
  ["--storage-block", ["--storage-block", "local-file-system/code"], ["  _block_document_name: code\n", "path: ''\n"]],
  ["-sb with a path", ["-sb", "local-file-system/code/deep/er"], ["\npath: deep/er\n"]],
  ["--tag", ["--tag", "a", "-t", "b"], ["tags:\n- a\n- b\n"]],
  ["--version", ["--version", "4f2c"], ["version: 4f2c\n"]],
  ["-v", ["-v", "4f2d"], ["version: 4f2d\n"]],
  ["--work-queue", ["--work-queue", "q1"], ["work_queue_name: q1\n"]],
  ["-q", ["-q", "q2"], ["work_queue_name: q2\n"]],
  ["--description", ["--description", "By hand."], ["description: By hand.\n"]],
  ["--timezone", ["--cron", "0 9 * * *", "--timezone", "Europe/Berlin"], ["  timezone: Europe/Berlin\n"]],
  [
    "--anchor-date",
    ["--interval", "60", "--anchor-date", "2026-01-01"],
    ["  anchor_date: '2026-01-01T00:00:00+00:00'\n"],
  ],
];

describe("Deployment build options", () => {
  for (const [option, args, lines] of OPTIONS) {
    test(option, async () => {
      await world.orch("deployment", "delete", "say-hi/x", "--yes");
      rmSync(join(world.folder, FILE), { force: true });
      await build(...args);
      for (const line of lines) expect(yaml()).toContain(line);
    });
  }
  for (const flag of ["--apply", "-a"]) {
    test(`${flag} registers the deployment`, async () => {
      await world.orch("deployment", "delete", "say-hi/x", "--yes");
      await build();
      expect((await world.orch("deployment", "inspect", "say-hi/x")).code).toBe(1);
      await build(flag);
      expect(await inspect()).toMatchObject({ name: "x" });
    });
  }
  test("--name and -n name it", async () => {
    for (const flag of ["--name", "-n"]) {
      await world.deployment("build", flag, `by${flag}`, "-a", "flows/marvin.ts:sayHi");
      expect(await world.deployment("ls")).toContain(`say-hi/by${flag}`);
    }
  });
  test("--output and -o say where the file goes", async () => {
    for (const flag of ["--output", "-o"]) {
      await build(flag, `out/by${flag}.yaml`);
      expect(yaml(`out/by${flag}.yaml`)).toContain("name: x\n");
    }
  });
  test("--skip-upload uploads nothing", async () => {
    const out = await build("--skip-upload", "-sb", "local-file-system/code/skipped");
    expect(out).not.toContain("upload");
    expect(existsSync(join(world.sandbox.home, "code/skipped"))).toBe(false);
  });
  test("--limit limits the queue", async () => {
    await build("-q", "narrow", "--limit", "2");
    expect(await world.api("GET", "/work_queues/name/narrow")).toMatchObject({ concurrency_limit: 2 });
  });
  test("--help displays help for every option", async () => {
    const help = await world.deployment("build", "--help");
    for (const option of ["apply", "cron", "infra-block", "infra", "interval", "name", "output", "override", "param"]) {
      expect(help).toContain(`--${option}`);
    }
    for (const option of ["params", "path", "pool", "rrule", "skip-upload", "storage-block", "tag", "version"]) {
      expect(help).toContain(`--${option}`);
    }
    expect(help).toContain("--work-queue");
  });
  test("PATH is required", async () => {
    expect(await world.orch("deployment", "build", "-n", "x")).toMatchObject({ code: 2 });
  });
  test("values not given are taken from the deployment that exists", async () => {
    await build("-a", "-t", "kept", "-q", "kept-queue", "--param", "num=5", "--cron", "0 9 * * *", "-d", "Kept.");
    rmSync(join(world.folder, FILE));
    await build("-o", FILE);
    for (const line of [
      "- kept",
      "work_queue_name: kept-queue",
      "  num: 5",
      "  cron: 0 9 * * *",
      "description: Kept.",
    ]) {
      expect(yaml()).toContain(`${line}\n`);
    }
  });
});

test("tags, version and description come from the flow's comment where nothing else says them", async () => {
  world.write(
    "doc.ts",
    `import { flow } from "orch";
/**
 * Documented.
 * @version 7.1
 * @tag etl
 */
export const documented = flow(async function documented() {});
`,
  );
  await world.deployment("build", "-n", "doc", "doc.ts:documented");
  for (const line of ["description: Documented.", "version: '7.1'", "tags:\n- etl"]) {
    expect(yaml("documented-deployment.yaml")).toContain(`${line}\n`);
  }
  await world.deployment("build", "-n", "doc", "-t", "told", "-v", "8", "doc.ts:documented");
  expect(yaml("documented-deployment.yaml")).toContain("version: '8'\n");
  expect(yaml("documented-deployment.yaml")).toContain("tags:\n- told\n");
});

describe("Block identifiers", () => {
  for (const slug of [
    "azure",
    "docker-container",
    "github",
    "gitlab-repository",
    "gcs",
    "kubernetes-job",
    "process",
    "remote-file-system",
    "s3",
    "smb",
  ]) {
    test(`block type ${slug} is known`, async () => {
      expect(await world.api("GET", `/block_types/slug/${slug}`)).toMatchObject({ slug });
    });
  }
  test("a block that is not there is one sentence", async () => {
    const { code, stderr } = await world.orch(
      "deployment",
      "build",
      "-n",
      "x",
      "-sb",
      "s3/none",
      "flows/marvin.ts:sayHi",
    );
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("Unable to find block document named none for block type s3"),
    ]);
  });

  describe("code in a bucket: the block is made by one command, and an agent fetches what was uploaded", () => {
    const s3 = smallS3();
    afterAll(() => s3.stop());

    const settings = ["key=@key", "secret=-", "client_kwargs.region_name=eu-west-1"].map((one) => `settings.${one}`);
    const BLOCKS: [slug: string, fields: string[]][] = [
      ["s3", ["bucket_path=flows/base", "aws_access_key_id=@key", "aws_secret_access_key=-"]],
      [
        "remote-file-system",
        ["basepath=s3://flows/remote", ...settings, `settings.client_kwargs.endpoint_url=${s3.url}`],
      ],
    ];
    for (const [slug, fields] of BLOCKS) {
      test(slug, async () => {
        const env = { ORCH_API_URL: world.url, AWS_ENDPOINT_URL_S3: s3.url };
        world.write("key", "AKIA\n");
        const words = ["block", "create", slug, "-n", "dev", ...fields.flatMap((field) => ["-f", field])];
        const made = await world.sandbox.orch(words, { env, stdin: "s3cr3t\n" });
        expect(made).toMatchObject({ code: 0, stderr: "" });
        const build = ["deployment", "build", "-n", slug, "-q", slug, "-sb", `${slug}/dev/v1`, "-a"];
        const built = await world.sandbox.orch([...build, "flows/marvin.ts:sayHi"], { env });
        expect([built.code, built.stderr]).toEqual([0, ""]);
        expect(built.stdout).toMatch(/Successfully uploaded \d+ files/);
        const base = slug === "s3" ? "flows/base/v1" : "flows/remote/v1";
        expect([...s3.objects.keys()]).toContain(`${base}/flows/marvin.ts`);
        const agent = world.sandbox.start(["agent", "start", "-q", slug], env);
        const run = await world.run(`say-hi/${slug}`);
        expect([run.state_name, await world.logs(run.id)]).toEqual(["Completed", expect.stringContaining("hi Marvin")]);
        await agent.stop();
        expect(`${built.stdout}${agent.output()}`).not.toContain("s3cr3t");
      });
    }
  });
});
