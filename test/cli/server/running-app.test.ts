// The start of a server as the commands run it: nothing reaches it early, and nothing is left of one that fails.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningAppOptions, startApp } from "#cli/server/running-app.ts";
import { readHealth } from "#wire/admin.ts";
import { testSettings } from "../../settings.ts";
import { freePort } from "../../stores/free-port.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "orch-running-app-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const start = (options: Partial<RunningAppOptions> = {}) =>
  startApp({
    settings: testSettings({ ORCH_HOME: home, ORCH_LOCAL_STORAGE_PATH: join(home, "storage") }),
    ...{ host: "127.0.0.1", port: 0, services: true, ui: false, log: () => {} },
    ...options,
  });
const answers = (port: number) =>
  fetch(`http://127.0.0.1:${port}/api/health`).then(
    ({ ok }) => ok,
    () => false,
  );

test("no agent that waits for it reaches it before what is to be done first is done", async () => {
  const port = await freePort();
  const seen: unknown[] = [];
  const server = await start({
    port,
    async beforeServices(client) {
      seen.push(await client.call(readHealth, {}), await answers(port));
    },
  });
  expect(seen).toEqual([true, false]);
  expect(await answers(port)).toBe(true);
  await server.stop();
});

test("one that fails on the way leaves neither port nor home taken", async () => {
  const port = await freePort();
  const fails = { port, beforeServices: () => Promise.reject(new Error("No.")) };
  await expect(start(fails)).rejects.toThrow("No.");
  expect(await answers(port)).toBe(false);
  const server = await start({ port });
  expect(await answers(port)).toBe(true);
  await server.stop();
});
