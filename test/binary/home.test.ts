// C8 and C9 on the executable: homes that are nowhere, that are files, and that cannot be written.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lockHome, SERVER } from "#db/home/home-lock.ts";
import { createSandbox, type Result } from "./sandbox.ts";

const sandbox = createSandbox(["setpriv"]);
const home = join(sandbox.home, "closed");
const file = join(sandbox.home, "file");
afterAll(async () => {
  chmodSync(home, 0o700);
  await sandbox.close();
});

/** Root writes everywhere, unless it gives the right up. */
const AS_OTHERS = process.getuid?.() === 0 ? "setpriv --bounding-set=-dac_override,-dac_read_search" : "";

function closed(command: string, ORCH_HOME = home): Promise<Result> {
  return sandbox.shell(`exec ${AS_OTHERS} orch ${command}`, { ORCH_HOME });
}

beforeAll(async () => {
  mkdirSync(home);
  await sandbox.orch(["deployment", "ls"], { env: { ORCH_HOME: home } });
  rmSync(join(home, "orch.db-wal"), { force: true });
  rmSync(join(home, "orch.db-shm"), { force: true });
  writeFileSync(join(home, "prefect.db"), "");
  chmodSync(home, 0o500);
  writeFileSync(file, "");
});

const WRITES = [
  ...[
    "deployment ls",
    "variable set a b",
    "config set ORCH_LOGGING_LEVEL=DEBUG",
    "profile create x",
    "agent start -q x",
  ],
  ...["server start --port 0", "server start --background --port 0", "server database backup b.db"],
  ...["server database stats", "server database vacuum", "server database upgrade", "server database reset -y"],
  "block create secret -n x -f value=y",
];
for (const command of WRITES) {
  test(`C9: on a read-only home 'orch ${command}' says so, and nothing else`, async () => {
    const { code, stderr } = await closed(command);
    expect(stderr).toMatch(/^The home is read-only: [^\n]+'[^\n]+, or set ORCH_HOME to another folder\.\n$/);
    expect(stderr).toContain(`'${home}'`);
    expect(code).toBe(1);
  });
}

describe("C9: doctor", () => {
  test("says first that the home is read-only, and does not talk of backups", async () => {
    const { code, stdout } = await closed("doctor");
    expect(stdout).toMatch(
      /^.*\n✖ home +The home is read-only: the rights of '.*' do not let this user write in it\.\n +→ chmod u\+rwx /,
    );
    expect(stdout).not.toMatch(/[Rr]estore|move it away/);
    expect(code).toBe(1);
  });
  test("a home that is a file, or lies in one", async () => {
    for (const place of [file, join(file, "home")]) {
      expect((await closed("doctor", place)).stdout).toContain(
        `The home cannot be used: '${file}' is a file, not a folder.`,
      );
      expect((await closed("deployment ls", place)).stderr).toStartWith(`The home cannot be used: '${file}' is a file`);
    }
  });
  test("a home that cannot be made", async () => {
    const place = join(home, "below", "orch");
    expect((await closed("deployment ls", place)).stderr).toStartWith(
      `The home cannot be used: '${place}' cannot be made, because`,
    );
  });
  test("a database of Prefect beside orch's, or in its usual place, is noticed", async () => {
    const beside = await closed("doctor");
    expect(beside.stdout).toContain(`✔ Prefect         '${join(home, "prefect.db")}' is Prefect's own database`);
    const before = (await sandbox.orch(["doctor"])).stdout;
    mkdirSync(join(sandbox.home, ".prefect"));
    writeFileSync(join(sandbox.home, ".prefect", "prefect.db"), "");
    const { code, stdout } = await sandbox.orch(["doctor"]);
    expect([code, before.includes("Prefect's own"), stdout.includes("orch adopt '")]).toEqual([0, false, true]);
  });
});

test("adopt: a server that makes a new home offers Prefect's database, and does not ask again", async () => {
  const other = createSandbox();
  try {
    mkdirSync(join(other.home, ".prefect"));
    writeFileSync(join(other.home, ".prefect", "prefect.db"), "");
    const first = other.start(["server", "start", "--port", "0"]);
    await first.until(/To take it over, stop both servers, and: orch adopt \S+prefect\.db/);
    await first.stop();
    const second = other.start(["server", "start", "--port", "0"]);
    await second.until(/web UI at/);
    await second.stop();
    expect(second.output()).not.toContain("orch adopt");
  } finally {
    await other.close();
  }
});

test("a home that another server holds is refused before its database is opened", async () => {
  const shared = join(sandbox.home, "shared");
  const release = lockHome(shared, { work: SERVER });
  const { code, stderr } = await sandbox.orch(["server", "start", "--port", "0"], { env: { ORCH_HOME: shared } });
  expect([code, stderr]).toEqual([1, expect.stringContaining(`A server has the home '${shared}', as process`)]);
  expect(readdirSync(shared).filter((name) => name.startsWith("orch.db"))).toEqual([]);
  release();
});

describe("installing a: a home that a server holds, without its address", () => {
  const shared = join(sandbox.home, "held");
  const orch = (...words: string[]) => sandbox.orch(words, { env: { ORCH_HOME: shared } });
  beforeAll(async () => {
    await orch("variable", "set", "a", "1");
    await orch("server", "database", "backup", "held.db");
  });
  test.each(["restore held.db -y", "reset -y", "vacuum"])(
    "'orch server database %s' is refused, with the process that has it",
    async (words) => {
      const release = lockHome(shared, { work: SERVER });
      const { code, stdout, stderr } = await orch("server", "database", ...words.split(" "));
      release();
      expect(stderr).toMatch(/^A server has the home '.*\/held', as process \d+: stop it with [^\n]+\n$/);
      expect(stderr).toContain(`as process ${process.pid}:`);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect((await orch("variable", "inspect", "a", "--json")).stdout).toContain('"value": "1"');
    },
  );
});

test("C8: without HOME, and with an empty one, the home is that of the user database", async () => {
  const expected = (await sandbox.shell("exec env -u HOME orch version")).stdout;
  const user = Bun.spawnSync(["env", "-u", "HOME", process.execPath, "-e", "console.log(require('os').homedir())"]);
  expect(expected).toContain(`${user.stdout.toString().trim()}/.orch`);
  expect((await sandbox.shell("exec orch version", { HOME: "" })).stdout).toBe(expected);
});

test("C8: a HOME that may not be entered is one sentence", async () => {
  const { code, stderr } = await sandbox.shell(`exec ${AS_OTHERS} orch deployment ls`, { HOME: home });
  expect(stderr).toMatch(/^The home cannot be used: '.*\/closed\/\.orch' cannot be made, because [^\n]+\n$/);
  expect(code).toBe(1);
});
