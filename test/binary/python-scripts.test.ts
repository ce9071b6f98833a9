// Python programs and flows run here and now: `orch run`, `orch flow run`, `orch dev`.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pythonHere } from "./python-here.ts";
import { createSandbox, type Sandbox } from "./sandbox.ts";

const python = pythonHere();

const FLOW = `import sys
from prefect import flow, get_run_logger, task

@task
def double(n):
    return n * 2

@flow
def twice(n: int = 1, words: list = ()):
    get_run_logger().info("logged")
    return double(n)

@flow
def fails():
    raise ValueError("boom")

if __name__ == "__main__":
    print("arguments", sys.argv[1:])
    print("result", twice(4))
    sys.exit(7)
`;

/** One flow in two languages. */
const PAIR = {
  python: `from prefect import flow

@flow(log_prints=True)
def fails():
    print("hello")
    raise ValueError("two\\nlines")
`,
  typescript: `import { flow } from "orch";
export const fails = flow(async function fails() { console.log("hello"); throw new Error("two\\nlines"); }, { logPrints: true });
`,
};

/** The lines that have a time, without it, names of runs, and the first words of what differs between languages. */
function wordsOf(log = ""): string[] {
  const lines = log.split("\n").filter((line) => /^\d\d:\d\d:\d\d/.test(line));
  return lines.map((line) =>
    line
      .slice(13)
      .replace(/'[a-z]+-[a-z]+'/g, "RUN")
      .replace(/(?:Value)?Error: two$/, "Error"),
  );
}

describe.skipIf(!python)("python 5:", () => {
  let sandbox: Sandbox;
  const env = { ORCH_PYTHON: python ?? "", ORCH_PYTHON_ENGINE: "built-in" };
  beforeAll(() => {
    sandbox = createSandbox();
    mkdirSync(join(sandbox.folder, "flows"));
    writeFileSync(join(sandbox.folder, "flows/marvin.py"), FLOW);
  });
  afterAll(() => sandbox.close());

  test("what a program does not catch is shown without the frames of orch", async () => {
    const own = createSandbox();
    const source = "from prefect import flow\n\n@flow\ndef bad():\n    raise ValueError('boom')\n\nbad()\n";
    writeFileSync(join(own.folder, "bad.py"), source);
    writeFileSync(join(own.folder, "unknown.py"), "from prefect import nothing_such\n");
    const ran = await own.orch(["run", "bad.py"], { env });
    const places = ran.stderr.match(/[^/"]+", line \d+/g);
    expect([ran.code, places]).toEqual([1, ['bad.py", line 7', 'bad.py", line 5']]);
    expect(ran.stderr).toEndWith("\nValueError: boom\n");
    const unknown = await own.orch(["run", "unknown.py"], { env });
    expect([unknown.code, unknown.stderr.match(/^ {2}File /gm)?.length]).toEqual([1, 1]);
    await own.close();
  });

  test("a program runs with its arguments and its exit code, without a server, and its flows are tracked", async () => {
    const ran = await sandbox.orch(["run", "flows/marvin.py", "a", "--", "--b"], { env });
    expect(ran).toMatchObject({ code: 7, stderr: "" });
    expect(ran.stdout).toMatch(/^arguments \['a', '--b'\]\n[\s\S]* - logged\n[\s\S]*\nresult 8\n$/);
    const { stdout } = await sandbox.orch(["flow-run", "ls", "--json"], { env });
    expect(JSON.parse(stdout)).toMatchObject([{ state_name: "Completed", parameters: { n: 4, words: [] } }]);
  });

  test("a flow runs with parameters; the exit code says how it ended", async () => {
    const ran = await sandbox.orch(["flow", "run", "flows/marvin.py:twice", "--param", "n=5"], { env });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toEndWith("\nReturned 10\n");
    const asJson = await sandbox.orch(["flow", "run", "flows/marvin.py:twice", "--json"], { env });
    expect(JSON.parse(asJson.stdout)).toMatchObject({ state_name: "Completed", parameters: { n: 1 } });
    expect(await sandbox.orch(["flow", "run", "flows/marvin.py:fails"], { env })).toMatchObject({
      code: 1,
      stderr: "",
    });
    const wrong = await sandbox.orch(["flow", "run", "flows/marvin.py:twice", "--param", "m=5"], { env });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr.trim().split("\n")).toHaveLength(1);
  });

  test("orch check reports syntax errors, of files and of folders", async () => {
    writeFileSync(join(sandbox.folder, "flows/broken.py"), "def broken(:\n");
    const folder = await sandbox.orch(["check"], { env });
    expect(folder).toMatchObject({ code: 1, stderr: "" });
    expect(folder.stdout).toMatch(/^flows\/broken\.py:1:\d+ invalid syntax\n1 problem in 2 files\.\n$/);
    writeFileSync(join(sandbox.folder, "flows/broken.py"), "x = 1\n");
    const file = await sandbox.orch(["check", "flows/broken.py"], { env });
    expect(file).toEqual({ code: 0, stderr: "", stdout: "No problems in 1 file.\n" });
  });

  test("orch dev deploys a saved flow again", async () => {
    const words = ["deployment", "build", "-n", "x", "-q", "test", "flows/marvin.py:twice"];
    expect(await sandbox.orch(words, { env })).toMatchObject({ code: 0 });
    const dev = sandbox.start(["dev", "--port", "0"], env);
    await dev.until(/Deployed 'twice\/x'/);
    writeFileSync(
      join(sandbox.folder, "flows/marvin.py"),
      readFileSync(join(sandbox.folder, "flows/marvin.py"), "utf8").replace("words: list", "terms: list"),
    );
    await dev.until(/Deployed 'twice\/x' again: flows\/marvin\.py changed/);
    writeFileSync(join(sandbox.folder, "flows/marvin.py"), "def broken(:\n");
    await dev.until(/flows\/marvin\.py:1:\d+: invalid syntax/);
    await dev.stop();
  });

  test("its log has the streams and the words of a TypeScript flow's", async () => {
    writeFileSync(join(sandbox.folder, "flows/pair.py"), PAIR.python);
    writeFileSync(join(sandbox.folder, "flows/pair.ts"), PAIR.typescript);
    const [python, typescript] = await Promise.all(
      ["py", "ts"].map((language) => sandbox.orch(["flow", "run", `flows/pair.${language}:fails`], { env })),
    );
    expect(python).toMatchObject({ code: 1, stderr: "" });
    expect(wordsOf(python?.stdout)).toEqual(wordsOf(typescript?.stdout));
    expect(python?.stdout).toEndWith("Failed('Flow run encountered an exception. ValueError: two\nlines')\n");
  });
});
