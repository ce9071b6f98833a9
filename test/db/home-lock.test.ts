// The lock of a home: one server, until it stops or its process is gone.
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockHome } from "#db/home-lock.ts";

const home = mkdtempSync(join(tmpdir(), "orch-lock-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const SENTENCE = `Another server has the home '${home}': it runs in another container or on another machine, or is stopping.`;

test("a second server is refused until the first lets go", () => {
  const release = lockHome(home);
  expect(() => lockHome(home, 0)).toThrow(SENTENCE);
  release();
  lockHome(home)();
  expect(statSync(join(home, "server.lock"))).toMatchObject({ size: 0 });
});

test("another process has it, and killed with -9 has it no longer", async () => {
  const script = `import { lockHome } from "#db/home-lock.ts"; lockHome(process.argv[1]); console.log("locked"); await new Promise(() => setInterval(() => {}, 1000));`;
  const child = Bun.spawn([process.execPath, "-e", script, home], { stdout: "pipe" });
  expect(new TextDecoder().decode((await child.stdout.getReader().read()).value)).toBe("locked\n");
  expect(() => lockHome(home, 0)).toThrow(SENTENCE);
  child.kill("SIGKILL");
  await child.exited;
  lockHome(home)();
});

test("a place that takes no lock lets the server in: what is wrong with it is found by what needs it", () => {
  lockHome("/dev/null/nowhere")();
});
