// Python flows built by orch and run by its agent, with the engine of the real Prefect.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { eachOf } from "#lib/parallel.ts";
import { pythonSource } from "#project/python/read-flow.ts";
import { prefectEnvironment } from "../bench/environment.ts";
import { createPrefect, type Prefect, possible } from "./prefect.ts";

const FIXTURES = resolve("test/fixtures/python");
const python = possible ? join(await prefectEnvironment(), "bin/python") : "";

describe.skipIf(!possible)("python 2: what Prefect 2.10.4 makes of flows", () => {
  for (const file of ["signatures", "models"]) {
    test(`is still what ${file}.json has, and what orch makes of ${file}.py`, async () => {
      const asked = Bun.spawnSync([python, join(FIXTURES, "oracle.py"), `${file}.py`], { cwd: FIXTURES });
      const text = asked.stdout.toString();
      expect(text).toBe(readFileSync(join(FIXTURES, `${file}.json`), "utf8"));
      const differing: string[] = [];
      const source = pythonSource({ folder: FIXTURES, home: FIXTURES, env: process.env, setting: python });
      await eachOf(Object.entries(JSON.parse(text)), 2, async ([name, expected]) => {
        const { tags: _, exportName, ...found } = await source.read(join(FIXTURES, `${file}.py`), name);
        // 1 and 1.0 are one number here; the fast test tells them apart.
        const isSame =
          exportName === name && JSON.stringify(JSON.parse(JSON.stringify(found))) === JSON.stringify(expected);
        if (!isSame) differing.push(name);
      });
      expect(differing).toEqual([]);
    }, 120_000);
  }
});

const FLOWS = `import os, signal, sys
from prefect import flow, get_run_logger, task
from helper import word

@task(retries=1)
def double(n):
    return n * 2

@flow(log_prints=True)
def adds(n: int = 1):
    print("printed", word, os.path.basename(os.getcwd()), sys.argv, sorted(key for key in os.environ if key.startswith("ORCH__")))
    get_run_logger().info("logged")
    return double(n)

@flow
def fails():
    raise ValueError("boom")

@flow
def exits():
    sys.exit(3)

@flow
def dies():
    os.kill(os.getpid(), signal.SIGKILL)

@flow
def needs(n: int):
    pass
`;

interface Ended {
  state: string;
  message: string | null;
  logs: string[];
  tasks: number;
}

describe.skipIf(!possible)("python 3: a flow by the real engine", () => {
  let prefect: Prefect;
  const ended = new Map<string, Ended>();

  /** One agent for all: each run of the real engine takes seconds to start. */
  beforeAll(async () => {
    prefect = await createPrefect();
    prefect.write("flows/all.py", FLOWS);
    prefect.write("flows/helper.py", "word = 'helped'\n");
    const env = { ORCH_PYTHON: python };
    const ids = new Map<string, string>();
    for (const name of ["adds", "fails", "exits", "dies", "needs"]) {
      const words = ["deployment", "build", "-n", "x", "-q", "test", "-a", `flows/all.py:${name}`];
      expect(await prefect.sandbox.orch(words, { env })).toMatchObject({ code: 0 });
      const { stdout } = await prefect.sandbox.orch(["deployment", "run", `${name}/x`, "--force", "--json"]);
      ids.set(name, JSON.parse(stdout).id);
    }
    const agent = await prefect.sandbox.orch(["agent", "start", "-q", "test", "--run-once", "--limit", "2"], { env });
    expect(agent.code).toBe(0);
    for (const [name, id] of ids) {
      const run = await prefect.call<{ state: { name: string; message: string | null } }>("GET", `/flow_runs/${id}`);
      const filter = { flow_runs: { id: { any_: [id] } } };
      const logs = await prefect.call<{ message: string }[]>("POST", "/logs/filter", {
        logs: { flow_run_id: { any_: [id] } },
        sort: "TIMESTAMP_ASC",
      });
      const tasks = await prefect.call<unknown[]>("POST", "/task_runs/filter", filter);
      const messages = logs.map(({ message }) => message);
      ended.set(name, { state: run.state.name, message: run.state.message, logs: messages, tasks: tasks.length });
    }
  }, 240_000);
  afterAll(() => prefect?.close());

  test("has its code, and its log names the Python and the engine", () => {
    const { state, logs, tasks } = ended.get("adds") ?? { logs: [] };
    expect(logs.slice(0, 2)).toEqual([
      expect.stringMatching(/^Downloading flow code from storage at '.*\/snapshots\/.*'$/),
      `Running by Prefect 2.10.4, Python ${versionOf(python)} at '${python}' (ORCH_PYTHON).`,
    ]);
    const folder = expect.stringMatching(/^printed helped orch-run-\S+ \['.*\/prefect\/engine\.py'\] \[\]$/);
    expect(logs).toContainEqual(folder);
    expect(logs).toContain("logged");
    expect({ state, tasks }).toEqual({ state: "Completed", tasks: 1 });
  });

  test("has its code from a folder below that of a LocalFileSystem block, in the folder that it works in", async () => {
    const { home } = prefect.sandbox;
    const [stored, works] = ["stored", "works"].map((name) => join(home, name)) as [string, string]; // two names
    mkdirSync(works);
    const block = ["block", "create", "local-file-system", "--name", "stored", "--field", `basepath=${stored}`];
    expect(await prefect.sandbox.orch(block)).toMatchObject({ code: 0 });
    const place = ["-sb", "local-file-system/stored/below/it", "--override", `working_dir=${works}`];
    const words = ["deployment", "build", "-n", "below", "-q", "below", "-a", "flows/all.py:adds", ...place];
    expect(await prefect.sandbox.orch(words, { env: { ORCH_PYTHON: python } })).toMatchObject({ code: 0 });
    const { stdout } = await prefect.sandbox.orch(["deployment", "run", "adds/below", "--force", "--json"]);
    const agent = ["agent", "start", "-q", "below", "--run-once"];
    expect(await prefect.sandbox.orch(agent, { env: { ORCH_PYTHON: python } })).toMatchObject({ code: 0 });
    const { id } = JSON.parse(stdout);
    const run = await prefect.call<{ state: { name: string; message: string | null } }>("GET", `/flow_runs/${id}`);
    expect(run.state).toMatchObject({ name: "Completed" });
    const lines = { logs: { flow_run_id: { any_: [id] } } };
    const logs = await prefect.call<{ message: string }[]>("POST", "/logs/filter", lines);
    expect(logs.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^printed helped works /));
  }, 120_000);

  test("fails as it fails with Prefect's own agent", () => {
    expect(ended.get("fails")).toMatchObject({
      state: "Failed",
      message: "Flow run encountered an exception. ValueError: boom\n",
    });
    expect(ended.get("exits")).toMatchObject({
      state: "Crashed",
      message: "Execution was aborted by Python system exit call.",
    });
    expect(ended.get("needs")).toMatchObject({
      state: "Failed",
      message: expect.stringMatching(/^Validation of flow parameters failed with error: /),
    });
  });

  test("that is killed has crashed, and its log says why", () => {
    const { state, message, logs } = ended.get("dies") ?? { logs: [] };
    expect({ state, message }).toEqual({
      state: "Crashed",
      message: "Flow run infrastructure exited with non-zero status code -9.",
    });
    // By hand, or for lack of memory: other tests may have made the machine short of it meanwhile.
    expect(logs.at(-1)).toMatch(/was killed .*SIGKILL/);
  });
});

function versionOf(program: string): string {
  return Bun.spawnSync([program, "-c", "import platform; print(platform.python_version())"]).stdout.toString().trim();
}
