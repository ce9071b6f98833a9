// A disk that is full, under the compiled executable: what can be read is read, one sentence names the disk, no file is left
// half written, and it goes on by itself when there is room.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NO_SMALL_DISKS, type SmallDisk, smallDisk } from "../small-disk.ts";
import { createSandbox, type Running, type Sandbox } from "./sandbox.ts";

if (NO_SMALL_DISKS) console.log(`Skipped: tests of full disks. ${NO_SMALL_DISKS}`);

let sandbox: Sandbox;
let disk: SmallDisk;
beforeEach(() => {
  sandbox = createSandbox();
  disk = smallDisk(4096);
});
afterEach(async () => {
  await sandbox.close();
  disk.remove();
});

const count = (text: string, part: string | RegExp) => text.split(part).length - 1;

describe.skipIf(NO_SMALL_DISKS !== undefined)("a server on a full disk", () => {
  let server: Running;
  let url: string;
  const home = () => join(disk.folder, "home");

  async function start(): Promise<void> {
    server = sandbox.start(["server", "start", "--port", "0"], { ORCH_HOME: home() });
    [, url = ""] = await server.until(/running at (http:\S+),/);
  }

  async function create(name: string): Promise<{ status: number; detail?: string }> {
    const answer = await fetch(`${url}/api/flows/`, { method: "POST", body: JSON.stringify({ name }) });
    return { status: answer.status, ...((await answer.json()) as { detail?: string }) }; // a problem has one
  }

  async function names(): Promise<string[]> {
    const answer = await fetch(`${url}/api/flows/filter`, { method: "POST", body: "{}" });
    const flows = (await answer.json()) as { name: string }[]; // the API's own shape
    return flows.map(({ name }) => name).toSorted();
  }

  /** Creates flows until one is refused; gives those that were acknowledged. */
  async function fillUp(): Promise<string[]> {
    const made: string[] = [];
    for (;;) {
      const name = `f${made.length}-${"x".repeat(2000)}`;
      if ((await create(name)).status !== 201) return made;
      made.push(name);
    }
  }

  test("R14: later: reads work, writes answer 503 with a sentence that is said once, and go on when there is room", async () => {
    await start();
    disk.fill(64 * 1024);
    const made = await fillUp();
    const full = `The disk that holds '${home()}/orch.db' (mounted at '${disk.folder}') is full: make room there.`;
    expect(await create(`refused${"x".repeat(2000)}`)).toMatchObject({ status: 503, detail: full });
    expect(await names()).toEqual(made.toSorted());
    expect((await fetch(`${url}/api/ready`)).status).toBe(503);
    disk.empty();
    await server.until(/orch\.db' can be written again\./);
    expect(await create("after")).toMatchObject({ status: 201 });
    expect((await fetch(`${url}/api/ready`)).status).toBe(200);
    expect([count(server.output(), full), count(server.output(), "again")]).toEqual([1, 1]);
    expect(server.output()).not.toContain("unexpected");
    await server.stop("SIGKILL");
    await start();
    expect(await names()).toEqual([...made, "after"].toSorted());
  });

  test("R14: at the start: reads work, and all goes on when there is room", async () => {
    await start();
    await create("before");
    await server.stop();
    disk.fill();
    await start();
    expect(await names()).toEqual(["before"]);
    expect(await create("refused")).toMatchObject({ status: 503, detail: expect.stringContaining("is full") });
    disk.empty();
    await server.until(/orch\.db' can be written again\./);
    expect(await create("after")).toMatchObject({ status: 201 });
    // The note is there, and the database lets others in: a command finds its way.
    const seen = async () => (await sandbox.orch(["flow", "ls", "--json"], { env: { ORCH_HOME: home() } })).stdout;
    expect(await seen()).toContain("after");
  });

  test("R14: at the start of a new home: one sentence, and no server", async () => {
    disk.fill();
    const { code, stderr } = await sandbox.orch(["server", "start", "--port", "0"], { env: { ORCH_HOME: home() } });
    expect([code, count(stderr.trim(), "\n")]).toEqual([1, 0]);
    expect(stderr).toContain(`(mounted at '${disk.folder}') is full: make room there.`);
  });
});

const FLOW = `import { flow } from "orch"; export const hi = flow(async function hi() {});`;
const BUILD = ["deployment", "build", "-n", "hi", "-q", "test", "hi.ts:hi"];

describe.skipIf(NO_SMALL_DISKS !== undefined)("a command on a full disk", () => {
  const COMMANDS: [name: string, args: string[]][] = [
    ["init", ["init", "."]],
    ["config set", ["config", "set", "ORCH_SERVER_API_PORT=5000"]],
    ["profile create", ["profile", "create", "other"]],
    ["deployment build", BUILD],
    ["deployment build -a", [...BUILD, "-a"]],
    ["types", ["types"]],
    ["backup", ["server", "database", "backup", "copy.db"]],
    ["restore", ["server", "database", "restore", "kept.db", "--yes"]],
    ["variable set", ["variable", "set", "a", "b".repeat(4_000)]],
  ];

  for (const [name, args] of COMMANDS) {
    test(`R14: '${name}' says so in one sentence and leaves no file half written`, async () => {
      const env = { ORCH_HOME: join(disk.folder, "home"), TMPDIR: disk.folder };
      const folder = join(disk.folder, "project");
      mkdirSync(folder);
      writeFileSync(join(folder, "hi.ts"), FLOW);
      await sandbox.orch(["config", "set", "ORCH_LOGGING_LEVEL=DEBUG"], { env, folder });
      await sandbox.orch(["server", "database", "backup", "kept.db"], { env, folder });
      await sandbox.orch(["variable", "set", "x", "y"], { env, folder });
      await sandbox.orch(["server", "database", "backup", "kept.db", "--overwrite"], { env, folder });
      const before = contents(disk.folder);
      disk.fill();
      const { code, stderr, stdout } = await sandbox.orch(args, { env, folder });
      disk.empty();
      const said = stderr.trim().split("\n").at(-1) ?? "";
      expect([code !== 0, said]).toEqual([
        true,
        expect.stringMatching(/(?:disk|database).*(?:full|written)|Make room/),
      ]);
      expect(`${stdout}${stderr}`).not.toMatch(/unexpected|\n\s+at /);
      const after = contents(disk.folder);
      for (const [path, text] of before) expect([path, after.get(path)]).toEqual([path, text]);
      for (const path of after.keys()) if (!before.has(path)) expect(path).not.toMatch(/\.partial$|\.[0-9a-f-]{36}$/);
    });
  }
});

test.skipIf(NO_SMALL_DISKS !== undefined)(
  "R14: a flow that is run by hand waits for room, and says so once",
  async () => {
    const env = { ORCH_HOME: join(disk.folder, "home") };
    writeFileSync(join(sandbox.folder, "hi.ts"), FLOW);
    await sandbox.orch(["variable", "set", "x", "y"], { env });
    disk.fill();
    const run = sandbox.start(["flow", "run", "hi.ts:hi"], env);
    await run.until(/^The disk that holds .* is full: make room there\. The run waits for it\.$/m);
    disk.empty();
    expect(await run.exited).toBe(0);
    expect(count(run.output(), "waits for it")).toBe(1);
  },
  120_000,
);

/** Of every file that is there, by its path; databases by their presence. */
function contents(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)));
  const files = paths.filter((path) => statSync(path).isFile() && !/orch\.db(-wal|-shm)?$/.test(path));
  return new Map(files.map((path) => [path, readFileSync(path, "latin1")]));
}
