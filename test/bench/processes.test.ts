import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand, startService, treeOf } from "./processes.ts";

const options = { env: { PATH: process.env["PATH"] ?? "" }, cwd: tmpdir() };

test("a command's output and times come back", async () => {
  const { stdout, wall, cpu, memory } = await runCommand(["sh", "-c", "echo hi"], options);
  expect(stdout).toBe("hi\n");
  expect(wall).toBeGreaterThan(0);
  expect(cpu).toBeLessThan(1000);
  expect(memory).toBeGreaterThan(0.5);
});

test("a command that fails says so with its own words", async () => {
  expect(runCommand(["sh", "-c", "echo no >&2; exit 3"], options)).rejects.toThrow("exited 3: no");
});

test("a service counts its children, and stops with them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "orch-bench-test-"));
  const service = startService(["sh", "-c", "sleep 60 & wait"], { ...options, log: join(folder, "log") });
  for (let look = 0; look < 100 && treeOf(service.pid).length < 2; look += 1) await Bun.sleep(10);
  const tree = treeOf(service.pid).map(({ pid }) => pid);
  expect(tree).toHaveLength(2);
  expect(service.memory()).toBeGreaterThan(0.5);
  // Pages that other processes share count in part; on a quiet machine there may be none.
  expect(service.footprint()).toBeLessThanOrEqual(service.memory());
  // What two processes share is divided among them.
  expect(service.proportional()).toBeGreaterThan(0);
  expect(service.proportional()).toBeLessThan(service.memory());
  expect(service.cpu()).toBeGreaterThanOrEqual(0);
  await service.stop();
  for (const pid of tree) expect(treeOf(pid)).toEqual([]);
  rmSync(folder, { recursive: true });
});
