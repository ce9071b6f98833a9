// Flow files with inline script metadata, by the real uv: built, run as programs, and run by agents, each in the environment it asks for.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pythonHere } from "../binary/python-here.ts";
import { createSandbox, type Sandbox } from "../binary/sandbox.ts";
import { run, uvProgram } from "../python.ts";

const uv = await uvProgram().catch((error) => {
  console.log(`Skipped: uv cannot be installed here. ${error}`);
});

const python = pythonHere();

const script = (dependencies: string, more = "") =>
  `# /// script\n# requires-python = ">=3.8"\n# dependencies = [${dependencies}]\n${more}# ///\n`;
const FLOW = `import sys
from prefect import flow, get_run_logger
import six

@flow
def shows(n: int = 1):
    get_run_logger().info("six %s of %s", six.__version__, sys.prefix)
    return n

if __name__ == "__main__":
    print("program", six.__version__)
    shows()
`;
/** Prefect with the packages of its day. */
const REAL = script(
  '"six==1.16.0", "prefect==2.10.4", "setuptools<68"',
  '# [tool.uv]\n# exclude-newer = "2023-04-15T00:00:00Z"\n',
).replace(">=3.8", "==3.11.*");

describe.skipIf(!uv)("python 3: a flow file that names its packages", () => {
  let sandbox: Sandbox;
  let url = "";
  /** The cache of uv is the machine's: nothing is fetched twice. */
  const env = { UV_CACHE_DIR: process.env["UV_CACHE_DIR"] ?? join(homedir(), ".cache/uv"), ...proxies() };
  const inServer = () => ({ ...env, ORCH_API_URL: `${url}/api` });

  beforeAll(async () => {
    sandbox = createSandbox();
    mkdirSync(join(sandbox.folder, "flows"));
    symlinkSync(uv as string, join(sandbox.path, "uv"));
    if (python !== undefined) symlinkSync(python, join(sandbox.path, "python3"));
    writeFileSync(join(sandbox.folder, "flows/named.py"), script('"six==1.16.0"') + FLOW);
    writeFileSync(join(sandbox.folder, "flows/real.py"), REAL + FLOW);
    writeFileSync(join(sandbox.folder, "flows/none.py"), script('"six==99"') + FLOW);
    const server = sandbox.start(["server", "start", "--port", "0"]);
    url = (await server.until(/running at (http:\S+?),/))[1] ?? "";
  });
  afterAll(() => sandbox?.close());

  async function deploy(file: string, more: string[] = []): Promise<void> {
    const words = ["deployment", "build", "-n", file, "-q", "test", "-a", `flows/${file}.py:shows`, ...more];
    expect(await sandbox.orch(words, { env: inServer() })).toMatchObject({ code: 0 });
  }

  /** The state's name and message, and the run's log. */
  async function ran(file: string): Promise<{ state: string; message: string | null; logs: string }> {
    const { stdout } = await sandbox.orch(["deployment", "run", `shows/${file}`, "--watch", "--json"], {
      env: inServer(),
    });
    const { id } = JSON.parse(stdout);
    const { state } = await fetch(`${url}/api/flow_runs/${id}`).then((answer) => answer.json());
    const body = JSON.stringify({ logs: { flow_run_id: { any_: [id] } }, sort: "TIMESTAMP_ASC" });
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/api/logs/filter`, { method: "POST", headers, body });
    const logs: { message: string }[] = await answer.json();
    return { state: state.name, message: state.message, logs: logs.map(({ message }) => message).join("\n") };
  }

  test("runs as a program, and its flow here and now", async () => {
    const program = await sandbox.orch(["run", "flows/named.py"], { env });
    expect(program.stdout).toContain("program 1.16.0\n");
    expect(program.code).toBe(0);
    const flow = await sandbox.orch(["flow", "run", "flows/named.py:shows", "--json"], { env });
    expect(JSON.parse(flow.stdout)).toMatchObject({ state_name: "Completed" });
  });

  test("keeps its environment where uv is set to have no cache", async () => {
    writeFileSync(join(sandbox.folder, "uv.toml"), "no-cache = true\n");
    const { UV_CACHE_DIR: _, ...others } = env;
    const settings = [
      { UV_CONFIG_FILE: join(sandbox.folder, "uv.toml"), ...env },
      { UV_NO_CACHE: "1", ...others },
    ];
    for (const set of settings) {
      const program = await sandbox.orch(["run", "flows/named.py"], { env: set });
      expect(program).toMatchObject({ code: 0, stdout: expect.stringContaining("program 1.16.0\n") });
    }
  });

  test("may lock a package that lies at a path beside it", async () => {
    const folder = join(sandbox.folder, "flows");
    mkdirSync(join(folder, "six"));
    writeFileSync(join(folder, "six/six.py"), '__version__ = "beside"\n');
    const project = '[project]\nname = "six"\nversion = "1.16.0"\n';
    const backend = '[build-system]\nrequires = ["setuptools<81"]\nbuild-backend = "setuptools.build_meta"\n';
    writeFileSync(join(folder, "six/pyproject.toml"), `${project}${backend}[tool.setuptools]\npy-modules = ["six"]\n`);
    writeFileSync(join(folder, "beside.py"), script('"six"', '# [tool.uv.sources]\n# six = { path = "six" }\n') + FLOW);
    await run([uv as string, "lock", "--quiet", "--script", join(folder, "beside.py")]);
    const program = await sandbox.orch(["run", "flows/beside.py"], { env });
    expect(program).toMatchObject({ code: 0, stdout: expect.stringContaining("program beside\n") });
  });

  test("is built and run by an agent, whose environment it shares with others that name the same", async () => {
    await deploy("named");
    const agent = sandbox.start(["agent", "start", "-q", "test"], inServer());
    const [first, second] = [await ran("named"), await ran("named")];
    expect(first.state).toBe("Completed");
    expect(first.logs).toMatch(
      /Running by orch's built-in Python engine, Python 3\.\S+ at '.*' \(the inline script metadata\)\./,
    );
    const place = /six 1\.16\.0 of (.*)/.exec(first.logs)?.[1];
    expect(place).toContain(env.UV_CACHE_DIR);
    expect(second.logs).toContain(`six 1.16.0 of ${place}`);
    await agent.stop("SIGINT");
  });

  test("is fetched from a storage block for a run with a folder to work in, and then known", async () => {
    const stored = join(sandbox.home, "stored");
    const workingDir = join(sandbox.home, "works");
    for (const folder of [stored, workingDir]) mkdirSync(folder, { recursive: true });
    const block = ["block", "create", "local-file-system", "--name", "stored", "--field", `basepath=${stored}`];
    expect(await sandbox.orch(block, { env: inServer() })).toMatchObject({ code: 0 });
    const agent = sandbox.start(["agent", "start", "-q", "test"], inServer());
    const more = ["-sb", "local-file-system/stored", "--override", `working_dir=${workingDir}`];
    for (const [file, engine] of [
      ["named", "Running by orch's built-in Python engine, "],
      ["real", "Running by Prefect 2.10.4, "],
    ] as const) {
      await deploy(file, more);
      const { state, logs } = await ran(file);
      expect([state, logs]).toEqual(["Completed", expect.stringContaining("(the inline script metadata).")]);
      expect(logs).toContain(engine);
      expect(logs).toContain("six 1.16.0 of ");
    }
    await agent.stop("SIGINT");
  }, 300_000);

  test("is run by the Prefect that it names, cold and then from a warm parent of its environment", async () => {
    await deploy("real");
    const agent = sandbox.start(["agent", "start", "-q", "test"], { ...inServer(), ORCH_LOGGING_LEVEL: "DEBUG" });
    const { state, logs } = await ran("real");
    expect(state).toBe("Completed");
    expect(logs).toContain("Running by Prefect 2.10.4, Python 3.11.");
    if (process.platform === "linux") expect(logs).not.toContain("This run starts a new Python process");
    await agent.stop("SIGINT");
    const cold = sandbox.start(["agent", "start", "-q", "test"], {
      ...inServer(),
      ORCH_AGENT_WARM_PYTHON_SECONDS: "0",
    });
    expect((await ran("real")).logs).toContain("six 1.16.0 of ");
    await cold.stop("SIGINT");
  }, 300_000);

  test("that asks for what there is not is not built, and its run fails with uv's words", async () => {
    const words = ["deployment", "build", "-n", "none", "-q", "test", "flows/none.py:shows"];
    const built = await sandbox.orch(words, { env: inServer() });
    expect(built).toMatchObject({ code: 1, stdout: "" });
    const why = "uv could not make the Python environment of 'none.py': No solution found when resolving ";
    expect(built.stderr).toContain(why);
    expect(built.stderr.trim().split("\n")).toHaveLength(1);
    // The agent's machine has no network, and its uv no package of before.
    const alone = { ...inServer(), UV_OFFLINE: "1", UV_CACHE_DIR: join(sandbox.home, "empty") };
    const agent = sandbox.start(["agent", "start", "-q", "test"], alone);
    const { state, message } = await ran("named");
    expect(state).toBe("Failed");
    const named = why.replace("none.py", "named.py");
    expect(message).toStartWith(`Flow could not be retrieved from deployment. ${named}`);
    expect(message).toContain("network");
    await agent.stop("SIGINT");
  });
});

/** How this machine reaches the registry. */
function proxies(): Record<string, string> {
  const names = /^(?:https?_proxy|no_proxy|all_proxy|ssl_cert_file|uv_.*|pip_index_url|pip_config_file)$/i;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (names.test(name) && value ? [[name, value]] : [])),
  );
}
