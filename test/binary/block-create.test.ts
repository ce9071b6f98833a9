// `orch block create` on the executable: secrets come by a pipe or a file, and are seen nowhere else.
import { afterAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const SECRET = "s3cr3t-0f-a-bucket";

test("C16: a secret from standard input is in the block, and in no output or file as it is", async () => {
  const words = ["block", "create", "s3", "--name", "dev", "--field", "bucket_path=b/base"];
  const made = await sandbox.orch([...words, "--field", "aws_secret_access_key=-"], { stdin: `${SECRET}\n` });
  expect([made.code, made.stderr]).toEqual([
    0,
    "The block is saved, but orch could not use it as it is: The block has no access key ID: give both halves of the key, or none.\n",
  ]);
  expect(made.stdout).toStartWith("Made the block s3/dev.\n");
  const shown = await sandbox.orch(["block", "inspect", "s3/dev", "--json"]);
  expect(JSON.parse(shown.stdout).data).toEqual({ bucket_path: "b/base", aws_secret_access_key: "********" });
  for (const name of readdirSync(sandbox.home, { recursive: true, withFileTypes: true })) {
    if (name.isFile()) expect(readFileSync(join(name.parentPath, name.name)).includes(SECRET)).toBe(false);
  }
});

test("programs load what was made, with its secrets", async () => {
  writeFileSync(join(sandbox.folder, "token"), `${SECRET}\r\n`);
  await sandbox.orch(["block", "create", "secret", "-n", "token", "-f", "value=@token"]);
  await sandbox.orch(["block", "create", "remote-file-system", "-n", "files", "-f", "basepath=memory://here"]);
  writeFileSync(
    join(sandbox.folder, "use.ts"),
    `import { RemoteFileSystem, S3, Secret } from "orch";
const s3 = await S3.load("dev");
const files = await RemoteFileSystem.load("files");
await files.writePath("a/b.txt", "hello");
const read = new TextDecoder().decode(await files.readPath("a/b.txt"));
console.log([s3.bucketPath, s3.awsSecretAccessKey, (await Secret.load("token")).get(), read].join());
`,
  );
  const { code, stdout } = await sandbox.orch(["run", "use.ts"]);
  expect([code, stdout]).toEqual([0, `b/base,${SECRET},${SECRET},hello\n`]);
});

test("bytes that are no text, and a stream without an end, are refused", async () => {
  for (const [script, sentence] of [
    ["printf '\\377\\376' | orch block create secret -n x -f value=-", "Standard input is no text in UTF-8."],
    ["cat /dev/zero | orch block create secret -n x -f value=-", "Standard input holds more than 8 MB"],
    ["orch block create secret -n x -f value=- < /dev/null", "Standard input holds nothing for 'value'."],
    ["orch block create secret -n x", "A block of type secret needs --field value=-."],
  ] as const) {
    const { code, stdout, stderr } = await sandbox.shell(script);
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining(sentence)]);
  }
});

test("blocks are made on a server without services, which knows no types yet", async () => {
  const server = sandbox.start(["server", "start", "--port", "0", "--no-services"], {
    ORCH_HOME: join(sandbox.home, "bare"),
  });
  const [, url = ""] = await server.until(/running at (http:[\w.:/]+)/);
  const env = { ORCH_API_URL: `${url.replace(/\/$/, "")}/api` };
  const made = await sandbox.orch(["block", "create", "s3", "-n", "dev", "-f", "bucket_path=b"], { env });
  expect(made).toMatchObject({ code: 0, stderr: "" });
  expect((await sandbox.orch(["block", "ls"], { env })).stdout).toContain("s3/dev");
  await server.stop();
});
