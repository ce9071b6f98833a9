// Where commands find the API, and what they tell it: on servers of these tests that write down who asked.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostForFiles, openApi } from "#cli/api.ts";
import { findServer, listeningServer } from "#cli/server/running-server.ts";
import { noteServer } from "#cli/server/server-noting.ts";
import { readHealth } from "#wire/admin.ts";
import { testSettings } from "../settings.ts";

let home: string;
let asked: (string | null)[];
let server: Bun.Server<undefined>;
let url: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "orch-api-"));
  asked = [];
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      asked.push(request.headers.get("authorization"));
      return Response.json(true);
    },
  });
  url = `http://127.0.0.1:${server.port}`;
});
afterEach(async () => {
  await server.stop(true);
  rmSync(home, { recursive: true, force: true });
});

const settings = (more: object = {}) => testSettings({ ORCH_HOME: home, ...more });

describe("a key", () => {
  const own = { ORCH_SERVER_API_KEY: "of-the-server" };
  const KEYS: [what: string, noted: boolean, given: object, sent: string | null][] = [
    ["of the server goes to the server of the home", true, own, "Bearer of-the-server"],
    ["of the server goes before the one for elsewhere", true, { ...own, ORCH_API_KEY: "x" }, "Bearer of-the-server"],
    ["that was set for the API goes to the server of the home", true, { ORCH_API_KEY: "x" }, "Bearer x"],
    ["of the server is not sent to another address", false, own, null],
    ["that was set for the API is sent to its address", false, { ...own, ORCH_API_KEY: "x" }, "Bearer x"],
  ];
  for (const [what, noted, given, sent] of KEYS) {
    test(what, async () => {
      if (noted) noteServer(home, url);
      const api = await openApi(settings({ ...given, ORCH_API_URL: noted ? null : `${url}/api` }));
      await api.client.call(readHealth, {});
      expect(asked).toEqual([sent]);
      expect(api.apiKey).toBe(sent?.replace("Bearer ", "") ?? null);
    });
  }

  test("of the server also goes to its own address when that is named", async () => {
    noteServer(home, url);
    const api = await openApi(settings({ ...own, ORCH_API_URL: `${url}/api/` }));
    await api.client.call(readHealth, {});
    expect(asked).toEqual(["Bearer of-the-server"]);
  });
});

describe("the note of a server that was killed", () => {
  test("counts for nothing though its process id lives on in another process", async () => {
    noteServer(home, url);
    expect(await listeningServer(home)).toBe(url);
    await server.stop(true);
    expect(findServer(home)).toBe(url);
    expect(await listeningServer(home)).toBeUndefined();
  });

  test("sends commands to the database of the home", async () => {
    noteServer(home, url);
    await server.stop(true);
    const api = await openApi(settings());
    expect([api.url, api.client.description]).toEqual([null, "this process"]);
    expect(await api.client.call(readHealth, {})).toBe(true);
    await api.close();
  });

  test("with an address that is none counts for nothing", async () => {
    writeFileSync(join(home, "server.json"), JSON.stringify({ url: "nowhere", pid: process.pid }));
    expect(await listeningServer(home)).toBeUndefined();
  });
});

describe("for user files", () => {
  test("the API is opened when one of them asks, once, and closed when it was", async () => {
    const { host, close } = hostForFiles(settings());
    await close();
    expect(existsSync(join(home, "orch.db"))).toBe(false);
    const [one, two] = await Promise.all([host.api(), host.api()]);
    expect(one.client).toBe(two.client);
    expect(await one.client.call(readHealth, {})).toBe(true);
    await close();
  });
});
