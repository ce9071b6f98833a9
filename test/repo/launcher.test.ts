// The launcher of the npm package hands on words, signals and the end of the executable. A script stands in for that.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = mkdtempSync(join(tmpdir(), "orch-launcher-"));
const main = join(root, "node_modules/orch");
const platform = join(root, `node_modules/orch-${process.platform}-${process.arch}`);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Prints its words; with `wait` it says which signal ends it, and makes the file it is given when it can; with `kill` it ends itself by one. */
const PROGRAM = `#!/bin/sh
case $1 in
  exit) exit $2 ;;
  kill) kill -$2 $$ ;;
  wait)
    for name in INT TERM HUP; do trap "echo got $name; exit 7" $name; done
    echo ready
    [ -z "$2" ] || : >"$2"
    while :; do sleep 0.05; done ;;
  *) printf '[%s]' "$@" ;;
esac
`;

beforeAll(() => {
  for (const folder of [join(main, "bin"), platform]) mkdirSync(folder, { recursive: true });
  cpSync("templates/npm/orch.cjs", join(main, "bin/orch.cjs"));
  writeFileSync(join(main, "package.json"), `{ "name": "orch" }`);
  writeFileSync(join(platform, "package.json"), "{}");
  writeFileSync(join(platform, "orch"), PROGRAM);
  chmodSync(join(platform, "orch"), 0o755);
});

function launch(runtime: string, ...words: string[]) {
  return Bun.spawn([runtime, join(main, "bin/orch.cjs"), ...words], {
    ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  });
}

async function ended(child: ReturnType<typeof launch>) {
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  return { out, err, code: child.exitCode, signal: child.signalCode };
}

// Node waits beside the executable, unless it is new enough to be replaced by it, as Bun is.
for (const runtime of ["node", process.execPath]) {
  describe.skipIf(process.platform === "win32")(`by ${runtime === "node" ? "node" : "bun"}`, () => {
    test("words arrive as they are", async () => {
      expect(await ended(launch(runtime, "a b", "", "$HOME", "--x=é"))).toMatchObject({
        out: "[a b][][$HOME][--x=é]",
        code: 0,
      });
    });

    test("the exit code is that of the executable", async () => {
      expect(await ended(launch(runtime, "exit", "57"))).toMatchObject({ code: 57, err: "" });
    });

    test("what a signal ended ends by the signal", async () => {
      expect(await ended(launch(runtime, "kill", "KILL"))).toMatchObject({ signal: "SIGKILL" });
    });

    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      test(`${signal} reaches the executable, whose answer counts`, async () => {
        const child = launch(runtime, "wait");
        const reader = child.stdout.getReader();
        expect(new TextDecoder().decode((await reader.read()).value)).toBe("ready\n");
        child.kill(signal);
        expect(new TextDecoder().decode((await reader.read()).value)).toBe(`got ${signal.slice(3)}\n`);
        expect(await child.exited).toBe(7);
      });
    }
  });
}

test("a signal that comes while the executable is being started reaches it", async () => {
  const file = join(root, "started");
  const hook = join(root, "hook.cjs");
  // Sends it when the executable is there, and before the launcher goes on.
  writeFileSync(
    hook,
    `const processes = require("node:child_process"), { existsSync } = require("node:fs"), { spawn } = processes;
    processes.spawn = (...words) => {
      const child = spawn(...words);
      while (!existsSync(${JSON.stringify(file)}));
      process.kill(process.pid, "SIGTERM");
      return child;
    };
    process.execve = undefined;`,
  );
  const words = ["--require", hook, join(main, "bin/orch.cjs"), "wait", file];
  const child = Bun.spawn(["node", ...words], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  expect(await child.exited).toBe(7);
  expect(await new Response(child.stdout).text()).toBe("ready\ngot TERM\n");
});

test("without the package of the platform one sentence says what to do", async () => {
  rmSync(platform, { recursive: true });
  const { code, err } = await ended(launch("node", "version"));
  expect(code).toBe(1);
  expect(err).toMatch(
    /^orch is not installed for this platform: the package 'orch-\S+' is missing\. Install again .*\n$/,
  );
});
