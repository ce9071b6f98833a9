// Snapshots are removed when nobody needs them, and never before; whatever else goes on meanwhile.
import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Client } from "#client/client.ts";
import { systemClock } from "#lib/clock.ts";
import { collectSnapshots, forgetElsewhere } from "#project/snapshots/collect.ts";
import { packSnapshot } from "#project/snapshots/snapshot.ts";
import { noteSnapshotUse, touchSnapshot, usesElsewhere } from "#project/snapshots/snapshot-use.ts";

const HOUR = 3_600;
const LONG_AGO = systemClock.now() / 1000 - 30 * 86_400;
const URL_ELSEWHERE = "http://elsewhere:4200/api";

let root: string;
let storageRoot: string;
let snapshots: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "orch-collect-")));
  storageRoot = join(root, "home/storage");
  snapshots = join(storageRoot, "snapshots");
  mkdirSync(join(root, "project"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Packs a project that holds this text; gives the snapshot's path. */
async function packed(text: string, age: "old" | "young" = "old"): Promise<string> {
  writeFileSync(join(root, "project/a.ts"), text);
  const { path } = await packSnapshot({ folder: join(root, "project"), storageRoot });
  if (age === "old") utimesSync(path, LONG_AGO, LONG_AGO);
  return path;
}

/** An API whose deployments have these paths, page by page. */
function api(paths: (string | null)[], description = "this process"): Client & { asked: number } {
  const client = {
    asked: 0,
    description,
    async call(_: unknown, { body }: { body: { limit: number; offset: number } }) {
      client.asked += 1;
      return paths.slice(body.offset, body.offset + body.limit).map((path) => ({ path }));
    },
  };
  return client as unknown as Client & { asked: number }; // the one call that is made
}

const collect = (client: Client, during: () => void = () => {}) =>
  collectSnapshots({
    storageRoot,
    clock: systemClock,
    keepSeconds: HOUR,
    renewSeconds: HOUR / 2,
    openHome: async (use) => {
      const result = await use(client);
      during();
      return result;
    },
  });
const hidden = () => readdirSync(snapshots).filter((name) => name.startsWith(".") && name !== ".elsewhere");

test("a snapshot that no deployment names is removed, the others stay", async () => {
  const [needed, below, left] = [await packed("1"), await packed("2"), await packed("3")];
  expect(await collect(api([null, needed, `${below}/flows`, "/somewhere/else"]))).toBe(1);
  expect([needed, below, left].map(existsSync)).toEqual([true, true, false]);
  expect(hidden()).toEqual([]);
});

test("a home that is reached by another path is the same home", async () => {
  const needed = await packed("1");
  expect(await collect(api([`/mnt/link/snapshots/${basename(needed)}`]))).toBe(0);
  expect(existsSync(needed)).toBe(true);
});

test("deployments are asked for page by page, and only when something is old enough", async () => {
  const young = await packed("1", "young");
  const quiet = api([]);
  expect([await collect(quiet), quiet.asked, existsSync(young)]).toEqual([0, 0, true]);
  const last = await packed("2");
  const many = api([...Array<null>(400).fill(null), last]);
  expect([await collect(many), many.asked, existsSync(last)]).toEqual([0, 3, true]);
});

test("one that is needed is young again, and kept for its time after it is needed no more", async () => {
  const path = await packed("1");
  const later = (seconds: number) => ({ ...systemClock, now: () => systemClock.now() + seconds * 1000 });
  const pass = (paths: string[], seconds: number) =>
    collectSnapshots({
      ...{ storageRoot, clock: later(seconds), keepSeconds: HOUR, renewSeconds: HOUR / 2 },
      openHome: (use) => use(api(paths)),
    });
  expect(await pass([path], 0)).toBe(0);
  expect(await pass([], HOUR - 60)).toBe(0);
  expect(existsSync(path)).toBe(true);
  expect(await pass([], HOUR + 60)).toBe(1);
});

test("an API that does not answer removes nothing", async () => {
  const path = await packed("1");
  const broken = { call: () => Promise.reject(new Error("away")) } as unknown as Client; // nothing else is called
  await expect(collect(broken)).rejects.toThrow("away");
  expect(existsSync(path)).toBe(true);
});

test("where nothing was ever packed there is nothing to do", async () => {
  expect(await collect(api([]))).toBe(0);
  expect(existsSync(storageRoot)).toBe(false);
});

test("one that is built again, or copied by a run, while it is looked at stays whole", async () => {
  const path = await packed("1");
  expect(await collect(api([]), () => expect(touchSnapshot(path)).toBe(true))).toBe(0);
  utimesSync(path, LONG_AGO, LONG_AGO);
  const again = await packed("1", "young");
  expect(again).toBe(path);
  expect(await collect(api([]))).toBe(0);
  expect(readdirSync(path)).toEqual(["a.ts"]);
});

test("collectors and builders at once are all right: every build finds its snapshot whole", async () => {
  for (let round = 0; round < 20; round += 1) {
    const path = await packed("same");
    const [, , built] = await Promise.all([collect(api([])), collect(api([])), packed("same", "young")]);
    expect(built).toBe(path);
    expect(readdirSync(built)).toEqual(["a.ts"]);
    expect(await collect(api([]))).toBe(0);
  }
  expect(hidden()).toEqual([]);
});

test("what a collector left that was killed is put right: whole ones come back, rubbish goes", async () => {
  const path = await packed("1", "young");
  const name = basename(path);
  mkdirSync(join(snapshots, `.leaving-${name}.1`));
  const lost = "a".repeat(64);
  mkdirSync(join(snapshots, `.leaving-${lost}.1`));
  mkdirSync(join(snapshots, ".rubbish-1/half"), { recursive: true });
  expect(await collect(api([]))).toBe(0);
  expect(
    readdirSync(snapshots)
      .filter((entry) => !entry.startsWith(".rubbish"))
      .toSorted(),
  ).toEqual([lost, name].toSorted());
  expect(readdirSync(path)).toEqual(["a.ts"]);
  await collect(api([]));
  expect(hidden()).toEqual([]);
});

test("a draft is somebody's work for a day, and then nobody's", async () => {
  await packed("1", "young");
  const [fresh, old] = [join(snapshots, ".draft-fresh"), join(snapshots, ".draft-old")];
  for (const draft of [fresh, old]) mkdirSync(draft);
  utimesSync(old, LONG_AGO, LONG_AGO);
  await collect(api([]));
  expect([fresh, old].map(existsSync)).toEqual([true, false]);
});

test("one that a server elsewhere was told of stays until that server's deployments name it no more", async () => {
  const path = await packed("1");
  noteSnapshotUse(path, URL_ELSEWHERE);
  utimesSync(path, LONG_AGO, LONG_AGO);
  expect(await collect(api([]))).toBe(0);
  await forgetElsewhere(storageRoot, api([], "http://another:4200/api"));
  await forgetElsewhere(storageRoot, api([path], URL_ELSEWHERE));
  expect(await collect(api([]))).toBe(0);
  await forgetElsewhere(storageRoot, api([], URL_ELSEWHERE));
  expect(await collect(api([path]))).toBe(0);
  utimesSync(path, LONG_AGO, LONG_AGO);
  expect(await collect(api([]))).toBe(1);
});

const USES: [what: string, api: string, note: object | null, noted: boolean][] = [
  ["this process", "this process", null, false],
  ["the server of the home", "http://127.0.0.1:4300/api", { url: "http://127.0.0.1:4300", pid: 1 }, false],
  ["a server, where the home has none", "http://127.0.0.1:4300/api", null, true],
  ["another server", "http://127.0.0.1:4200/api", { url: "http://127.0.0.1:4300", pid: 1 }, true],
];
for (const [what, where, note, noted] of USES) {
  test(`registering with ${what} is ${noted ? "noted" : "not noted"}, and keeps the snapshot a while`, async () => {
    const path = await packed("1");
    if (note) writeFileSync(join(root, "home/server.json"), JSON.stringify(note));
    noteSnapshotUse(path, where);
    const uses = usesElsewhere(snapshots).map(({ snapshot, api }) => [snapshot, api]);
    expect(uses).toEqual(noted ? [[basename(path), where]] : []);
    noteSnapshotUse(path, where);
    expect(usesElsewhere(snapshots)).toHaveLength(uses.length);
    for (const use of usesElsewhere(snapshots)) use.forget();
    expect(await collect(api([]))).toBe(0);
  });
}

test("paths that are no snapshots, or not there, are no business of ours", () => {
  for (const path of [null, root, join(snapshots, "b".repeat(64)), "flows"]) noteSnapshotUse(path, URL_ELSEWHERE);
  expect(existsSync(storageRoot)).toBe(false);
});
