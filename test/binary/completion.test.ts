// Completion in the shells themselves, with the compiled executable behind it. A machine that tests orch has bash; zsh
// and fish are asked where they are.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const BASH = Bun.which("bash", { PATH: "/bin:/usr/bin:/usr/local/bin" }) ?? "bash";

beforeAll(async () => {
  await sandbox.orch(["init", "."]);
  for (const name of ["morning", "two words"]) {
    await sandbox.orch([
      "deployment",
      "build",
      "-n",
      name,
      "-q",
      "early",
      "-a",
      "--skip-upload",
      "flows/marvin.ts:sayHi",
    ]);
  }
});

async function shell(command: string[], script: string): Promise<string> {
  const child = Bun.spawn([...command, script], {
    cwd: sandbox.folder,
    env: { HOME: sandbox.home, PATH: `${join(sandbox.folder, "../bin")}:/usr/bin:/bin` },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return err + out;
}

/** What readline would show for a line that ends where the cursor is. */
async function inBash(line: string): Promise<string[]> {
  const script = `source <(orch completion bash); COMP_LINE=$1 COMP_POINT=\${#1}; _orch; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const child = shell([BASH, "--norc", "-c"], `set -- ${JSON.stringify(line)}; ${script}`);
  return (await child).split("\n").filter((reply) => reply !== "");
}

const LINES: [line: string, replies: string[]][] = [
  ["orch deploy", ["deployment"]],
  ["orch deployment ins", ["inspect"]],
  ["orch deployment run ", ["say-hi/morning", "say-hi/two\\ words"]],
  ["orch deployment run say-hi/m", ["say-hi/morning"]],
  ["orch agent -q ea", ["early"]],
  ["orch deployment ls --flow-name=s", ["say-hi"]],
  ["orch deployment build flows/marvin.ts:", ["sayHi"]],
  ["orch deployment run say-hi/morning --param n", ["name="]],
  ["orch flow run flows/marvin.ts:sayHi -p ", ["name="]],
  ["orch completion ", ["bash", "zsh", "fish"]],
  ["orch deployment build ", []],
  ["orch block create s3 --name x --field b", ["bucket_path="]],
  ["orch block create process -n x -f stream_output=t", ["true"]],
  ["orch nonsense ", []],
];
for (const [line, replies] of LINES) {
  test(`bash: ${line}|`, async () => expect(await inBash(line)).toEqual(replies));
}

test("bash binds it to orch", async () => {
  expect(await shell([BASH, "--norc", "-c"], "source <(orch completion bash); complete -p orch")).toBe(
    "complete -F _orch orch\n",
  );
});

for (const name of ["zsh", "fish"]) {
  const there = Bun.which(name, { PATH: "/bin:/usr/bin:/usr/local/bin" });
  test(`${name}: the script is printed${there ? ", and the shell takes it" : ""}`, async () => {
    const { code, stdout } = await sandbox.orch(["completion", name]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("__complete")]);
    if (!there) return;
    expect(await shell([there, "-c"], `orch completion ${name} > script; ${name} -n script`)).toBe("");
    if (name !== "fish") return; // zsh completes in a terminal only
    const line = "complete -C 'orch deployment run say-hi/m'";
    expect(await shell([there, "-c"], `orch completion fish | source; ${line}`)).toBe("say-hi/morning\tSays hello.\n");
  });
}

test("a key press is answered at once", async () => {
  await sandbox.orch(["__complete", "deployment", "run", ""]);
  const [works, waits]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 10; turn += 1) {
    const start = performance.now();
    const child = Bun.spawn(["orch", "__complete", "deployment", "run", ""], {
      ...{ cwd: sandbox.folder, env: { HOME: sandbox.home, PATH: sandbox.path }, stdout: "ignore", stderr: "ignore" },
    });
    await child.exited;
    waits.push(performance.now() - start);
    works.push(Number(child.resourceUsage()?.cpuTime.total) / 1000);
  }
  // Others may use the machine: what it works itself says more than how long that takes.
  expect(Math.min(...works)).toBeLessThan(50); // 15 ms
  expect(Math.min(...waits)).toBeLessThan(1_000); // it waits for nothing
});
