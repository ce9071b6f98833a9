// The server of a home is started in the background, found, refused a second time and stopped, by the executable.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Sandbox } from "../binary/sandbox.ts";

let sandbox: Sandbox;
const orch = (...args: string[]) => sandbox.orch(args);
const note = () => join(sandbox.home, ".orch", "server.json");

beforeAll(() => {
  sandbox = createSandbox();
});
afterAll(async () => {
  await orch("server", "stop");
  await sandbox.close();
});

test("C17: with no server, status is 1 and stop has nothing to do", async () => {
  const { code, stdout } = await orch("server", "status", "--json");
  expect([code, JSON.parse(stdout)]).toEqual([1, expect.objectContaining({ running: false, url: null, pid: null })]);
  expect(await orch("server", "stop")).toMatchObject({ code: 0, stdout: expect.stringContaining("is running") });
});

describe("C17: started in the background", () => {
  let url: string;
  beforeAll(async () => {
    const { code, stdout } = await orch("server", "start", "--background", "--port", "0");
    expect(code).toBe(0);
    [, url = ""] = /running at (\S+) as process/.exec(stdout) ?? [];
  });

  test("it answers, and status says where", async () => {
    expect((await fetch(`${url}/api/health`)).status).toBe(200);
    const { code, stdout } = await orch("server", "status", "--json");
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ running: true, url })]);
  });

  for (const args of [
    ["server", "start", "--port", "0"],
    ["server", "start", "--background", "--port", "0"],
    ["dev", "--port", "0"],
  ]) {
    test(`C6: 'orch ${args.join(" ")}' on the same home is refused with its address, and leaves its note`, async () => {
      await orch("init", ".");
      const { code, stderr } = await orch(...args);
      expect([code, stderr]).toEqual([1, expect.stringContaining(`is running at ${url} already`)]);
      expect(JSON.parse(readFileSync(note(), "utf8")).url).toBe(url);
    });
  }

  test("C6: another home that wants its port is told which process has it", async () => {
    const { pid } = JSON.parse(readFileSync(note(), "utf8"));
    const env = { ORCH_HOME: join(sandbox.folder, "other") };
    const port = new URL(url).port;
    for (const background of [[], ["--background"]]) {
      const { code, stderr } = await sandbox.orch(["server", "start", "--port", port, ...background], { env });
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(`Port ${port} on 127.0.0.1 is taken by process ${pid} (`),
      ]);
    }
  });

  test("stop ends it, and its note is gone", async () => {
    expect((await orch("server", "stop")).stdout).toContain(`Stopped the server at ${url}.`);
    expect(existsSync(note())).toBe(false);
    expect((await orch("server", "status")).code).toBe(1);
  });
});

test("C17: a background server that cannot start says why", async () => {
  const { code, stderr } = await orch(
    "server",
    "start",
    "--background",
    "--host",
    "192.0.2.1",
    "--port",
    "0",
    "--no-auth",
  );
  expect([code, stderr]).toEqual([1, expect.stringContaining("192.0.2.1:0 cannot be bound")]);
});

describe("C17: service", () => {
  test("install writes a unit of the user, uninstall removes it", async () => {
    const { stdout } = await orch("service", "install", "--no-start", "--agent", "a b");
    const [, path = ""] = /^Wrote (.+)$/m.exec(stdout) ?? [];
    const text = readFileSync(path, "utf8");
    expect(text).toContain(`Environment="ORCH_HOME=${join(sandbox.home, ".orch")}"`);
    expect(text).toMatch(/^ExecStart="[^"]+" "server" "start" "--agent" "a b"$/m);
    expect(JSON.parse((await orch("service", "status", "--json")).stdout)).toMatchObject({
      installed: true,
      unit: path,
    });
    expect((await orch("service", "uninstall")).code).toBe(0);
    expect(existsSync(path)).toBe(false);
    expect((await orch("service", "status")).code).toBe(1);
  });
});

describe("C11: output that is lost is exit code 1", () => {
  for (const words of ["version", "--version", "--help", "deployment ls", "deployment ls --json", "config view"]) {
    test(`orch ${words}`, async () => {
      expect((await sandbox.shell(`orch ${words} > /dev/full`)).code).toBe(1);
    });
  }
  test("a reader that has read enough lost nothing", async () => {
    expect((await sandbox.shell("orch --help | true")).code).toBe(0);
  });
});

describe("C3: nothing is destroyed by a script that does not say --yes", () => {
  for (const words of ["profile delete spare", "variable delete v", "server database reset"]) {
    test(`orch ${words}`, async () => {
      await sandbox.shell("orch profile create spare; orch variable set v 1");
      const { code, stderr } = await sandbox.shell(`orch ${words} </dev/null`);
      expect([code, stderr]).toEqual([1, expect.stringContaining("add --yes to do it")]);
      expect((await sandbox.shell(`orch ${words} --yes </dev/null`)).code).toBe(0);
    });
  }
});
