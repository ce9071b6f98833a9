import { afterAll, expect, test } from "bun:test";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRunFolder, removeLeftRunFolders } from "#lib/files/run-folder.ts";

// Of its own: whoever runs orch on this machine clears up the usual one.
const place = realpathSync(mkdtempSync(join(tmpdir(), "orch-run-folders-")));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const here = /\d+/.exec(process.platform === "linux" ? readlinkSync("/proc/self/ns/pid") : "0")?.[0];

/** As a process would have left it. */
function leftBy(pid: number, space = here): string {
  const folder = join(place, `orch-run-${space}-${pid}-${crypto.randomUUID().slice(0, 6)}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "a.ts"), "");
  return folder;
}

async function endedProcess(): Promise<number> {
  const child = Bun.spawn(["true"]);
  await child.exited;
  return child.pid;
}

test("a folder is new, empty and named by its maker", () => {
  const [a, b] = [makeRunFolder(place), makeRunFolder(place)];
  expect(a).not.toBe(b);
  expect(a).toStartWith(join(place, `orch-run-${here}-${process.pid}-`));
});

test("what a process left that is gone is removed; what is at work, or elsewhere, stays", async () => {
  const gone = await endedProcess();
  const [left, ours, otherSpace] = [leftBy(gone), makeRunFolder(place), leftBy(gone, "1")];
  expect(removeLeftRunFolders(place)).toBe(1);
  expect([left, ours, otherSpace].map(existsSync)).toEqual([false, true, true]);
});

test("R17: what another user made under such a name, and a link, stays", async () => {
  const gone = await endedProcess();
  const [others, target] = [leftBy(gone), join(place, "target")];
  const link = join(place, `orch-run-${here}-${gone}-linked`);
  mkdirSync(target);
  symlinkSync(target, link);
  if (process.getuid?.() === 0) chownSync(others, 12_345, 12_345);
  removeLeftRunFolders(place);
  expect([link, target].map(existsSync)).toEqual([true, true]);
  if (process.getuid?.() === 0) expect(existsSync(others)).toBe(true);
});

test.if(process.platform === "linux")("a program that is still at work in a left folder keeps it", async () => {
  const left = leftBy(await endedProcess());
  const worker = Bun.spawn(["sleep", "60"], { cwd: left });
  removeLeftRunFolders(place);
  expect(existsSync(left)).toBe(true);
  worker.kill("SIGKILL");
  await worker.exited;
  removeLeftRunFolders(place);
  expect(existsSync(left)).toBe(false);
});
