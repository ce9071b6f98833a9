// `orch block create`: secrets, names that are taken, and storage that leads nowhere.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type BlockShell, blockShell } from "./shell.ts";

let shell: BlockShell;
beforeEach(() => {
  shell = blockShell();
});
afterEach(() => shell.close());

describe("a name that is taken", () => {
  test("is refused before anything is read, and replaced with --overwrite, by the same id", async () => {
    await shell.make("s3", "dev", "bucket_path=a", "aws_access_key_id=A");
    const { id } = await shell.saved("s3", "dev");
    const again = await shell.make("s3", "dev", "bucket_path=@none");
    expect([again.code, again.err]).toEqual([
      1,
      "There is a block s3/dev already: take another --name, or replace it with --overwrite.",
    ]);
    const ran = await shell.orch("create", "s3", "-n", "dev", "-f", "bucket_path=b", "--overwrite");
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining("Replaced the block s3/dev.") });
    expect(await shell.saved("s3", "dev")).toMatchObject({ id, data: { bucket_path: "b" } });
    expect((await shell.saved("s3", "dev")).data).toEqual({ bucket_path: "b" });
    expect((await shell.orch("create", "s3", "-n", "new", "-f", "bucket_path=b", "--overwrite")).out).toContain(
      "Made the block",
    );
  });
});

describe("secrets", () => {
  test("in the words of a command are warned of, in one sentence", async () => {
    const { code, err } = await shell.make(
      "s3",
      "dev",
      "bucket_path=a",
      "aws_access_key_id=A",
      "aws_secret_access_key=S",
    );
    expect([code, err]).toEqual([
      0,
      "'aws_access_key_id', 'aws_secret_access_key' are secrets that the shell's history and the list of processes may show now: better give them as aws_access_key_id=- (standard input) or aws_access_key_id=@FILE.",
    ]);
  });

  test("are asked for where a person sits, and only secrets are", async () => {
    shell.terminal.typed = "s3cr3t";
    expect(await shell.make("secret", "a")).toMatchObject({ code: 0, err: "" });
    expect(await shell.make("pager-duty-webhook", "b", "api_key=-")).toMatchObject({ code: 1 });
    expect(await shell.make("pager-duty-webhook", "b")).toMatchObject({ code: 0 });
    expect(await shell.make("mattermost-webhook", "c")).toMatchObject({
      code: 1,
      err: "A block of type mattermost-webhook needs --field hostname=VALUE --field token=-.",
    });
    const question = (field: string) => `The value of '${field}' (it is not shown)`;
    expect(shell.terminal.asked).toEqual(["value", "api_key", "integration_key", "api_key"].map(question));
    expect((await shell.saved("pager-duty-webhook", "b")).data).toMatchObject({
      integration_key: "s3cr3t",
      api_key: "s3cr3t",
    });
  });

  test("an answer of nothing makes nothing", async () => {
    shell.terminal.typed = "";
    expect(await shell.make("secret", "a")).toMatchObject({
      code: 1,
      err: "'value' is a secret and was given as nothing.",
    });
    expect(await shell.names()).toEqual([]);
  });

  test("of settings and environments are hidden by every command", async () => {
    shell.file("key", "s3cr3t");
    await shell.make(
      "remote-file-system",
      "r",
      "basepath=sftp://ada:s3cr3t@h/p",
      "settings.password=@key",
      "settings.deep.secret=@key",
      "settings.port=22",
    );
    await shell.make("process", "p", "env.API_TOKEN=s3cr3t", "env.SHOWN=seen");
    for (const words of [["inspect", "remote-file-system/r"], ["inspect", "process/p"], ["ls"]]) {
      for (const more of [[], ["--json"]]) {
        const { code, out } = await shell.orch(...words, ...more);
        expect(code).toBe(0);
        expect(out).not.toContain("s3cr3t");
      }
    }
    expect((await shell.orch("inspect", "process/p")).out).toContain("SHOWN: seen");
    expect((await shell.orch("delete", "process/p", "--yes", "--json")).out).not.toContain("s3cr3t");
  });

  test("digits stay text where they are a secret", async () => {
    shell.file("pin", "0012\n");
    await shell.make(
      "remote-file-system",
      "r",
      "basepath=memory://x",
      "settings.password=@pin",
      "settings.token=12",
      "settings.port=22",
    );
    expect((await shell.saved("remote-file-system", "r")).data["settings"]).toEqual({
      password: "0012",
      token: "12",
      port: 22,
    });
  });
});

describe("one line loses the break at its end, many lines keep theirs", () => {
  for (const [piped, kept] of [
    ["a", "a"],
    ["a\n", "a"],
    ["a\r\n", "a"],
    ["a \n", "a "],
    ["a\n\n", "a\n\n"],
    ["-----\nkey\n-----\n", "-----\nkey\n-----\n"],
    ["späße 🙂\n", "späße 🙂"],
    ["-\n", "-"],
    ["@x\n", "@x"],
  ] as const) {
    test(JSON.stringify(piped), async () => {
      shell.terminal.piped = piped;
      await shell.make("secret", "a", "value=-");
      expect((await shell.saved("secret", "a")).data).toEqual({ value: kept });
    });
  }
});

describe("storage whose fields lead nowhere is made, and that is said", () => {
  const table: [slug: string, fields: string[], sentence: string][] = [
    ["remote-file-system", ["basepath=flows"], "The basepath 'flows' of the remote file system must begin with s3://"],
    ["s3", ["bucket_path="], "names no bucket"],
    ["gcs", ["bucket_path=b", "service_account_info=@not-json"], ""],
  ];
  for (const [slug, fields, sentence] of table) {
    test(`${slug} ${fields.join(" ")}`, async () => {
      shell.file("not-json", "s3cr3t");
      const { code, err } = await shell.make(slug, "it", ...fields);
      expect([code, err]).toEqual([
        0,
        expect.stringContaining("The block is saved, but orch could not use it as it is: "),
      ]);
      expect(err).toContain(sentence);
      expect(err).not.toContain("s3cr3t");
      expect(err.split("\n")).toHaveLength(1);
    });
  }
});
