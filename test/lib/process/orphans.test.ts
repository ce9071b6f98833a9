import { expect, test } from "bun:test";
import { join } from "node:path";

test("C18: orphans are reaped, and the ends of processes that Bun has started are still known to it", async () => {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "orphans-child.ts")], { stdout: "pipe" });
  const { isLeft, codes } = JSON.parse(await new Response(child.stdout).text());
  expect(isLeft).toBe(true);
  expect(codes).toEqual(Array.from({ length: 20 }, (_, code) => code));
}, 120_000);
