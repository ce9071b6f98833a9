// Python programs that make deployments with the built-in engine: what they keep on the server, upload and print.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pythonHere } from "./python-here.ts";
import { createSandbox, type Sandbox } from "./sandbox.ts";

const python = pythonHere();

const DEPLOYS = `import sys
from prefect import flow
from prefect.deployments import Deployment
from prefect.filesystems import LocalFileSystem
from prefect.server.schemas.schedules import CronSchedule

@flow(log_prints=True)
def nightly(n: int = 1):
    print("number", n)
    return n

if __name__ == "__main__":
    code = LocalFileSystem(basepath=sys.argv[1])
    code.save("code", overwrite=True)
    options = dict(schedule=CronSchedule(cron="0 4 * * *"), tags=["a"], work_queue_name="q", parameters={"n": 2})
    Deployment.build_from_flow(nightly, name="kept", storage=code, path="v1", **options).apply(work_queue_concurrency=3)
    Deployment.build_from_flow(nightly, name="kept", parameters={"n": 3}, skip_upload=True, apply=True)
    Deployment.build_from_flow(nightly, name="anew", tags=["a"], apply=True)
    Deployment.build_from_flow(nightly, name="anew", load_existing=False, apply=True)
`;

describe.skipIf(!python)("a program that makes deployments", () => {
  let sandbox: Sandbox;
  const env = { ORCH_PYTHON: python ?? "", ORCH_PYTHON_ENGINE: "built-in" };
  beforeAll(() => {
    sandbox = createSandbox();
    writeFileSync(join(sandbox.folder, "deploy.py"), DEPLOYS);
    writeFileSync(join(sandbox.folder, "left.txt"), "");
    writeFileSync(join(sandbox.folder, ".prefectignore"), "left.txt\n");
  });
  afterAll(() => sandbox.close());

  test("keeps what the server has, uploads its folder to the storage block, and its runs take it from there", async () => {
    const stored = join(sandbox.home, "stored");
    const ran = await sandbox.orch(["python", "deploy.py", stored], { env });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(["deploy.py", "left.txt"].map((name) => existsSync(join(stored, "v1", name)))).toEqual([true, false]);
    const inspected = async (...words: string[]) => JSON.parse((await sandbox.orch([...words, "--json"])).stdout);
    expect(await inspected("deployment", "inspect", "nightly/kept")).toMatchObject({
      ...{ parameters: { n: 3 }, tags: ["a"], work_queue_name: "q", path: "v1", entrypoint: "deploy.py:nightly" },
      ...{ schedule: { cron: "0 4 * * *" }, storage_document_id: expect.any(String) },
    });
    expect(await inspected("deployment", "inspect", "nightly/anew")).toMatchObject({
      tags: [],
      storage_document_id: null,
    });
    expect(await inspected("work-queue", "inspect", "q")).toMatchObject({ concurrency_limit: 3 });
    const server = sandbox.start(["server", "start", "--port", "0"]);
    await server.until(/running at http/);
    expect((await sandbox.orch(["deployment", "run", "nightly/kept"], { env })).code).toBe(0);
    const agent = await sandbox.orch(["agent", "start", "-q", "q", "--run-once"], { env });
    expect(agent.stdout + agent.stderr).toContain("number 3");
    await server.stop();
  });

  test("is told what there is not, and how to get it", async () => {
    const MISSING: [code: string, name: string][] = [
      ["flow.from_source('https://example.com/a.git', entrypoint='a.py:f')", "flow.from_source()"],
      ["flow(lambda: 1, name='a').deploy('x', work_pool_name='p')", "flow.deploy()"],
      ["from prefect import deploy", "'prefect.deploy'"],
      ["from prefect.deployments import DeploymentImage", "'prefect.deployments.DeploymentImage'"],
      ["task(retry_condition_fn=print)(lambda: 1)", "The option 'retry_condition_fn' of @task"],
      ["flow(on_cancellation=[print])(lambda: 1)", "The option 'on_cancellation' of @flow"],
    ];
    for (const [code, name] of MISSING) {
      const ran = await sandbox.orch(["python", "-c", `from prefect import flow, task\n${code}`], { env });
      const last = ran.stderr.trimEnd().split("\n").at(-1) ?? "";
      expect([code, ran.code, last]).toEqual([code, 1, expect.stringContaining(`${name} is not offered by orch's`)]);
      expect(last).toEndWith(`${python} -m pip install 'prefect>=2,<3'`);
    }
    const unsaved =
      "Deployment.build_from_flow(flow(lambda: 1, name='a'), name='x', entrypoint='a.py:f', storage=LocalFileSystem(basepath='b'))";
    const imports =
      "from prefect import flow; from prefect.deployments import Deployment; from prefect.filesystems import LocalFileSystem";
    const ran = await sandbox.orch(["python", "-c", `${imports}\n${unsaved}`], { env });
    expect(ran.stderr).toContain("Save it first, as storage.save('code').");
  });
});
