import { expect, test } from "bun:test";

test("the latest watcher is called first, and then the one before", async () => {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/idle-child.ts`], { stdout: "pipe" });
  expect(await new Response(child.stdout).text()).toBe("inner\nafter inner\nouter\nafter outer\n");
  expect(await child.exited).toBe(0);
});
