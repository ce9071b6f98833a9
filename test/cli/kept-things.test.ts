// Variables, artifacts and concurrency limits by command, in this process.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { withApi } from "#cli/api.ts";
import { loadSettings } from "#settings/load.ts";
import { createArtifact } from "#wire/artifacts.ts";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
beforeAll(() => {
  terminal = testTerminal();
});
afterAll(() => terminal.close());

const orch = (...words: string[]) => terminal.orch(...words);

describe("variables", () => {
  test("none yet: it is said how to make one", async () => {
    expect((await orch("variable", "ls")).out).toBe(
      "There are no variables yet. 'orch variable set NAME VALUE' makes one.",
    );
    expect((await orch("variable", "ls", "--json")).out).toBe("[]");
  });
  test("are set, and set again with the tags they had", async () => {
    expect(await orch("variable", "set", "limit", "5", "-t", "etl")).toEqual({
      code: 0,
      out: "Set variable 'limit'.",
      err: "",
    });
    const again = await orch("variable", "set", "limit", "6", "--json");
    expect(JSON.parse(again.out)).toMatchObject({ name: "limit", value: "6", tags: ["etl"] });
  });
  test("are listed by name, long values cut", async () => {
    await orch("variable", "set", "a_long", "x".repeat(60));
    const { out } = await orch("variables", "ls");
    expect(out).toMatch(/Name +┃ Value +┃ Created +┃ Updated/);
    expect(out).toContain(`${"x".repeat(49)}…`);
    expect(out.indexOf("a_long")).toBeLessThan(out.indexOf("limit"));
  });
  test("are shown one by one", async () => {
    expect((await orch("variable", "inspect", "limit")).out).toMatch(
      /^Variable 'limit'\n\nID: {7}[0-9a-f-]{36}\nCreated: {2}(?:now|\d+ seconds? ago) \(.*\)\n(.*\n)*Value: {4}6\n/,
    );
  });
  test("are deleted", async () => {
    expect((await orch("variable", "delete", "limit", "--yes")).out).toBe("Deleted variable 'limit'.");
    for (const command of ["inspect", "delete"]) {
      const { code, err } = await orch("variable", command, "limit");
      expect([code, err]).toEqual([1, "Variable 'limit' not found. 'orch variable ls' lists what is there."]);
    }
  });
  test("of names that are none are refused", async () => {
    const { code, err } = await orch("variable", "set", "My-Limit", "5");
    expect([code, err]).toEqual([1, expect.stringContaining("'My-Limit' is no name for a variable")]);
  });
});

describe("artifacts", () => {
  const ids: string[] = [];
  test("none yet: it is said where they come from", async () => {
    expect((await orch("artifact", "ls")).out).toContain("There are no artifacts yet.");
  });
  test("are listed, the latest of each key, or all", async () => {
    const { settings } = loadSettings({ HOME: terminal.folder, ORCH_HOME: terminal.home });
    await withApi(settings, async ({ client }) => {
      for (const data of ["one", "two"]) {
        const { id } = await client.call(createArtifact, { body: { key: "report", type: "markdown", data } });
        ids.push(id);
      }
    });
    const latest = (await orch("artifact", "ls")).out;
    expect([latest.includes(ids[0] ?? "?"), latest.includes(ids[1] ?? "?")]).toEqual([false, true]);
    expect(JSON.parse((await orch("artifact", "ls", "--all", "--json")).out)).toHaveLength(2);
  });
  test("of a key are shown, the newest first", async () => {
    const { out } = await orch("artifact", "inspect", "report");
    expect(out).toMatch(/^Artifact 'report'\n\nID: /);
    expect(out.indexOf(" two")).toBeLessThan(out.indexOf(" one"));
    expect(JSON.parse((await orch("artifact", "inspect", "report", "--limit", "1", "--json")).out)).toHaveLength(1);
  });
  test("are deleted by id, then by key", async () => {
    expect((await orch("artifact", "delete", "--id", ids[0] ?? "", "--yes")).out).toBe(
      `Deleted artifact with id '${ids[0]}'.`,
    );
    expect((await orch("artifact", "delete", "report", "-y")).out).toBe("Deleted 1 artifact(s) with key 'report'.");
  });
  test("a table is shown by its rows; JSON leaves it as it is stored", async () => {
    const { settings } = loadSettings({ HOME: terminal.folder, ORCH_HOME: terminal.home });
    const data = '[{"city":"Bonn","orders":12345678901234567890},{"city":"Köln","orders":2}]';
    const broken = "[{";
    await withApi(settings, async ({ client }) => {
      await client.call(createArtifact, { body: { key: "cities", type: "table", data } });
      await client.call(createArtifact, { body: { key: "broken", type: "table", data: broken } });
    });
    const { out } = await orch("artifact", "inspect", "cities");
    expect(out).toContain('- {"city": "Bonn", "orders": 12345678901234567890}');
    expect(JSON.parse((await orch("artifact", "inspect", "cities", "--json")).out)).toMatchObject([{ data }]);
    expect((await orch("artifact", "inspect", "broken")).out).toContain(broken);
    for (const key of ["cities", "broken"]) await orch("artifact", "delete", key, "--yes");
  });
  const WRONG: [words: string[], sentence: string][] = [
    [["inspect", "none"], "Artifact 'none' not found."],
    [["delete", "none"], "Artifact 'none' not found."],
    [["delete", "--id", "no-id"], "Artifact with id 'no-id' not found!"],
    [["delete", "--id", "01234567-89ab-cdef-0123-456789abcdef"], "not found!"],
    [["delete"], "Please provide a key or an artifact_id."],
    [["delete", "a", "--id", "b"], "Please provide either a key or an artifact_id but not both."],
  ];
  for (const [words, sentence] of WRONG) {
    test(`${words.join(" ")} is refused`, async () => {
      const { code, err } = await orch("artifact", ...words);
      expect([code, err]).toEqual([1, expect.stringContaining(sentence)]);
    });
  }
});

describe("concurrency limits", () => {
  const limit = (...words: string[]) => orch("concurrency-limit", ...words);

  test("are made, changed and listed", async () => {
    expect((await limit("ls")).out).toContain("There are no concurrency limits.");
    expect((await limit("create", "database", "5")).out).toContain(
      "Created concurrency limit with properties:\n    tag - 'database'\n    concurrency_limit - 5",
    );
    expect(JSON.parse((await limit("create", "database", "6", "--json")).out)).toMatchObject({ concurrency_limit: 6 });
    expect((await limit("ls")).out).toMatch(/database +│ [0-9a-f-]{36} │ 6 +│ 0 /);
    expect(JSON.parse((await limit("ls", "--json", "--offset", "1")).out)).toEqual([]);
  });
  test("are shown with the task runs that hold slots", async () => {
    const { out } = await limit("inspect", "database");
    expect(out).toContain("Concurrency limit of the tag 'database'");
    expect(out).toContain("Slots in use:  0 of 6");
  });
  test("are reset and deleted", async () => {
    expect((await limit("reset", "database")).out).toBe("Reset concurrency limit set on the tag: database");
    expect((await limit("delete", "database", "-y")).out).toBe("Deleted concurrency limit set on the tag: database");
    for (const command of ["inspect", "reset", "delete"]) {
      expect(await limit(command, "database")).toEqual({
        code: 1,
        out: "",
        err: "No concurrency limit found for the tag: database",
      });
    }
  });
  test("of what is no number are refused", async () => {
    expect((await limit("create", "database", "many")).code).toBe(1);
  });
});
