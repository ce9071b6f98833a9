// A folder of this machine as storage: both homes see it, as they would see a disk that they share.
import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployAndRun } from "./deployed.ts";

test("a flow is deployed by a folder and run by an agent with an empty home", async () => {
  const basepath = mkdtempSync(join(tmpdir(), "orch-shared-"));
  try {
    await deployAndRun("local-file-system", { basepath }, "flows/hello");
    expect(existsSync(join(basepath, "flows/hello/hello.ts"))).toBe(true);
  } finally {
    rmSync(basepath, { recursive: true });
  }
});
