// `orch python` on the executable: the words of Python's own command line, its exit codes, its streams and its signals.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pythonHere } from "./python-here.ts";
import { createSandbox, type Sandbox } from "./sandbox.ts";

const python = pythonHere();

const DEPLOY = `import sys
from prefect import flow
from prefect.deployments import Deployment

@flow
def nightly(n: int = 1):
    return n

if __name__ == "__main__":
    Deployment.build_from_flow(nightly, name="x", work_queue_name="q", apply=True)
    print(sys.argv)
    print("result", nightly(2))
`;

/** Names four signals that it gets, and then waits to be ended. */
const SIGNALS = `import signal
awaited = {signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP}
signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
print("ready", flush=True)
for _ in awaited:
    print("got", signal.sigwait(awaited).name, flush=True)
signal.pthread_sigmask(signal.SIG_UNBLOCK, awaited)
print("waiting", flush=True)
signal.sigwait({signal.SIGUSR2})
`;
/** Without the terminal that the tests may have, whose keys reach all processes by themselves. */
const WITHOUT_TERMINAL =
  "exec \"$ORCH_PYTHON\" -c \"import os; os.setsid(); os.execvp('orch', ['orch', 'python', 'signals.py'])\"";

describe.skipIf(!python)("orch python", () => {
  let sandbox: Sandbox;
  const env = { ORCH_PYTHON: python ?? "", ORCH_PYTHON_ENGINE: "built-in" };
  beforeAll(() => {
    sandbox = createSandbox();
    mkdirSync(join(sandbox.folder, "flows"));
    writeFileSync(join(sandbox.folder, "flows/deploy.py"), DEPLOY);
    writeFileSync(join(sandbox.folder, "signals.py"), SIGNALS);
  });
  afterAll(() => sandbox.close());

  test("a script that deploys its flow and runs it, with options as they are", async () => {
    const words = ["python", "flows/deploy.py", "--name", "x", "--", "-q", "--help"];
    const ran = await sandbox.orch(words, { env });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toContain("['flows/deploy.py', '--name', 'x', '--', '-q', '--help']\n");
    expect(ran.stdout).toEndWith("result 2\n");
    const { stdout } = await sandbox.orch(["deployment", "inspect", "nightly/x", "--json"], { env });
    expect(JSON.parse(stdout)).toMatchObject({ entrypoint: "flows/deploy.py:nightly", work_queue_name: "q" });
  });

  const ASK = "import sys, prefect; print(prefect.is_orch, sys.argv)";
  const WAYS: [what: string, words: string[], stdin: string | undefined, out: string][] = [
    ["code", ["-c", ASK, "-x"], undefined, "True ['-c', '-x']\n"],
    ["standard input", ["-", "-x"], ASK, "True ['-', '-x']\n"],
    ["standard input without a word", [], ASK, "True ['']\n"],
    ["a module", ["-m", "flows.asks", "-x"], undefined, "True ['-x']\n"],
    ["options of Python before the file", ["-u", "-X", "dev", "flows/asks.py"], undefined, "True []\n"],
  ];
  for (const [what, words, stdin, out] of WAYS) {
    test(`takes ${what}`, async () => {
      writeFileSync(join(sandbox.folder, "flows/asks.py"), ASK.replace("sys.argv", "sys.argv[1:]"));
      const ran = await sandbox.orch(["python", ...words], { env, ...(stdin === undefined ? {} : { stdin }) });
      expect(ran).toEqual({ code: 0, stdout: out, stderr: "" });
    });
  }

  test("a program reads standard input, and its exit code is the answer", async () => {
    const code = "import sys; sys.stderr.write(sys.stdin.read()); sys.exit(9)";
    const ran = await sandbox.orch(["python", "-c", code], { env, stdin: "typed" });
    expect(ran).toEqual({ code: 9, stdout: "", stderr: "typed" });
  });

  test("signals reach the program once, and the one that ends it is in the exit code", async () => {
    const child = sandbox.startLimited([], WITHOUT_TERMINAL, env);
    await child.until(/ready/);
    for (const signal of ["SIGINT", "SIGTERM", "SIGUSR1", "SIGHUP"] as const) {
      process.kill(child.pid, signal);
      await child.until(new RegExp(`got ${signal}`));
    }
    await child.until(/waiting/);
    expect(await child.stop("SIGTERM")).toBe(128 + 15);
    expect(child.output().match(/got/g)).toHaveLength(4);
  });

  test("what cannot be started is one sentence", async () => {
    writeFileSync(join(sandbox.folder, "deploy.ts"), "");
    const SENTENCES: [words: string[], sentence: string][] = [
      [["none.py"], "There is no file 'none.py'.\n"],
      [["deploy.ts"], "'deploy.ts' is no Python program. Did you mean 'orch run deploy.ts'?\n"],
    ];
    for (const [words, stderr] of SENTENCES) {
      expect(await sandbox.orch(["python", ...words], { env })).toEqual({ code: 1, stdout: "", stderr });
    }
    const isolated = await sandbox.orch(["python", "-I", "-c", "print(1)"], { env });
    expect(isolated).toMatchObject({ code: 0, stdout: "1\n" });
    expect(isolated.stderr).toStartWith("With -I or -E Python does not look");
  });
});
