// The lock of a home: one server, or one command, until it ends or its process is gone.
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { lockHome, SERVER } from "#db/home/home-lock.ts";

const home = mkdtempSync(join(tmpdir(), "orch-lock-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const note = join(home, "server.lock.json");
const lock = (work = SERVER) => lockHome(home, { work, patienceMs: 0 });

const refusedBy = (pid: number) =>
  `A server has the home '${home}', as process ${pid}: stop it with 'orch server stop', or 'kill ${pid}' while it starts, or set ORCH_HOME to another home.`;

test("a second server is refused until the first lets go", () => {
  const release = lock();
  expect(() => lock()).toThrow(refusedBy(process.pid));
  release();
  lock()();
  expect(statSync(join(home, "server.lock"))).toMatchObject({ size: 0 });
  expect(existsSync(note)).toBe(false);
});

test("a server is refused while a command works, with its words", () => {
  const release = lock("orch adopt");
  const sentence = `'orch adopt' works on the home '${home}', as process ${process.pid}: wait until it has ended, or set ORCH_HOME to another home.`;
  expect(() => lock()).toThrow(sentence);
  release();
});

test("another process has it, and killed with -9 has it no longer", async () => {
  const script = `import { lockHome } from "#db/home/home-lock.ts"; lockHome(process.argv[1], { work: "server" }); console.log("locked"); await new Promise(() => setInterval(() => {}, 1000));`;
  const child = Bun.spawn([process.execPath, "-e", script, home], { stdout: "pipe" });
  expect(new TextDecoder().decode((await child.stdout.getReader().read()).value)).toBe("locked\n");
  expect(() => lock()).toThrow(refusedBy(child.pid));
  child.kill("SIGKILL");
  await child.exited;
  expect(existsSync(note)).toBe(true);
  lock()();
});

test("a holder in another container, or on another machine, is named with its host", () => {
  const release = lock();
  const elsewhere = `in another container or on another machine, 'box': stop it there with 'orch server stop'`;
  writeFileSync(note, JSON.stringify({ work: SERVER, pid: 1, host: "box", space: "0" }));
  expect(() => lock()).toThrow(`A server has the home '${home}', as process 1 ${elsewhere}`);
  // Containers that share the host's name count their processes apart.
  writeFileSync(note, JSON.stringify({ work: SERVER, pid: process.pid, host: hostname(), space: "another" }));
  expect(() => lock()).toThrow(`as process ${process.pid} in another container or on another machine`);
  release();
});

test("without a note, or with one that is damaged, the refusal is one sentence all the same", () => {
  const release = lock();
  for (const text of ["", "{", "[]", '{"work":1}', '{"work":"server","pid":"1"}']) {
    writeFileSync(note, text);
    expect(() => lock()).toThrow(`Another orch has the home '${home}': stop it, or set ORCH_HOME to another home.`);
  }
  release();
});

test("an earlier holder's note is not kept where a new one cannot be written", () => {
  mkdirSync(join(note, "full"), { recursive: true }); // a folder stands where the note would
  const release = lock();
  expect(() => lock()).toThrow("Another orch has the home");
  release();
  rmSync(note, { recursive: true });
});

test("a place that takes no lock lets everything in: what is wrong with it is found by what needs it", () => {
  lockHome("/dev/null/nowhere", { work: SERVER })();
});
