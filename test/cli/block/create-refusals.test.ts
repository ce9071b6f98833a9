// `orch block create`: what is refused, each in one sentence, before anything is made.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type BlockShell, blockShell } from "./shell.ts";

let shell: BlockShell;
beforeAll(() => {
  shell = blockShell();
});
afterAll(() => shell.close());

describe("what is refused", () => {
  const FILES = "There is no file 'none'. It was to be read for 'bucket_path'.";
  const table: [words: string[], code: number, sentence: string][] = [
    [["create", "--name", "x"], 2, "Say of which type the block is: give TYPE."],
    [["create", "s3/dev"], 2, "'s3/dev' is a block: give its type and its name apart, as TYPE --name NAME."],
    [["create", "s3", "-f", "bucket_path=b"], 2, "Give the block a name: --name NAME."],
    [["create", "s4", "-n", "x"], 1, "Block type 's4' not found! Did you mean 's3'?"],
    [["create", "constructor", "-n", "x"], 1, "Block type 'constructor' not found!"],
    [
      ["create", "s3", "-n", "My Bucket", "-f", "bucket_path=b"],
      1,
      "'My Bucket' is no name for a block: names have small letters, digits and dashes. 'my-bucket' is one.",
    ],
    [["create", "s3", "-n", "", "-f", "bucket_path=b"], 2, "Invalid value for '--name': it is empty."],
    [["create", ""], 2, "Invalid value for 'TYPE': it is empty."],
    [
      ["create", "kubernetes-job", "-n", "x", "-f", "customizations=S3CR3T"],
      1,
      `'customizations' must be a list in JSON such as [{"key": "value"}].`,
    ],
    [["create", "s3", "-n", "Übung 1", "-f", "bucket_path=b"], 1, "'ubung-1' is one."],
    [["create", "s3", "-n", "x"], 1, "A block of type s3 needs --field bucket_path=VALUE."],
    [["create", "smb", "-n", "x"], 1, "A block of type smb needs --field share_path=VALUE --field smb_host=VALUE."],
    [
      ["create", "s3", "-n", "x", "-f", "bucket-path=b"],
      1,
      "A block of type s3 has no field 'bucket-path'. Did you mean 'bucket_path'? Its fields: bucket_path, aws_",
    ],
    [["create", "s3", "-n", "x", "-f", "__proto__=b"], 1, "A block of type s3 has no field '__proto__'."],
    [["create", "s3", "-n", "x", "-f", "bucket_path"], 1, "A --field is no field: give it as name=value."],
    [["create", "s3", "-n", "x", "-f", "=S3CR3T"], 1, "A --field is no field: give it as name=value."],
    [
      ["create", "s3", "-n", "x", "-f", "bucket_path=a", "-f", "bucket_path=b"],
      1,
      "The field 'bucket_path' is given twice: give it once.",
    ],
    [["create", "s3", "-n", "x", "-f", "bucket_path.a=b"], 1, "'bucket_path' has no parts: it is text."],
    [["create", "s3", "-n", "x", "-f", "bucket_path.=b"], 1, "A block of type s3 has no field 'bucket_path.'."],
    [["create", "s3", "-n", "x", "-f", "bucket_path=@none"], 1, FILES],
    [
      ["create", "s3", "-n", "x", "-f", "bucket_path=@"],
      1,
      "'bucket_path=@' names no file; a text that begins with @ is written @@.",
    ],
    [["create", "s3", "-n", "x", "-f", "bucket_path=@."], 1, "'.' is a folder."],
    [["create", "s3", "-n", "x", "-f", "bucket_path=@empty"], 1, "The file 'empty' holds nothing for 'bucket_path'."],
    [
      ["create", "s3", "-n", "x", "-f", "bucket_path=@bytes"],
      1,
      "The file 'bytes' for 'bucket_path' is no text in UTF-8.",
    ],
    [
      ["create", "s3", "-n", "x", "-f", "bucket_path=@/dev/zero"],
      1,
      "The file '/dev/zero' for 'bucket_path' holds more than 8 MB",
    ],
    [
      ["create", "s3", "-n", "x", "-f", "bucket_path=b", "-f", "aws_access_key_id="],
      1,
      "'aws_access_key_id' is a secret and was given as nothing.",
    ],
    [
      ["create", "secret", "-n", "x", "-f", "value=********"],
      1,
      "'value' is eight asterisks, as a secret is shown: give the secret itself.",
    ],
    [
      ["create", "s3", "-n", "x", "-f", "aws_access_key_id=-", "-f", "aws_secret_access_key=-"],
      1,
      "Only one field can come from standard input, not 'aws_access_key_id' and 'aws_secret_access_key': give the others as name=@FILE.",
    ],
    [["create", "smb", "-n", "x", "-f", "smb_port=S3CR3T"], 1, "'smb_port' must be a whole number."],
    [["create", "smb", "-n", "x", "-f", "smb_port=1.5"], 1, "'smb_port' must be a whole number."],
    [["create", "email", "-n", "x", "-f", "verify=S3CR3T"], 1, "'verify' must be true or false."],
    [["create", "email", "-n", "x", "-f", "smtp_type=SLS"], 1, "'smtp_type' must be one of STARTTLS, SSL, INSECURE."],
    [["create", "process", "-n", "x", "-f", "type=docker"], 1, "'type' must be 'process'."],
    [["create", "process", "-n", "x", "-f", "command=sh 'S3CR3T"], 1, "'command' has a quotation that does not end."],
    [
      ["create", "process", "-n", "x", "-f", "env=S3CR3T"],
      1,
      `'env' must be JSON such as {"key": "value"}, or NAME=value.`,
    ],
    [["create", "process", "-n", "x", "-f", "env={S3CR3T"], 1, "'env' must be JSON that can be read."],
    [["create", "process", "-n", "x", "-f", 'env={"A": {"b": 1}}'], 1, "'env.A' must be text."],
    [
      ["create", "process", "-n", "x", "-f", "env.A=1", "-f", "env.A=2"],
      1,
      "The field 'env.A' is given twice: give it once.",
    ],
    [["create", "json", "-n", "x", "-f", "value={S3CR3T"], 1, "'value' looks like JSON, and cannot be read as JSON."],
    [
      ["create", "date-time", "-n", "x", "-f", "value=tomorrow"],
      1,
      "'value' must be a moment such as 2026-01-31T12:00:00Z.",
    ],
    [
      ["create", "pager-duty-webhook", "-n", "x", "-f", "clickable_url=S3CR3T"],
      1,
      "'clickable_url' must be an address such as https://example.com.",
    ],
    [
      ["create", "remote-file-system", "-n", "x", "-f", "settings.a=1", "-f", "settings.a.b=2"],
      1,
      "The field 'settings.a.b' is given twice: a part of it is something else.",
    ],
    [["create", "twilio-sms", "-n", "x", "-f", 'to_phone_numbers=["1", {}]'], 1, "'to_phone_numbers.1' must be text."],
  ];
  for (const [words, code, sentence] of table) {
    test(`orch block ${words.join(" ")}`, async () => {
      shell.file("empty", "\n");
      shell.file("bytes", new Uint8Array([0xff, 0xfe, 0x00]));
      const ran = await shell.orch(...words);
      expect([ran.code, ran.out, ran.err]).toEqual([code, "", expect.stringContaining(sentence)]);
      expect(ran.err).not.toContain("S3CR3T");
      expect(await shell.names()).toEqual([]);
    });
  }

  test("a file that is neither JSON nor YAML", async () => {
    shell.file("bad.yaml", "a: [S3CR3T\n");
    const { code, err } = await shell.make("kubernetes-cluster-config", "x", "context_name=a", "config=@bad.yaml");
    expect([code, err]).toEqual([1, `'config' must be JSON or YAML such as {"key": "value"}, or NAME=value.`]);
  });

  test("nothing on standard input", async () => {
    shell.terminal.piped = "\n";
    expect((await shell.make("secret", "x", "value=-")).err).toBe("Standard input holds nothing for 'value'.");
  });
});
