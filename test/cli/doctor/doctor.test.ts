// `orch doctor` on homes that are well, and on homes that are not, each in one way.
import { Database as Sqlite } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "#db/connect.ts";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
beforeEach(() => {
  terminal = testTerminal();
});
afterEach(() => terminal.close());

interface Finding {
  check: string;
  ok: boolean;
  says: string;
  mend?: string;
}

async function doctor(env: Record<string, string> = {}): Promise<{ code: number; wrong: Finding[]; all: Finding[] }> {
  const patient = testTerminal({ ORCH_HOME: terminal.home, ...env });
  const { code, out } = await patient.orch("doctor", "--json");
  patient.close();
  const { findings }: { findings: Finding[] } = JSON.parse(out);
  return { code, wrong: findings.filter(({ ok }) => !ok), all: findings };
}

const inHome = (name: string) => join(terminal.home, name);

async function makeHome(): Promise<void> {
  await openDatabase(inHome("orch.db")).close();
}

test("a machine without a home is well, and stays without one", async () => {
  const { code, out } = await terminal.orch("doctor");
  expect(out).toContain("All is well.");
  expect(out).toMatch(/✔ database +None yet/);
  expect(code).toBe(0);
  expect((await doctor()).all.map(({ check }) => check)).toEqual([
    ...["home", "database", "server", "profile", "environment", "encryption key", "disk", "time zones"],
  ]);
});

test("a home in use is well", async () => {
  await makeHome();
  const { code, wrong, all } = await doctor();
  expect([code, wrong]).toEqual([0, []]);
  expect(all[1]?.says).toMatch(/^Whole, \d+\.\d KB and [\d.]+ K?B of log\.$/);
});

test("R21: a foreign trigger in the database is named", async () => {
  await makeHome();
  const sqlite = new Sqlite(inHome("orch.db"));
  sqlite.run("create trigger evil after insert on flow begin delete from variable; end");
  sqlite.close();
  const { wrong, code } = await doctor();
  expect([code, wrong.map(({ check }) => check)]).toEqual([1, ["database"]]);
  expect(wrong[0]?.says).toContain("trigger 'evil' is not orch's");
});

