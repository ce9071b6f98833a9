// The storage blocks of Prefect's collections: what their fields lead to, and what is refused by a sentence.
import { describe, expect, test } from "bun:test";
import type { JsonObject } from "#lib/json.ts";
import { openStorage } from "#storage/registry.ts";

const KEY = Buffer.from("s3cret key of the account").toString("base64");
const place = async (slug: string, data: JsonObject) => (await openStorage(slug, data)).location("f");
const container = (credentials: JsonObject, more: JsonObject = {}) =>
  place("azure-blob-storage-container", { container_name: "box", credentials, ...more });

describe("blocks 14: where the blocks of the collections lead", () => {
  test("gcs-bucket: a bucket and a folder", async () => {
    expect(await place("gcs-bucket", { bucket: "b", bucket_folder: "base/" })).toBe("gs://b/base/f");
    expect(await place("gcs-bucket", { bucket: "b", bucket_folder: "" })).toBe("gs://b/f");
    expect(await place("gcs-bucket", { bucket: "b", gcp_credentials: { project: "p" } })).toBe("gs://b/f");
  });

  test("azure-blob-storage-container: a container and a folder, in the account of its credentials", async () => {
    const connection_string = `AccountName=acc;AccountKey=${KEY}`;
    expect(await container({ connection_string }, { base_folder: "base" })).toBe("az://box/base/f");
    expect(await container({ account_url: "https://acc.blob.core.windows.net" })).toBe("az://box/f");
    expect(await container({ account_url: "https://acc.blob.core.windows.net/?sv=1&sig=s3cret" })).toBe("az://box/f");
  });

  test("a folder is not taken for the bucket that is missing", async () => {
    for (const [slug, data] of [
      ["gcs-bucket", { bucket: "", bucket_folder: "base" }],
      ["s3-bucket", { bucket_name: "", bucket_folder: "base" }],
      ["s3-bucket", { bucket_folder: "base" }],
    ] as const) {
      await expect(place(slug, data)).rejects.toThrow("'' names no bucket. Write 'bucket' or 'bucket/folder'");
    }
    const credentials = { connection_string: `AccountName=acc;AccountKey=${KEY}` };
    const none = place("azure-blob-storage-container", { base_folder: "base", credentials });
    await expect(none).rejects.toThrow("'' names no container.");
  });

  const refused: [what: string, data: [slug: string, data: JsonObject], sentence: string][] = [
    [
      "two keys",
      [
        "gcs-bucket",
        { bucket: "b", gcp_credentials: { service_account_info: { a: "s3cret" }, service_account_file: "f" } },
      ],
      "The credentials of the bucket hold two keys of service accounts. Keep either service_account_info or service_account_file.",
    ],
    [
      "a key that is cut",
      ["gcs-bucket", { bucket: "b", gcp_credentials: { service_account_info: { client_email: "s3cret" } } }],
      "The service account info of the block has no 'private_key'. Copy the whole file of the key, as Google gave it.",
    ],
    [
      "a file of another machine",
      ["gcs-bucket", { bucket: "b", gcp_credentials: { service_account_file: "~/not/there.json" } }],
      "There is no file '/",
    ],
    [
      "no account",
      ["azure-blob-storage-container", { container_name: "box", credentials: {} }],
      "The credentials of the container must hold a connection_string or an account_url such as https://account.blob.core.windows.net, and not both.",
    ],
    [
      "two accounts",
      [
        "azure-blob-storage-container",
        { container_name: "box", credentials: { connection_string: "s3cret", account_url: "https://s3cret.example" } },
      ],
      "must hold a connection_string or an account_url",
    ],
    [
      "an address that is none",
      ["azure-blob-storage-container", { container_name: "box", credentials: { account_url: "s3cret" } }],
      "must hold a connection_string or an account_url",
    ],
    [
      "a password, but no token",
      [
        "bitbucket-repository",
        { repository: "https://b.example/a.git", bitbucket_credentials: { username: "ada", password: "s3cret" } },
      ],
      "The Bitbucket credentials have a password, but no token for git. Save the app password or access token as its 'token'.",
    ],
  ];
  for (const [what, [slug, data], sentence] of refused) {
    test(`${slug}: ${what}: a sentence without what was given`, async () => {
      const { message } = await openStorage(slug, data).then(
        () => expect.unreachable(),
        (error) => error,
      );
      expect(message).toContain(sentence);
      expect(message).not.toContain("s3cret");
    });
  }

  test("the account of an Azure container is that of its credentials, whatever adlfs's variables say", async () => {
    const before = process.env["AZURE_STORAGE_CONNECTION_STRING"];
    process.env["AZURE_STORAGE_CONNECTION_STRING"] = "AccountName=other;AccountKey=none";
    try {
      expect(await container({ account_url: "https://acc.blob.core.windows.net" })).toBe("az://box/f");
    } finally {
      if (before === undefined) delete process.env["AZURE_STORAGE_CONNECTION_STRING"];
      else process.env["AZURE_STORAGE_CONNECTION_STRING"] = before;
    }
  });
});
