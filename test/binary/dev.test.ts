// `orch dev` on the starter project: what `npm start` runs.
import { afterAll, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Running } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const start = (): Running => sandbox.start(["dev", "--port", "0"]);

test("prints the address and what it deployed, and stops at Ctrl-C", async () => {
  expect((await sandbox.orch(["init", "."])).code).toBe(0);
  const dev = start();
  await dev.until(/orch is running at http:\/\/127\.0\.0\.1:\d+/);
  await dev.until(/Deployed 'say-hi\/marvin', every 10 s\./);
  expect(await dev.stop("SIGINT")).toBe(0);
  expect(dev.output()).toContain("Stopped.");
  expect(existsSync(join(sandbox.home, ".orch/server.json"))).toBe(false);
});

test("shows each run as it starts and finishes, with its logs", async () => {
  const file = join(sandbox.folder, "marvin-deployment.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("interval: 10.0", "interval: 1.0"));
  const dev = start();
  await dev.until(/Deployed 'say-hi\/marvin', every 1 s\./);
  const [, name = ""] = await dev.until(/Submitting flow run '([a-z-]+)'/);
  await dev.until(/hi Marvin/);
  await dev.until(new RegExp(`Flow run '${name}' finished in state Completed`));
  expect(await dev.stop("SIGINT")).toBe(0);
});
