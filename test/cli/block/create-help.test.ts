// `orch block create`: what is said of types and their fields.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { BLOCK_TYPES } from "#blocks/registry.ts";
import { type BlockShell, blockShell } from "./shell.ts";

let shell: BlockShell;
beforeAll(() => {
  shell = blockShell();
});
afterAll(() => shell.close());

describe("what is said of a type", () => {
  test("all types, and how to go on", async () => {
    const { code, out } = await shell.orch("create");
    expect(code).toBe(0);
    for (const { slug } of BLOCK_TYPES) expect(out).toMatch(new RegExp(`^${slug} +[A-Z]`, "m"));
    expect(out).toEndWith("Its fields and an example: orch block create TYPE");
    const listed: { slug: string }[] = JSON.parse((await shell.orch("create", "--json")).out);
    expect(listed.map(({ slug }) => slug)).toEqual(BLOCK_TYPES.map(({ slug }) => slug).toSorted());
  });

  test("its fields, aligned, and a command to copy", async () => {
    const { code, out } = await shell.orch("create", "s3");
    expect([code, out]).toEqual([
      0,
      `s3: Stores files in a bucket of AWS S3, or of a service that speaks like it.

FIELD                  KIND          DEFAULT   WHAT IT IS
bucket_path            text          required  The bucket, and a folder in it: bucket/folder.
aws_access_key_id      text, secret  –         Without keys, those of AWS's own settings are used.
aws_secret_access_key  text, secret  –         The key that belongs to it.

Make one:
  orch block create s3 --name NAME --field bucket_path=VALUE
A secret is read from standard input by --field aws_access_key_id=- and from a file by --field
aws_access_key_id=@FILE, so that no history and no list of processes shows it.`,
    ]);
  });

  test("one that sends messages is made with what it tells of, too", async () => {
    const { out } = await shell.orch("create", "slack-webhook");
    expect(out).toContain("\n  orch block create slack-webhook --name NAME --field url=-\n");
    expect(out).toEndWith(
      "Create a notification block together with its notification:\n  orch notification create --state Failed --type slack-webhook --field url=-",
    );
  });

  for (const { slug, fields } of BLOCK_TYPES) {
    test(`${slug}: each field has a description, and its example is one that works`, async () => {
      const { fields: told } = JSON.parse((await shell.orch("create", slug, "--json")).out);
      const properties = fields["properties"] as object; // of a type of ours
      expect(told.map(({ name }: { name: string }) => name)).toEqual(Object.keys(properties));
      const silent = told.filter(({ name, description }: Record<string, string>) => name !== "type" && !description);
      expect(silent).toEqual([]);
      const [, words = ""] =
        new RegExp(`^  orch block create ${slug} --name NAME ?(.*)$`, "m").exec(
          (await shell.orch("create", slug)).out,
        ) ?? [];
      shell.file("FILE", "a: b");
      shell.terminal.piped = "x";
      expect(
        await shell.orch("create", slug, "--name", `a-${slug}`, ...words.split(" ").filter((word) => word !== "")),
      ).toMatchObject({ code: 0 });
    });
  }
});
