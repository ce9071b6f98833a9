// Prefect 2.10.4 with s3fs of its time beside orch: each runs what the other one has uploaded to S3.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Sandbox } from "../binary/sandbox.ts";
import { pythonEnvironment } from "../python.ts";
import { KEY, type Moto, possible as motoIsThere, SECRET, startMoto } from "./moto.ts";

// With later ones Prefect 2.10.4 finds nothing that it has itself uploaded: they copy the folder, not what is in it.
const PREFECT = {
  ...{ name: "prefect-2.10.4-s3fs-2023.1.0", program: "prefect", day: "2023-04-15" },
  packages: ["prefect==2.10.4", "s3fs==2023.1.0", "fsspec==2023.1.0", "setuptools<68", "pip"],
};
const environment = await pythonEnvironment(PREFECT).catch((error) => {
  console.log(`Skipped: Prefect 2.10.4 with s3fs cannot be installed here. ${error}`);
});
const possible = motoIsThere && environment !== undefined;

let moto: Moto;
let sandbox: Sandbox;
let api: string;
beforeAll(async () => {
  if (!possible) return;
  moto = await startMoto();
  sandbox = createSandbox();
  const started = sandbox.start(["server", "start", "--port", "0"]);
  api = `${(await started.until(/running at (http:\S+?),/))[1]}/api`;
});
afterAll(async () => {
  await sandbox?.close();
  await moto?.stop();
});

/** Runs a program of the environment to its end, and gives what it has printed. */
async function prefect(program: string, ...args: string[]): Promise<string> {
  const bin = join(environment ?? "", "bin");
  const child = Bun.spawn([join(bin, program), ...args], {
    cwd: join(sandbox.folder, "code"),
    env: {
      ...{ HOME: sandbox.home, PATH: `${bin}:/usr/bin:/bin`, PYTHONWARNINGS: "ignore", COLUMNS: "300" },
      ...{ PREFECT_HOME: join(sandbox.home, ".prefect"), PREFECT_API_URL: api },
    },
    ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect(code === 0 ? "" : `${out}\n${err}`).toBe("");
  return `${out}\n${err}`;
}

const FILES = {
  "flow.py": `from prefect import flow
from helper import word
@flow(name="py")
def py():
    print("python says", word)
    return 1
`,
  "helper.py": "word = 'from S3'\n",
  "flow.ts": `import { flow } from "orch";
import { word } from "./a b/wörd+.ts";
export const ts = flow(async () => { console.log("orch says", word); }, { name: "ts" });
`,
  "a b/wörd+.ts": `export const word = "from S3";\n`,
};
const code = () => {
  mkdirSync(join(sandbox.folder, "code/a b"), { recursive: true });
  for (const [path, text] of Object.entries(FILES)) writeFileSync(join(sandbox.folder, "code", path), text);
};
const orch = (...args: string[]) =>
  sandbox.orch(args, { folder: join(sandbox.folder, "code"), env: { ORCH_API_URL: api } });

describe.skipIf(!possible)("blocks 14: with the settings of s3fs", () => {
  test("Prefect's own agent runs what orch has uploaded", async () => {
    const bucket = await moto.bucket();
    code();
    const settings = { key: KEY, secret: SECRET, client_kwargs: { endpoint_url: moto.url } };
    writeFileSync(
      join(sandbox.folder, "code/upload.ts"),
      `import { RemoteFileSystem } from "orch";
const block = new RemoteFileSystem({ basepath: "s3://${bucket}/base", settings: ${JSON.stringify(settings)} });
await block.save("theirs");
console.log(await block.putDirectory(".", "deep/er"));
`,
    );
    const uploaded = await orch("run", "upload.ts");
    expect([uploaded.stderr, uploaded.stdout]).toEqual(["", "5\n"]);
    await prefect(
      "python",
      "-c",
      `from prefect.deployments import Deployment, run_deployment
from prefect.filesystems import RemoteFileSystem
from flow import py
block = RemoteFileSystem.load("theirs")
Deployment.build_from_flow(flow=py, name="d", work_queue_name="theirs", storage=block, path="deep/er", skip_upload=True, apply=True)
run_deployment("py/d", timeout=0)`,
    );
    const output = await prefect("prefect", "agent", "start", "-q", "theirs", "--run-once");
    expect(output).toContain("Finished in state Completed()");
    const [run] = await (await fetch(`${api}/flow_runs/filter`, { method: "POST" })).json();
    expect(run).toMatchObject({ state_type: "COMPLETED" });
  });

  test("orch runs what Prefect has uploaded, over what orch had there", async () => {
    const bucket = await moto.bucket();
    code();
    await prefect(
      "python",
      "-c",
      `from prefect.filesystems import RemoteFileSystem
settings = {"key": "${KEY}", "secret": "${SECRET}", "client_kwargs": {"endpoint_url": "${moto.url}"}}
block = RemoteFileSystem(basepath="s3://${bucket}/base", settings=settings)
block.save("ours")
print(block.put_directory(".", "deep/er"))`,
    );
    const build = ["deployment", "build", "-n", "d", "-q", "ours", "-sb", "remote-file-system/ours/deep/er", "-a"];
    const built = await orch(...build, "--skip-upload", "flow.ts:ts");
    expect([built.stderr, built.code]).toEqual(["", 0]);
    await orch("deployment", "run", "ts/d");
    const first = await orch("agent", "start", "-q", "ours", "--run-once");
    expect(first.stdout).toContain("orch says from S3");

    await orch(...build, "flow.ts:ts");
    writeFileSync(join(sandbox.folder, "code/a b/wörd+.ts"), `export const word = "from Prefect";\n`);
    await prefect(
      "python",
      "-c",
      `from prefect.filesystems import RemoteFileSystem
RemoteFileSystem.load("ours").put_directory(".", "deep/er")`,
    );
    await orch("deployment", "run", "ts/d");
    const second = await orch("agent", "start", "-q", "ours", "--run-once");
    expect(second.stdout).toContain("orch says from Prefect");
  });
});
