// kill -9 of builds, collectors, agents and runs: a snapshot is whole or not there, and what was left is cleared away.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { systemClock } from "#lib/clock.ts";
import { digestsOf, nameOf } from "#project/snapshots/digest.ts";
import { packSnapshot } from "#project/snapshots/snapshot.ts";
import { listTree } from "#storage/transfer/list.ts";
import { createFleet, seededRandom } from "./fleet.ts";

const FILES = 400;

const fleet = createFleet();
const { sandbox } = fleet;
const random = seededRandom();
const storageRoot = join(sandbox.home, ".orch/storage");
const snapshots = join(storageRoot, "snapshots");
afterAll(() => sandbox.close());
beforeAll(() => {
  mkdirSync(join(sandbox.folder, "data"));
  for (let n = 0; n < FILES; n += 1) writeFileSync(join(sandbox.folder, `data/f${n}`), `content ${n}`);
  edit("first");
});

const edit = (text: string) =>
  writeFileSync(
    join(sandbox.folder, "work.ts"),
    `import { flow } from "orch";\nexport const work = flow(async function work() { return ${JSON.stringify(text)}; });\n`,
  );
const BUILD = ["deployment", "build", "work.ts:work", "-n", "work"];
const names = () => (existsSync(snapshots) ? readdirSync(snapshots).filter((name) => /^[0-9a-f]{64}$/.test(name)) : []);

/** Each by its name: that is the digest of what it has to hold. */
async function expectAllWhole(): Promise<void> {
  for (const name of names()) {
    const files = await listTree(join(snapshots, name));
    expect(nameOf(files, await digestsOf(join(snapshots, name), files))).toBe(name);
  }
}

test("a build that is killed at any moment leaves a whole snapshot or none, and the next one is right", async () => {
  let killed = 0;
  for (let round = 0; round < 20; round += 1) {
    edit(`round ${round}`);
    const build = sandbox.start(BUILD);
    await Bun.sleep(random() * 250);
    if ((await build.stop("SIGKILL")) !== 0) killed += 1;
    await expectAllWhole();
  }
  expect(killed).toBeGreaterThan(0);
  edit("at last");
  const { code, stdout } = await sandbox.orch(BUILD);
  expect([code, stdout]).toEqual([0, expect.stringContaining(`Successfully uploaded ${FILES + 1} files`)]);
  await expectAllWhole();
}, 60_000);

test("builds at once are all right, and make one snapshot", async () => {
  edit("at once");
  const before = names().length;
  const outputs = [1, 2, 3].map((n) => sandbox.orch([...BUILD, "-o", `${n}-deployment.yaml`]));
  const paths = (await Promise.all(outputs)).map(({ stdout }) => / to (\S*snapshots\S*)/.exec(stdout)?.[1]);
  expect(new Set(paths).size).toBe(1);
  expect(names()).toContain(basename(paths[0] ?? "none"));
  expect(names().length - before).toBe(1);
  await expectAllWhole();
}, 120_000);

test("a server that is killed while it collects leaves whole snapshots, and the next one goes on", async () => {
  for (let n = 0; n < 20; n += 1) {
    edit(`old ${n}`);
    await packSnapshot({ folder: sandbox.folder, storageRoot });
  }
  const longAgo = systemClock.now() / 1000 - 30 * 86_400;
  for (const name of names()) utimesSync(join(snapshots, name), longAgo, longAgo);
  let interrupted = 0;
  while (names().length > 0) {
    const before = names().length;
    const server = await fleet.startServer();
    await until(() => names().length < before, 1);
    await Bun.sleep(random() * 20);
    await server.stop("SIGKILL");
    await expectAllWhole();
    if (names().length > 0) interrupted += 1;
  }
  expect(interrupted).toBeGreaterThan(0);
  const server = await fleet.startServer();
  await until(() => !readdirSync(snapshots).some((name) => /^\.(leaving|rubbish)/.test(name)));
  await server.stop();
}, 120_000);

test("the folder of a run that was killed with its agent is removed when the next agent starts", async () => {
  await fleet.startServer({ ORCH_API_SERVICES_LOST_RUNS_AFTER_SECONDS: "2" });
  const deployment = await fleet.deploy(`
import { flow, sleep } from "orch";
export const work = flow(async function work() { await sleep(600); });`);
  // Of its own: other agents of this machine would clear up as well.
  const temporary = join(sandbox.home, "tmp");
  mkdirSync(temporary);
  const startAgent = async () => {
    const agent = sandbox.start(["agent", "start", "-q", "test"], { ORCH_API_URL: fleet.url, TMPDIR: temporary });
    await agent.until(/Agent started!/);
    return agent;
  };
  const agent = await startAgent();
  await fleet.post(`/deployments/${deployment}/create_flow_run`, { state: { type: "SCHEDULED" } });
  let pid = "";
  await until(async () => {
    const [run] = (await fleet.runs()) as { infrastructure_pid?: string | null; state_type: string }[];
    pid = run?.infrastructure_pid?.split(":").at(-1) ?? "";
    return run?.state_type === "RUNNING" && pid !== "";
  });
  const folders = () => readdirSync(temporary);
  expect(folders().length).toBeGreaterThan(0);
  process.kill(Number(pid), "SIGSTOP"); // so that it cannot clear up when it misses its agent
  await agent.stop("SIGKILL");
  process.kill(Number(pid), "SIGKILL");
  await fleet.allFinal(60);
  expect(folders().length).toBeGreaterThan(0);
  await startAgent();
  await until(() => folders().length === 0);
}, 60_000);

async function until(isSo: () => boolean | Promise<boolean>, pause = 50): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error("waited 20 s in vain");
    await Bun.sleep(pause);
  }
}
