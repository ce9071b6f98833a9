// `orch block …`: what is printed, and what changes.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { openApi } from "#cli/api.ts";
import { systemClock } from "#lib/clock.ts";
import { sdkFor } from "#sdk/hosted.ts";
import { type LoadedSettings, loadSettings } from "#settings/load.ts";
import { listBlockDocuments } from "#wire/blocks.ts";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
let settings: LoadedSettings["settings"];
beforeEach(() => {
  terminal = testTerminal();
  settings = loadSettings({ ORCH_HOME: terminal.home }).settings;
});
afterEach(() => terminal.close());

const orch = (...words: string[]) => terminal.orch("block", ...words);

/** Blocks as a program saves them. */
async function save(work: (sdk: ReturnType<typeof sdkFor>) => Promise<unknown>): Promise<unknown> {
  const { client, close } = await openApi(settings);
  const result = await work(sdkFor({ api: async () => ({ client, clock: systemClock, settings }) }));
  await close();
  return result;
}

async function names(): Promise<(string | null)[]> {
  const { client, close } = await openApi(settings);
  const found = await client.call(listBlockDocuments, { body: {} });
  await close();
  return found.map(({ name }) => name);
}

const saveToken = () => save(({ Secret }) => new Secret({ value: "s3cret" }).save("token"));

describe("ls", () => {
  test("without blocks it says how one is made", async () => {
    const { code, out } = await orch("ls");
    expect([code, out]).toEqual([0, "There are no blocks yet. 'orch block create' says how one is made."]);
    expect((await orch("ls", "--json")).out).toBe("[]");
  });

  test("shows blocks with names, by their slugs", async () => {
    const id = await saveToken();
    await save(({ JSONBlock }) => new JSONBlock({ value: 1 }).save("options"));
    const { code, out } = await orch("ls");
    expect(code).toBe(0);
    expect(out.split("\n").slice(4, 6)).toEqual([
      expect.stringMatching(/^│ [0-9a-f-]{36} │ JSON {3}│ options │ json\/options │$/),
      expect.stringContaining(`│ ${id} │ Secret │ token   │ secret/token │`),
    ]);
    const listed: { data: object }[] = JSON.parse((await orch("ls", "--json")).out);
    expect(listed.map(({ data }) => data)).toEqual([{ value: 1 }, { value: "********" }]);
  });
});

describe("inspect", () => {
  test("shows the fields, secrets as asterisks", async () => {
    const id = await save(({ Webhook }) =>
      new Webhook({ url: "https://x/s3cret", headers: { token: "s3cret" } }).save("hook"),
    );
    const { code, out } = await orch("inspect", "webhook/hook");
    expect(code).toBe(0);
    expect(out).toBe(
      `Block 'webhook/hook'

Type:     Webhook
ID:       ${id}

method:   POST
url:      ********
headers:  token: ********`,
    );
    expect((await orch("inspect", "--id", String(id))).out).toContain("Type:     Webhook");
    const { data } = JSON.parse((await orch("inspect", "webhook/hook", "--json")).out);
    expect(data).toEqual({ method: "POST", url: "********", headers: { token: "********" } });
  });
});

describe("delete", () => {
  test("nothing goes when the answer is no, unless it was not asked", async () => {
    await saveToken();
    terminal.answer = false;
    expect((await orch("delete", "secret/token")).code).toBe(1);
    expect(await names()).toEqual(["token"]);
    expect((await orch("delete", "secret/token", "--yes", "--json")).out).toContain('"name": "token"');
    expect(await names()).toEqual([]);
    expect((await orch("type", "delete", "s3")).code).toBe(1);
    expect((await orch("type", "inspect", "s3")).code).toBe(0);
  });

  test("by slug and by id", async () => {
    const id = await saveToken();
    await save(({ JSONBlock }) => new JSONBlock({ value: null }).save("none"));
    expect(await orch("delete", "json/none")).toEqual({ code: 0, out: "Deleted Block 'json/none'.", err: "" });
    expect(await names()).toEqual(["token"]);
    expect((await orch("delete", "--id", String(id))).out).toBe(`Deleted Block '${id}'.`);
    expect(await names()).toEqual([]);
  });
});

