// Python flows on the executable: built and registered by python3 alone.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pythonHere } from "./python-here.ts";
import { createSandbox, type Sandbox } from "./sandbox.ts";

const python = pythonHere();

const FLOW = `from typing import Optional
from prefect import flow, task, get_run_logger

@task(retries=2)
def greet(name):
    get_run_logger().info(f"hi {name}")

@flow(name="Say Hi", version="7")
def say_hi(name: str = "Marvin", num: Optional[int] = None, *, loud: bool):
    """Says hi.

    Args:
        name: who is greeted
    """
    greet(name)

if __name__ == "__main__":
    say_hi()
`;

describe.skipIf(!python)("python 2: a Python flow", () => {
  let sandbox: Sandbox;
  const env = { ORCH_PYTHON: python ?? "" };
  beforeAll(() => {
    sandbox = createSandbox();
    mkdirSync(join(sandbox.folder, "flows"));
    writeFileSync(join(sandbox.folder, "flows/marvin.py"), FLOW);
  });
  afterAll(() => sandbox.close());

  test("is built and registered, with its parameters checked", async () => {
    const words = ["deployment", "build", "-n", "marvin", "-q", "test", "-a", "flows/marvin.py:say_hi"];
    const built = await sandbox.orch([...words, "--param", "loud=true"], { env });
    expect(built.stderr).toBe("");
    expect(built.code).toBe(0);
    expect(built.stdout).toContain("Found flow 'Say Hi'");
    const file = readFileSync(join(sandbox.folder, "say_hi-deployment.yaml"), "utf8");
    expect(file).toContain("description: |-\n  Says hi.\n\n  Args:\n      name: who is greeted\n");
    expect(file).toContain("version: '7'\n");
    expect(file).toContain("  command:\n  - python\n  - -m\n  - prefect.engine\n");
    expect(file).toContain("entrypoint: flows/marvin.py:say_hi\n");
    expect(file).toContain(`parameter_openapi_schema:
  title: Parameters
  type: object
  properties:
    name:
      title: name
      description: who is greeted
      default: Marvin
      position: 0
      type: string
    num:
      title: num
      position: 1
      type: integer
    loud:
      title: loud
      position: 2
      type: boolean
  required:
  - loud
  definitions: null
`);
    const { stdout } = await sandbox.orch(["deployment", "inspect", "Say Hi/marvin", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ name: "marvin", version: "7", parameters: { loud: true } });
    const run = await sandbox.orch(["deployment", "run", "Say Hi/marvin", "--param", "lodu=1"]);
    expect(run.code).toBe(1);
  });

  test("is built with the interpreter of the project's own environment", async () => {
    const bin = join(sandbox.folder, ".venv/bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(sandbox.folder, ".venv/pyvenv.cfg"), "");
    symlinkSync(python ?? "", join(bin, "python"));
    const built = await sandbox.orch(["deployment", "build", "-n", "own", "-o", "own.yaml", "flows/marvin.py:say_hi"]);
    expect(built).toMatchObject({ code: 0, stderr: "" });
    const file = readFileSync(join(sandbox.folder, "own.yaml"), "utf8");
    expect(file).toContain(`  command:\n  - ${bin}/python\n  - -m\n  - prefect.engine\n`);
  });

  test("that is not in its file is one sentence, and nothing is written", async () => {
    const built = await sandbox.orch(["deployment", "build", "-n", "x", "flows/marvin.py:say_ho"], { env });
    expect(built).toEqual({
      code: 1,
      stdout: "",
      stderr: "Flow function with name 'say_ho' not found in 'flows/marvin.py'. The flows in it are: say_hi.\n",
    });
  });
});
