import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, readlinkSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRunFolder, removeLeftRunFolders } from "#lib/run-folder.ts";

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const here = /\d+/.exec(process.platform === "linux" ? readlinkSync("/proc/self/ns/pid") : "0")?.[0];

/** As a process would have left it. */
function leftBy(pid: number, space = here): string {
  const folder = join(realpathSync(tmpdir()), `orch-run-${space}-${pid}-${crypto.randomUUID().slice(0, 6)}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "a.ts"), "");
  made.push(folder);
  return folder;
}

async function endedProcess(): Promise<number> {
  const child = Bun.spawn(["true"]);
  await child.exited;
  return child.pid;
}

test("a folder is new, empty and named by its maker", () => {
  const [a, b] = [makeRunFolder(), makeRunFolder()];
  made.push(a, b);
  expect(a).not.toBe(b);
  expect(a).toStartWith(join(realpathSync(tmpdir()), `orch-run-${here}-${process.pid}-`));
});

test("what a process left that is gone is removed; what is at work, or elsewhere, stays", async () => {
  const gone = await endedProcess();
  const [left, ours, otherSpace] = [leftBy(gone), makeRunFolder(), leftBy(gone, "1")];
  made.push(ours);
  expect(removeLeftRunFolders()).toBeGreaterThanOrEqual(1);
  expect([left, ours, otherSpace].map(existsSync)).toEqual([false, true, true]);
});

test.if(process.platform === "linux")("a program that is still at work in a left folder keeps it", async () => {
  const left = leftBy(await endedProcess());
  const worker = Bun.spawn(["sleep", "60"], { cwd: left });
  removeLeftRunFolders();
  expect(existsSync(left)).toBe(true);
  worker.kill("SIGKILL");
  await worker.exited;
  removeLeftRunFolders();
  expect(existsSync(left)).toBe(false);
});