describe("what is refused", () => {
  const NOBODY = "00000000-0000-0000-0000-000000000000";
  const table: [words: string[], code: number, sentence: string][] = [
    [["inspect"], 1, "Must provide a block slug or id"],
    [["delete"], 1, "Must provide a block slug or id"],
    [["inspect", "secret/none"], 1, "Block 'secret/none' not found! 'orch block ls' lists what is there."],
    [["delete", "secret/none"], 1, "Block 'secret/none' not found!"],
    [
      ["inspect", "secret/tokn"],
      1,
      "Block 'secret/tokn' not found! Did you mean 'secret/token'? 'orch block ls' lists",
    ],
    [["delete", "secrets/token"], 1, "Block 'secrets/token' not found! Did you mean 'secret/token'?"],
    [["type", "inspect", ""], 2, "Invalid value for 'SLUG': it is empty."],
    [["inspect", "--id", NOBODY], 1, `Block '${NOBODY}' not found!`],
    [["inspect", "--id", "1"], 2, "'1' is not the id of a block."],
    [["inspect", "token"], 1, "'token' names no block: give it as block-type/block-name."],
    [["delete", "a/b/c"], 1, "'a/b/c' names no block"],
    [["inspect", "secret/token", "--id", NOBODY], 1, "Give a block's slug or its id, not both."],
    [
      ["create", "secrets"],
      1,
      "Block type 'secrets' not found! Did you mean 'secret'?\nAvailable block types: azure, custom-webhook, date-",
    ],
    [["register"], 1, "Please specify either a module or a file containing blocks to be registered, but not both."],
    [["register", "-m", "a", "-f", "b.ts"], 1, "but not both."],
    [["register", "-f", "none.ts"], 1, "There is no file 'none.ts'."],
    [["register", "-m", "none-such"], 1, "There is no module 'none-such' here"],
    [["type", "inspect", "none"], 1, "Block type 'none' not found!"],
    [["type", "delete", "none"], 1, "Block Type 'none' not found!"],
    [["type", "delete", "secret"], 1, "Block Type 'secret' is a protected block!"],
    [
      ["type", "remove"],
      2,
      "No such command of 'orch block type': 'remove'. Did you mean 'delete'? Try 'orch block type --help'.",
    ],
    [["inspekt"], 2, "No such command of 'orch block': 'inspekt'. Did you mean 'inspect'?"],
  ];
  for (const [words, code, sentence] of table) {
    test(`orch block ${words.join(" ")}`, async () => {
      await saveToken();
      const ran = await orch(...words);
      expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(sentence)]);
      expect(await names()).toEqual(["token"]);
    });
  }
});

describe("register", () => {
  const SDK = JSON.stringify(resolve("src/sdk/index.ts"));
  const cube = (fields: string) => `import { Block } from ${SDK};
export class Cube extends Block {
  static definition = { slug: "cube", name: "Cube", description: "Six sides. All alike.", is_protected: false, capabilities: [],
    fields: { title: "Cube", type: "object", properties: { ${fields} } } };
}
export const more = [Cube];
`;

  test("a file's types are known then, again without harm, and with other fields again", async () => {
    writeFileSync(join(terminal.folder, "cube.ts"), cube(`edge: { type: "integer" }`));
    const { code, out } = await orch("register", "--file", "cube.ts");
    expect(code).toBe(0);
    expect(out).toContain("Successfully registered 1 block\n");
    expect(out).toContain("│ Cube │ cube │");
    expect((await orch("register", "-f", "cube.ts")).code).toBe(0);
    expect((await orch("create", "cube")).out).toMatch(/^edge +whole number +–$/m);
    expect((await orch("create", "cube", "--name", "die", "-f", "edge=6")).code).toBe(0);
    expect(await names()).toEqual(["die"]);
    expect((await orch("type", "ls")).out).toContain("│ cube                      │ Six sides ");
  });

  test("of a module", async () => {
    mkdirSync(join(terminal.folder, "node_modules/my-blocks"), { recursive: true });
    writeFileSync(join(terminal.folder, "node_modules/my-blocks/index.ts"), cube(""));
    writeFileSync(
      join(terminal.folder, "node_modules/my-blocks/package.json"),
      '{"name":"my-blocks","main":"index.ts"}',
    );
    expect((await orch("register", "-m", "my-blocks")).out).toContain("Successfully registered 1 block");
  });

  test("a file without types, or with a mistake, is a sentence", async () => {
    writeFileSync(join(terminal.folder, "none.ts"), "export const a = 1;\n");
    expect((await orch("register", "-f", "none.ts")).err).toContain("'none.ts' exports no block types");
    writeFileSync(join(terminal.folder, "bad.ts"), "throw new Error('oh no');\n");
    expect((await orch("register", "-f", "bad.ts")).err).toContain("oh no");
  });
});

describe("types", () => {
  test("are listed by slug, with the first sentence of what they are", async () => {
    const { code, out } = await orch("type", "ls");
    expect(code).toBe(0);
    expect(out.split("\n")[4]).toContain("│ azure ");
    expect(out).toContain("│ Holds any JSON ");
    expect(JSON.parse((await orch("type", "ls", "--json")).out)).toHaveLength(27);
  });

  test("are shown", async () => {
    const { out } = await orch("type", "inspect", "secret");
    expect(out).toMatch(/^Slug: +secret$/m);
    expect(out).toMatch(/^ID: +[0-9a-f-]{36}$/m);
    expect(JSON.parse((await orch("type", "inspect", "secret", "--json")).out)).toMatchObject({ is_protected: true });
  });

  test("are deleted with their blocks", async () => {
    await save(({ S3 }) => new S3({ bucketPath: "b" }).save("bucket"));
    expect((await orch("type", "delete", "s3")).out).toBe("Deleted Block Type 's3'.");
    expect(await names()).toEqual([]);
    expect((await orch("type", "inspect", "s3")).code).toBe(1);
  });

  test("have a help page of their own", async () => {
    for (const words of [["type"], ["type", "--help"]]) {
      const { code, out } = await orch(...words);
      expect([code, out]).toEqual([0, expect.stringContaining("orch block type")]);
      expect(out).toContain("inspect");
    }
    expect((await orch("type", "ls", "--help")).out).toContain("orch block type ls");
  });
});
