// A command that works on the database alone has the home: no server starts meanwhile, and killed with -9 it is in the way of nothing.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createSandbox } from "../binary/sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const home = join(sandbox.home, ".orch");

beforeAll(async () => {
  await sandbox.orch(["variable", "set", "a", "1"]);
  expect((await sandbox.orch(["server", "database", "backup", "b.db"])).code).toBe(0);
});

/** `orch …words` on a terminal of its own, at its question. */
async function asked(words: readonly string[], question: RegExp) {
  const isAsked = Promise.withResolvers<void>();
  let shown = "";
  const child = Bun.spawn([resolve("dist/orch"), ...words], {
    cwd: sandbox.folder,
    env: { HOME: sandbox.home, PATH: sandbox.path, TERM: "xterm" },
    terminal: {
      data(_terminal, chunk) {
        shown += new TextDecoder().decode(chunk);
        if (question.test(shown)) isAsked.resolve();
      },
    },
  });
  const ended = child.exited.then(() => Promise.reject(new Error(`It ended without its question:\n${shown}`)));
  await Promise.race([isAsked.promise, ended]);
  ended.catch(() => {}); // once it has asked, its end is expected
  return child;
}

test("a restore that waits for its answer keeps servers out, and other restores", async () => {
  const restoring = await asked(["server", "database", "restore", "b.db"], /Replace '/);
  const sentence = `'orch server database restore' works on the home '${home}', as process ${restoring.pid}: wait until it has ended, or set ORCH_HOME to another home.`;
  for (const words of [
    ["server", "start", "--port", "0"],
    ["server", "start", "--port", "0", "--background"],
    ["server", "database", "restore", "b.db", "--yes"],
    ["server", "database", "reset", "--yes"],
  ]) {
    expect(await sandbox.orch(words)).toMatchObject({ code: 1, stdout: "", stderr: `${sentence}\n` });
  }
  restoring.kill("SIGKILL");
  await restoring.exited;
  restoring.terminal?.close();
  // Its note is left, and means nothing.
  expect(existsSync(join(home, "server.lock.json"))).toBe(true);
  const server = sandbox.start(["server", "start", "--port", "0"]);
  await server.until(/running at (\S+),/);
  expect((await sandbox.orch(["variable", "inspect", "a", "--json"])).stdout).toContain('"value": "1"');
  expect(await server.stop()).toBe(0);
  expect(existsSync(join(home, "server.lock.json"))).toBe(false);
  expect((await sandbox.orch(["server", "database", "restore", "b.db", "--yes"])).code).toBe(0);
});
