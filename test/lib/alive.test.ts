import { expect, test } from "bun:test";
import { isAlive } from "#lib/alive.ts";

test("a process is alive until it has ended, whoever owns it", async () => {
  const child = Bun.spawn(["sleep", "60"]);
  expect([isAlive(child.pid), isAlive(process.pid), isAlive(1)]).toEqual([true, true, true]);
  child.kill("SIGKILL");
  await child.exited;
  expect(isAlive(child.pid)).toBe(false);
});
