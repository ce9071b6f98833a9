// `orch block create`: blocks that hold other blocks, and types that clients have registered.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createBlockSchema, createBlockType } from "#wire/blocks.ts";
import { type BlockShell, blockShell } from "./shell.ts";

let shell: BlockShell;
beforeEach(() => {
  shell = blockShell();
});
afterEach(() => shell.close());

describe("blocks in blocks", () => {
  const repository = "repository=https://gitlab.com/o/r";

  test("by type and name, by name, by id, and by a reference as the API has it", async () => {
    shell.terminal.piped = "t0ken";
    await shell.make("gitlab-credentials", "team", "token=-");
    const { id } = await shell.saved("gitlab-credentials", "team");
    const ways = ["gitlab-credentials/team", "team", id, `{"$ref": {"block_document_id": "${id}"}}`];
    for (const [index, way] of ways.entries()) {
      expect(await shell.make("gitlab-repository", `r-${index}`, repository, `credentials=${way}`)).toMatchObject({
        code: 0,
        err: "",
      });
      const { data, block_document_references } = await shell.saved("gitlab-repository", `r-${index}`);
      expect(data["credentials"]).toMatchObject({ token: "t0ken" });
      expect(block_document_references).toHaveProperty("credentials.block_document.id", id);
    }
  });

  test("or written out, with its secret from a file", async () => {
    shell.file("token", "t0ken\n");
    const ran = await shell.make(
      "gitlab-repository",
      "r",
      repository,
      "credentials.token=@token",
      "credentials.url=https://x",
    );
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect((await shell.saved("gitlab-repository", "r")).data["credentials"]).toEqual({
      token: "t0ken",
      url: "https://x",
    });
    expect((await shell.orch("inspect", "gitlab-repository/r", "--json")).out).not.toContain("t0ken");
  });

  const WAY = "give it as gitlab-credentials/NAME; 'orch block create gitlab-credentials' says how one is made.";
  const refused: [fields: string[], sentence: string][] = [
    [["credentials=gitlab-credentials/none"], `There is no block 'gitlab-credentials/none' for 'credentials': ${WAY}`],
    [["credentials=string/s"], `'credentials' takes a block of type gitlab-credentials, not of type string: ${WAY}`],
    [["credentials=glpat-S3CR3T"], `'credentials' names no block: ${WAY}`],
    [["credentials=a/b/c"], `'credentials' names no block: ${WAY}`],
    [["credentials.tokn=x"], "'credentials' has no 'tokn'. Did you mean 'token'? It has: token, url."],
    [["credentials=a", "credentials=b"], "The field 'credentials' is given twice: give it once."],
    [["credentials=a", "credentials.url=b"], "'credentials.url' cannot be set: 'credentials' names a block,"],
  ];
  for (const [fields, sentence] of refused) {
    test(`refused: ${fields.join(" ")}`, async () => {
      await shell.make("string", "s", "value=x");
      const { code, err } = await shell.make("gitlab-repository", "r", repository, ...fields);
      expect([code, err]).toEqual([1, expect.stringContaining(sentence)]);
      expect(err).not.toContain("S3CR3T");
      expect(await shell.names()).toEqual(["s"]);
    });
  }
});

describe("types that a client has registered", () => {
  const aws = {
    title: "AwsCredentials",
    type: "object",
    block_type_slug: "aws-credentials",
    properties: {
      aws_access_key_id: { title: "Id", type: "string" },
      aws_secret_access_key: {
        title: "Key",
        description: "A specific secret key.\nMore.",
        type: "string",
        format: "password",
      },
      region_name: { type: "string", enum: ["a", "b"] },
    },
    secret_fields: ["aws_secret_access_key"],
    block_schema_references: {},
  };
  const minio = {
    ...aws,
    title: "MinIOCredentials",
    block_type_slug: "minio-credentials",
    properties: { minio_root_user: { type: "string" } },
    required: ["minio_root_user"],
    secret_fields: [],
  };
  const bucket = {
    ...{ title: "S3Bucket", type: "object", block_type_slug: "s3-bucket", required: ["bucket_name"] },
    properties: {
      bucket_name: { title: "Bucket Name", description: "Name of your bucket.", type: "string", minLength: 3 },
      bucket_folder: { title: "Bucket Folder", default: "", type: "string" },
      credentials: {
        title: "Credentials",
        anyOf: [{ $ref: "#/definitions/AwsCredentials" }, { $ref: "#/definitions/MinIOCredentials" }],
      },
      retries: { anyOf: [{ type: "integer", minimum: 0, maximum: 9 }, { type: "null" }] },
    },
    secret_fields: ["credentials.aws_secret_access_key"],
    block_schema_references: {
      credentials: [{ block_type_slug: "aws-credentials" }, { block_type_slug: "minio-credentials" }],
    },
    definitions: { AwsCredentials: aws, MinIOCredentials: minio },
  };

  beforeEach(() =>
    shell.api(async ({ client }) => {
      for (const fields of [aws, minio, bucket]) {
        const body = { name: fields.title, slug: fields.block_type_slug, description: `\nHolds ${fields.title}.` };
        const { id } = await client.call(createBlockType, { body });
        const schema = { block_type_id: id, fields, capabilities: ["get-directory"] };
        await client.call(createBlockSchema, { body: schema });
      }
    }),
  );

  test("a bucket of prefect-aws with its credentials", async () => {
    shell.terminal.piped = "s3cr3t\n";
    expect((await shell.make("aws-credentials", "me", "aws_access_key_id=A", "aws_secret_access_key=-")).code).toBe(0);
    const ran = await shell.make(
      "s3-bucket",
      "dev",
      "bucket_name=flows",
      "credentials=aws-credentials/me",
      "retries=null",
    );
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(ran.out).toContain('await StorageBlock.load("s3-bucket/dev")');
    expect((await shell.saved("s3-bucket", "dev")).data).toEqual({
      ...{ bucket_name: "flows", bucket_folder: "", retries: null },
      credentials: { aws_access_key_id: "A", aws_secret_access_key: "s3cr3t" },
    });
  });

  test("its fields are told, with their own descriptions", async () => {
    const { out } = await shell.orch("create", "s3-bucket");
    expect(out).toMatch(/^s3-bucket: Holds S3Bucket\.$/m);
    expect(out).toMatch(/^bucket_name +text +required +Name of your bucket\.$/m);
    expect(out).toMatch(/^credentials +block +– +Give it as aws-credentials\/NAME or minio-credentials\/NAME\.$/m);
    expect(out).toMatch(/^retries +whole number +–$/m);
    expect((await shell.orch("create", "aws-credentials")).out).toMatch(/text, secret +– +A specific secret key\.$/m);
  });

  const refused: [field: string, sentence: string][] = [
    ["bucket_name=b", "'bucket_name' must have at least 3 letters."],
    ["retries=10", "'retries' must be at most 9."],
    ["retries=s3cr3t", "'retries' must be a whole number."],
    ["credentials.region_name=c", "'credentials.region_name' must be one of a, b."],
    ['credentials={"aws_access_key_id": 1, "region_name": "c"}', `'credentials.region_name' must be one of "a", "b".`],
    ["credentials=me", "'credentials' names no block: give it as aws-credentials/NAME;"],
  ];
  for (const [field, sentence] of refused) {
    test(`refused: ${field}`, async () => {
      const { code, err } = await shell.make("s3-bucket", "dev", "bucket_name=flows", field);
      expect([code, err]).toEqual([1, expect.stringContaining(sentence)]);
      expect(await shell.names()).toEqual([]);
    });
  }
});
