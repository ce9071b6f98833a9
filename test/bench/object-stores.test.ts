// What a bench of object stores is made of: folders of a size, and transfers that say how long they took.
import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { manySmall, oneLarge, transferOf, transfers } from "./cases/object-stores.ts";
import { createBed, orchProduct } from "./product.ts";

test("folders have as many files and bytes as they say", () => {
  const root = mkdtempSync(join(tmpdir(), "orch-bench-test-"));
  try {
    manySmall(250, 1).write(root);
    expect(readdirSync(root).toSorted()).toEqual(["d0", "d1", "d2"]);
    expect(readdirSync(join(root, "d2"))).toHaveLength(50);
    oneLarge(2, 1).write(root);
    expect(statSync(join(root, "large")).size).toBe(2_000_000);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("a transfer says how long it took, after whatever else is printed", () => {
  const stdout = 'a warning\n{"wall": 12.5, "cpu": 3}\n';
  expect(transferOf({ stdout, memory: 50 })).toEqual({ wall: 12.5, cpu: 3, memory: 50 });
});

test("orch's program makes a transfer", async () => {
  const product = orchProduct([resolve("dist/orch")]);
  const bed = await createBed(product);
  try {
    await bed.startServer();
    const transfer = await transfers(bed, product);
    const { wall, cpu, memory } = await transfer("put", "memory://bench/a", {}, bed.folder);
    expect(wall).toBeGreaterThan(0);
    expect(cpu).toBeGreaterThan(0);
    expect(memory).toBeGreaterThan(1);
    const missing = transfer("get", "memory://bench/a", {}, join(bed.folder, "to"));
    await expect(missing).rejects.toThrow("There is no folder 'memory://bench/a'");
  } finally {
    await bed.close();
  }
});