test("what is wrong is a line, and how to mend it the next", async () => {
  await makeHome();
  chmodSync(terminal.home, 0o777);
  const { code, out } = await terminal.orch("doctor");
  expect(out).toMatch(/✖ home +'.*' can be written by other users of this machine\.\n +→ chmod 700 '/);
  expect(out).toEndWith("1 thing is wrong.");
  expect(code).toBe(1);
});

describe("it finds", () => {
  const ILLS: [what: string, harm: () => void, check: string, says: string, mend: string][] = [
    [
      "a home that is a file",
      () => {
        rmSync(terminal.home, { recursive: true });
        writeFileSync(terminal.home, "");
      },
      "home",
      "is a file",
      "ORCH_HOME",
    ],
    [
      "a file that is no database",
      () => writeFileSync(inHome("orch.db"), "x".repeat(5_000)),
      "database",
      "file is not a database",
      "backup",
    ],
    [
      "a key that others can read",
      () => writeFileSync(inHome("encryption.key"), Buffer.alloc(32).toString("base64"), { mode: 0o644 }),
      "encryption key",
      "can be read by other users",
      "chmod 600",
    ],
    [
      "a key that was cut off",
      () => writeFileSync(inHome("encryption.key"), "abcd", { mode: 0o600 }),
      "encryption key",
      "holds 3 bytes, not 32",
      "backup",
    ],
    [
      "a note of a server that is gone",
      () => writeFileSync(inHome("server.json"), '{"url": "http://127.0.0.1:1", "pid": 999999999}'),
      "note",
      "names a server that is gone",
      "rm '",
    ],
    [
      "an unknown setting",
      () => writeFileSync(inHome("profiles.toml"), '[profiles.default]\nORCH_API_UR = "x"\n'),
      "profile",
      "Did you mean 'ORCH_API_URL'?",
      "config unset",
    ],
    [
      "a value that cannot be read",
      () => writeFileSync(inHome("profiles.toml"), '[profiles.default]\nORCH_SERVER_API_PORT = "many"\n'),
      "profile",
      "must be a number, not 'many'",
      "config set",
    ],
    [
      "a profile that is gone",
      () => writeFileSync(inHome("profiles.toml"), 'active = "gone"\n'),
      "profile",
      "'gone' is not there",
      "orch profile use default",
    ],
    [
      "a file of profiles that is no TOML",
      () => writeFileSync(inHome("profiles.toml"), "[["),
      "profile",
      "is not valid TOML",
      "Fix the file",
    ],
  ];
  for (const [what, harm, check, says, mend] of ILLS) {
    test(what, async () => {
      await makeHome();
      harm();
      const { code, wrong } = await doctor();
      expect(code).toBe(1);
      expect(wrong).toContainEqual({
        check,
        ok: false,
        says: expect.stringContaining(says),
        mend: expect.stringContaining(mend),
      });
    });
  }

  const SETTINGS: [what: string, env: Record<string, string>, check: string, says: string][] = [
    ["a misspelt variable", { ORCH_API_KY: "x" }, "environment", "Did you mean 'ORCH_API_KEY'?"],
    [
      "a variable that cannot be read",
      { ORCH_HEARTBEAT_SECONDS: "soon" },
      "environment",
      "must be a number, not 'soon'",
    ],
    ["an old variable that cannot be read", { PREFECT_API_URL: "nonsense" }, "environment", "must be a web address"],
    ["a profile that is asked for and not there", { ORCH_PROFILE: "defult" }, "profile", "Did you mean 'default'?"],
    ["a server that does not answer", { ORCH_API_URL: "http://127.0.0.1:1/api" }, "server", "does not answer"],
    ["a zone that is none", { TZ: "Mars/Olympus" }, "time zones", "TZ is 'Mars/Olympus', which is no time zone."],
  ];
  for (const [what, env, check, says] of SETTINGS) {
    test(what, async () => {
      const { code, wrong } = await doctor(env);
      expect(code).toBe(1);
      expect(wrong).toEqual([
        { check, ok: false, says: expect.stringContaining(says), mend: expect.stringMatching(/\w/) },
      ]);
    });
  }

  test("a newer database", async () => {
    await makeHome();
    const { Database } = await import("bun:sqlite");
    const sqlite = new Database(inHome("orch.db"));
    sqlite.run("pragma user_version = 999");
    sqlite.close();
    expect((await doctor()).wrong).toMatchObject([{ check: "database", says: expect.stringContaining("schema 999") }]);
  });

  test("blocks whose key is gone", async () => {
    await makeHome();
    const { checkEncryptionKey } = await import("#cli/doctor/home.ts");
    expect(checkEncryptionKey(terminal.home, 2)).toMatchObject({
      ok: false,
      says: expect.stringContaining("2 blocks"),
    });
    expect(checkEncryptionKey(terminal.home, 0)).toMatchObject({ ok: true });
  });
});

test("settings of the old product that mean nothing here are let be", async () => {
  mkdirSync(terminal.home);
  expect((await doctor({ PREFECT_TEST_MODE: "x", PREFECT_LOGGING_LEVEL: "DEBUG" })).wrong).toEqual([]);
});

describe("about a server", () => {
  const ANSWERS: [what: string, answer: () => Response, wrong: Partial<Finding>[]][] = [
    ["that is one of ours", () => Response.json("0.8.4"), []],
    [
      "of another version",
      () => Response.json("0.9.0"),
      [{ check: "server", says: expect.stringContaining("speaks API 0.9.0, this orch 0.8.4") }],
    ],
    [
      "that is none",
      () => new Response("<html>"),
      [{ check: "server", says: expect.stringContaining("not as an API") }],
    ],
    [
      "that wants a key",
      () => new Response("{}", { status: 401 }),
      [{ check: "API key", says: expect.stringContaining("asks for a key") }],
    ],
    [
      "whose clock is another",
      () => Response.json("0.8.4", { headers: { date: new Date(Date.now() - 3_600_000).toUTCString() } }),
      [{ check: "clock", says: expect.stringMatching(/3\d{3} s ahead of the server's/) }],
    ],
  ];
  for (const [what, answer, wrong] of ANSWERS) {
    test(what, async () => {
      const server = Bun.serve({ port: 0, fetch: answer });
      const found = await doctor({ ORCH_API_URL: `http://127.0.0.1:${server.port}/api` });
      await server.stop(true);
      expect(found.wrong).toMatchObject(wrong);
      expect(found.all.map(({ check }) => check)).toContain("clock");
    });
  }
});

test("uv is looked for where a Python flow names its packages", async () => {
  const uv = async () => {
    const { out } = await terminal.orch("doctor", "--json");
    const { findings }: { findings: Finding[] } = JSON.parse(out);
    return findings.find(({ check }) => check === "uv");
  };
  const inFolder = (...parts: string[]) => join(terminal.folder, ...parts);
  const program = '# /// script\n# dependencies = ["six"]\n# ///\n';
  const flow = "from prefect import flow\n";
  const block = program + flow;
  for (const folder of ["flows", ".venv"]) mkdirSync(inFolder(folder));
  writeFileSync(inFolder(".venv/c.py"), block);
  writeFileSync(inFolder("flows/plain.py"), `x = 1\n${flow}`);
  writeFileSync(inFolder("flows/program.py"), program);
  for (const words of ['requires-python = ">=3.11"', "dependencies = []"])
    writeFileSync(inFolder(`flows/${words.slice(0, 8)}.py`), `# /// script\n# ${words}\n# ///\n${flow}`);
  expect(await uv()).toBeUndefined();
  for (const name of ["a", "b"]) writeFileSync(inFolder("flows", `${name}.py`), block);
  expect(await uv()).toEqual({
    ...{ check: "uv", ok: false, mend: "Install it: https://docs.astral.sh/uv" },
    says: "'flows/a.py' and 1 more name packages in inline script metadata, which uv provides, and there is no uv.",
  });
  mkdirSync(inFolder(".local/bin"), { recursive: true });
  writeFileSync(inFolder(".local/bin/uv"), "#!/bin/sh\n", { mode: 0o755 });
  expect(await uv()).toEqual({
    ...{ check: "uv", ok: true },
    says: `'${inFolder(".local/bin/uv")}' provides the packages that 'flows/a.py' and 1 more name.`,
  });
  await terminal.orch("config", "set", "ORCH_PYTHON=python3");
  expect(await uv()).toBeUndefined();
});
