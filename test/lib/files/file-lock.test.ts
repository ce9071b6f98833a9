// Two processes that change one file: the second waits for the first, and for none that is dead.
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withFileLock } from "#lib/files/file-lock.ts";

const folder = mkdtempSync(join(tmpdir(), "orch-file-lock-"));
const children: Bun.Subprocess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});
const path = join(folder, "notes.toml");

/** A process that has the lock, and keeps it. */
async function holder() {
  const script = `import { withFileLock } from "#lib/files/file-lock.ts"; withFileLock(process.argv[1], () => { console.log("locked"); Bun.sleepSync(600_000); });`;
  const child = Bun.spawn([process.execPath, "-e", script, path], { stdout: "pipe" });
  children.push(child);
  expect(new TextDecoder().decode((await child.stdout.getReader().read()).value)).toBe("locked\n");
  return child;
}

test("one that is slow is never joined, and killed with -9 it holds up nothing", async () => {
  const slow = await holder();
  let isDone = false;
  const work = () => {
    isDone = true;
  };
  expect(() => withFileLock(path, work, 2_500)).toThrow(
    `Another orch is changing '${path}': try again when it has ended.`,
  );
  expect(isDone).toBe(false);
  slow.kill("SIGKILL");
  await slow.exited;
  withFileLock(path, work, 0);
  expect(isDone).toBe(true);
  expect(statSync(`${path}.lock`)).toMatchObject({ size: 0 });
}, 20_000);

test("work that fails lets go", () => {
  const fail = () => {
    throw new Error("no");
  };
  expect(() => withFileLock(path, fail)).toThrow("no");
  expect(withFileLock(path, () => 1, 0)).toBe(1);
});

test("where no lock can be made the work is done: it finds what is wrong", () => {
  writeFileSync(join(folder, "file"), "");
  expect(withFileLock(join(folder, "file", "in-it"), () => 1, 0)).toBe(1);
});
