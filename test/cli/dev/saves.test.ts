// Saves become passes: on a real folder, in time that is moved by hand.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Follower } from "#cli/dev/follow.ts";
import { createSaves } from "#cli/dev/saves.ts";
import type { Service } from "#lib/loop.ts";
import { type ManualClock, manualClock } from "../../clock.ts";

let folder: string;
let clock: ManualClock;
let saves: Service;
let passes: string[][];
let skipped: Set<string>;
let failing: Error | undefined;
const logged: string[] = [];

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "orch-saves-")));
  [clock, passes, skipped, failing] = [manualClock(), [], new Set(["out"]), undefined];
  for (const name of ["out", "src"]) mkdirSync(join(folder, name));
  const follower: Follower = {
    async pass(changed) {
      passes.push(changed ? [...changed].map((path) => relative(folder, path)).toSorted() : ["everything"]);
      if (failing) throw failing;
    },
    files: () => [],
  };
  const skips = () => (path: string) => skipped.has(relative(folder, path));
  const log = (line: string) => logged.push(line);
  saves = createSaves({ folder, clock, follower, skips, log });
  saves.start();
});
afterEach(async () => {
  await saves.stop();
  rmSync(folder, { recursive: true, force: true });
});

const write = (...names: string[]) => {
  for (const name of names) writeFileSync(join(folder, name), String(Math.random()));
};

/** Moves time on as it passes, until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  for (let look = 0; !isSo(); look += 1) {
    if (look > 3_000) throw new Error(`waited in vain; the passes were ${JSON.stringify(passes)}`);
    await Bun.sleep(1);
    clock.advance(0.001);
  }
}
const saw = (name: string) => passes.flat().includes(name);

test("the first pass is of everything; after that nothing happens by itself", async () => {
  await until(() => passes.length === 1);
  for (let n = 0; n < 100; n += 1) clock.advance(60);
  await new Promise((resolve) => setImmediate(resolve));
  expect(passes).toEqual([["everything"]]);
});

test("many saves in one go are one pass", async () => {
  await until(() => passes.length === 1);
  const names = Array.from({ length: 50 }, (_, n) => `src/f${n}.ts`);
  write(...names);
  await until(() => saw("src/f49.ts"));
  expect(passes.slice(1)).toEqual([names.toSorted()]);
});

test("a pass that fails is said, and the next save has one again", async () => {
  await until(() => passes.length === 1);
  failing = new Error("the server is away");
  write("a.ts");
  await until(() => logged.length === 1);
  expect(logged.splice(0)).toEqual(["the server is away"]);
  failing = undefined;
  write("b.ts");
  await until(() => saw("b.ts"));
});

test("what is left out is not seen; a new ignore file counts at once", async () => {
  await until(() => passes.length === 1);
  write("out/x.ts", "a.ts");
  await until(() => saw("a.ts"));
  expect(saw("out/x.ts")).toBe(false);
  skipped = new Set(["src"]);
  write(".prefectignore");
  await until(() => saw(".prefectignore"));
  write("src/y.ts", "out/z.ts");
  await until(() => saw("out/z.ts"));
  expect(saw("src/y.ts")).toBe(false);
});

test("stopping ends it, and may come twice", async () => {
  await until(() => passes.length === 1);
  await saves.stop();
  write("a.ts");
  clock.advance(10);
  await saves.stop();
  expect(passes).toEqual([["everything"]]);
});
