import { expect, test } from "bun:test";
import { isAlive } from "#lib/process/process-alive.ts";
import { nextTurn } from "#lib/yield.ts";

test("a process is alive until it has ended, whoever owns it", async () => {
  const child = Bun.spawn(["sleep", "60"]);
  expect([isAlive(child.pid), isAlive(process.pid), isAlive(1)]).toEqual([true, true, true]);
  child.kill("SIGKILL");
  await child.exited;
  expect(isAlive(child.pid)).toBe(false);
});

function programOf(pid: number): string {
  return Bun.spawnSync(["ps", "-o", "comm=", "-p", String(pid)])
    .stdout.toString()
    .trim();
}

test("a process that has ended and is not reaped is not alive", async () => {
  // The program that takes the shell's place knows nothing of its child.
  const parent = Bun.spawn(["sh", "-c", "sleep 60 & echo $!; exec sleep 60"], { stdout: "pipe" });
  const { value } = await parent.stdout.getReader().read();
  const child = Number(new TextDecoder().decode(value));
  expect(isAlive(child)).toBe(true);
  // Until then the shell is there, and may reap the child.
  while (!programOf(parent.pid).startsWith("sleep")) await nextTurn();
  process.kill(child, "SIGKILL");
  while (isAlive(child)) await nextTurn();
  expect(() => process.kill(child, 0)).not.toThrow();
  parent.kill("SIGKILL");
  await parent.exited;
}, 120_000);
