// Profiles, from the first to the last command about them.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
beforeEach(() => {
  terminal = testTerminal();
});
afterEach(() => terminal.close());

const orch = (...words: string[]) => terminal.orch(...words);
const path = () => join(terminal.home, "profiles.toml");
const names = async () => JSON.parse((await orch("profile", "ls", "--json")).out);

test("a new home has the profile 'default', and looking writes nothing", async () => {
  expect(await names()).toEqual([{ name: "default", active: true }]);
  expect((await orch("profile", "ls")).out).toContain("│ * default │");
  expect((await orch("profile", "inspect")).out).toStartWith("Profile 'default' is empty.");
  expect(existsSync(path())).toBe(false);
});

test("delete asks first, and a no leaves the profile", async () => {
  await orch("profile", "create", "spare");
  terminal.answer = false;
  expect((await orch("profile", "delete", "spare")).err).toBe("Deletion aborted.");
  terminal.answer = true;
  expect(terminal.asked.splice(0)).toEqual(["Delete profile 'spare'?"]);
  expect((await orch("profile", "ls")).out).toContain("spare");
  expect((await orch("profile", "delete", "spare", "--yes")).out).toBe("Removed profile 'spare'.");
  expect(terminal.asked).toEqual([]);
});

test("create, copy, use, rename, delete", async () => {
  expect((await orch("profile", "create", "work")).out).toContain("name - 'work'");
  await orch("-p", "work", "config", "set", "ORCH_LOGGING_LEVEL=DEBUG");
  expect((await orch("profile", "create", "copy", "--from", "work")).code).toBe(0);
  expect((await orch("profile", "inspect", "copy")).out).toBe("Profile 'copy'\n\nORCH_LOGGING_LEVEL:  DEBUG");
  expect((await orch("profile", "use", "copy")).out).toContain("Profile 'copy' names no server");
  expect(await names()).toEqual([
    { name: "default", active: false },
    { name: "work", active: false },
    { name: "copy", active: true },
  ]);
  expect((await orch("profile", "rename", "copy", "mine")).out).toBe("Renamed profile 'copy' to 'mine'.");
  expect((await orch("config", "view")).out).toStartWith("ORCH_PROFILE='mine'");
  expect((await orch("profile", "delete", "work")).out).toBe("Removed profile 'work'.");
  expect((await orch("profile", "delete", "default")).out).toBe("Reset profile 'default'.");
  expect((await names()).map((profile: { name: string }) => profile.name)).toEqual(["default", "mine"]);
  expect(statSync(path()).mode & 0o777).toBe(0o600);
});

test("-p takes another profile for one command, in each of its forms", async () => {
  await orch("profile", "create", "work");
  for (const words of [["-p", "work"], ["--profile", "work"], ["--profile=work"]]) {
    expect((await orch(...words, "config", "view")).out).toStartWith("ORCH_PROFILE='work'");
  }
  expect((await orch("config", "view")).out).toStartWith("ORCH_PROFILE='default'");
  expect(await orch("-p", "nope", "config", "view")).toMatchObject({ code: 1, err: "Unknown profile 'nope'." });
  expect((await orch("-p")).code).toBe(2);
});

test("use says when the profile's API does not answer, and it is active all the same", async () => {
  await orch("profile", "create", "away");
  await orch("-p", "away", "config", "set", "ORCH_API_URL=http://127.0.0.1:1/api");
  const { code, err } = await orch("profile", "use", "away");
  expect([code, err]).toEqual([1, expect.stringContaining("No server is answering at http://127.0.0.1:1/api")]);
  expect((await orch("config", "view")).out).toStartWith("ORCH_PROFILE='away'");
});

test("use says that its server answers", async () => {
  const server = Bun.serve({ port: 0, fetch: () => Response.json(true) });
  const url = `http://127.0.0.1:${server.port}/api`;
  await orch("profile", "create", "near");
  await orch("-p", "near", "config", "set", `ORCH_API_URL=${url}`);
  const { code, out } = await orch("profile", "use", "near");
  await server.stop();
  expect([code, out]).toEqual([0, `Connected to the server at ${url} using profile 'near'.`]);
});

test("secrets are shown on request only", async () => {
  await orch("config", "set", "ORCH_API_KEY=open-sesame");
  expect((await orch("profile", "inspect", "default")).out).toEndWith("\n\nORCH_API_KEY:  ********");
  expect((await orch("profile", "inspect", "default", "--json")).out).not.toContain("open-sesame");
  expect((await orch("profile", "inspect", "default", "--show-secrets")).out).toContain("open-sesame");
});

describe("refused, with nothing changed:", () => {
  const REFUSED: [words: string[], code: number, sentence: string][] = [
    [["create", "work"], 1, "Profile 'work' already exists."],
    [["create", "default"], 1, "Profile 'default' already exists."],
    [["create", " "], 2, "Invalid value for 'NAME': it is empty."],
    [["create", "new", "--from", "wrok"], 1, "Profile 'wrok' not found. Did you mean 'work'?"],
    [["create"], 2, "Missing argument 'NAME'."],
    [["use", "constructor"], 1, "Profile 'constructor' not found."],
    [["delete", "default"], 1, "Profile 'default' is the active profile. You must switch"],
    [["delete", "wrk"], 1, "Did you mean 'work'?"],
    [["rename", "work", "default"], 1, "Profile 'default' already exists."],
    [["rename", "work"], 2, "Missing argument 'NEW-NAME'."],
    [["inspect", "nope"], 1, "Profile 'nope' not found."],
  ];
  for (const [words, code, sentence] of REFUSED) {
    test(words.join(" "), async () => {
      await orch("profile", "create", "work");
      const before = readFileSync(path(), "utf8");
      expect(await orch("profile", ...words)).toEqual({ code, out: "", err: expect.stringContaining(sentence) });
      expect(readFileSync(path(), "utf8")).toBe(before);
    });
  }
});

test("an active profile that is gone stops every command but those that mend it", async () => {
  mkdirSync(terminal.home);
  writeFileSync(path(), 'active = "gone"\n');
  expect((await orch("deployment", "ls")).err).toBe("Unknown profile 'gone'.");
  expect((await orch("profile", "use", "default")).code).toBe(0);
  expect(await orch("deployment", "ls")).toMatchObject({ code: 0, err: "" });
});
