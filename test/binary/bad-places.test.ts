// Bad places: servers, homes, ports and databases that cannot be used. One sentence each, and nothing touched.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT_NEWER_DATABASE } from "#lib/errors.ts";
import { createSandbox, type Result } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

beforeAll(() => {
  writeFileSync(join(sandbox.folder, "a-file"), "not a folder");
  writeFileSync(join(sandbox.folder, "not-a-database"), "this is text".repeat(1000));
});

const PLACES: [wrong: string, env: Record<string, string>, sentence: RegExp][] = [
  ["a server that does not answer", { ORCH_API_URL: "http://127.0.0.1:9/api" }, /127\.0\.0\.1:9.*orch server start/s],
  ["a home that cannot be written", { ORCH_HOME: "a-file/home" }, /a-file.*is a file, not a folder/],
  [
    "C10: a home whose name is too long",
    { ORCH_HOME: "a".repeat(5000) },
    /path of \d+ characters is longer than .*Use a/,
  ],
  [
    "C10: a home whose path is too long",
    { ORCH_HOME: "a/".repeat(2500) },
    /path of \d+ characters is longer than .*Use a/,
  ],
];
for (const [wrong, env, sentence] of PLACES) {
  test(`${wrong} is one sentence`, async () => {
    expectOneSentence(await sandbox.orch(["deployment", "ls"], { env }), sentence);
  });
}

test("a port that is taken is one sentence", async () => {
  const taken = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const result = await sandbox.orch(["server", "start", "--port", String(taken.port)]);
  await taken.stop(true);
  expectOneSentence(result, new RegExp(`${taken.port}.*--port`));
});

test("a database that is none is refused and left as it is", async () => {
  const home = join(sandbox.home, "broken");
  mkdirSync(home);
  await Bun.write(join(home, "orch.db"), Bun.file(join(sandbox.folder, "not-a-database")));
  const result = await sandbox.orch(["deployment", "ls"], { env: { ORCH_HOME: home } });
  expectOneSentence(result, /orch\.db.*not a database/);
  expect(await Bun.file(join(home, "orch.db")).text()).toStartWith("this is text");
});

test("a database newer than the program is refused with an exit code of its own", async () => {
  const home = join(sandbox.home, "newer");
  expect((await sandbox.orch(["deployment", "ls"], { env: { ORCH_HOME: home } })).code).toBe(0);
  const database = new Database(join(home, "orch.db"));
  database.run("pragma user_version = 9999");
  database.close();
  const result = await sandbox.orch(["deployment", "ls"], { env: { ORCH_HOME: home } });
  expectOneSentence(result, /newer/);
  expect(result.code).toBe(EXIT_NEWER_DATABASE);
});

function expectOneSentence({ code, stderr, stdout }: Result, sentence: RegExp): void {
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
  expect(stdout).not.toMatch(/^\s+at /m);
  expect(code).toBeGreaterThan(0);
}

test("C10: a process that may open too few files for a database says so", async () => {
  for (const command of ["deployment ls", "server start --port 0", "agent start -q x", "variable set a b"]) {
    const result = await sandbox.shell(`ulimit -n 8; exec orch ${command}`);
    expectOneSentence(result, /^This process may not open more files at once: raise the limit of 'ulimit -n'\.\n$/);
  }
});
