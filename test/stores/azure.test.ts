// The blocks that reach Azure Blob Storage, against Azurite, which speaks like it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { JsonObject } from "#lib/json.ts";
import { azureOptions } from "#storage/azure/options.ts";
import { azureStore } from "#storage/azure/store.ts";
import { storedTree } from "#storage/transfer/stored-tree.ts";
import { ACCOUNT, ACCOUNT_KEY, type Azurite, accountSignature, possible, startAzurite } from "./azurite.ts";
import { deployAndRun } from "./deployed.ts";
import { objectStoreTests } from "./object-store.ts";

let server: Azurite;
beforeAll(async () => {
  if (possible) server = await startAzurite();
});
afterAll(() => server?.stop());

const SIZES = {
  wholeBytes: 2 * 1024 * 1024,
  blockBytes: 1024 * 1024,
  pageFiles: 100,
  fetched: { partBytes: 1024 * 1024, fastBytesPerMs: Number.POSITIVE_INFINITY },
};
const connection = (url = server.url, key = ACCOUNT_KEY) =>
  `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${key};BlobEndpoint=${withAccount(url)};`;
const withAccount = (url: string) => (url.endsWith(ACCOUNT) ? url : `${url}/${ACCOUNT}`);
const store = (path: string, settings: JsonObject) => azureStore(azureOptions(path, settings, {}), SIZES);

describe.skipIf(!possible)("Azure Blob Storage", () => {
  objectStoreTests(
    {
      ...{ scheme: "az", place: "container", start: startAzurite },
      store: (path, url) => store(path, { connection_string: connection(url) }),
      without: ["back\\slash"], // Azure takes it for a slash
    },
    () => server,
  );

  test("blocks 4: folders of accounts that have them are no files", async () => {
    const container = await server.bucket();
    await server.put(container, "base/folder", "", { hdi_isfolder: "true" });
    await server.put(container, "base/folder/flow.ts", "1");
    const found: string[] = [];
    for await (const { path } of store(`${container}/base`, { connection_string: connection() }).list("")) {
      found.push(path);
    }
    expect(found).toEqual(["folder/flow.ts"]);
  });

  test("blocks 7: by account and key, by a shared access signature, by a connection string with one", async () => {
    const container = await server.bucket();
    const host = { account_name: ACCOUNT, account_host: server.url };
    const signature = accountSignature("rwdlc");
    const ways: JsonObject[] = [
      { ...host, account_key: ACCOUNT_KEY },
      { ...host, sas_token: `?${signature}` },
      { ...host, credential: signature },
      { connection_string: `BlobEndpoint=${server.url};SharedAccessSignature=${signature}` },
    ];
    for (const [index, settings] of ways.entries()) {
      const storage = storedTree(store(container, settings));
      await storage.writePath(`a b/${index}+.txt`, Buffer.from(`${index}`));
      expect(Buffer.from(await storage.readPath(`a b/${index}+.txt`)).toString()).toBe(`${index}`);
    }
  });

  test("what is refused is a sentence without the key, or the signature", async () => {
    const container = await server.bucket();
    await server.put(container, "a", "1");
    const other = Buffer.from("another key").toString("base64");
    const [reading, ended] = [accountSignature("r"), accountSignature("rwdlc", "2020-01-01T00:00:00Z")];
    const host = { account_name: ACCOUNT, account_host: server.url };
    const cases: [JsonObject, string][] = [
      [{ connection_string: connection(server.url, other) }, "The account key of the block is refused by "],
      [{ ...host, sas_token: reading }, "The shared access signature of the block does not allow Put Blob on "],
      [{ ...host, sas_token: ended }, "The shared access signature of the block is refused by "],
      [host, "A request without credentials does not allow Put Blob on "],
    ];
    for (const [settings, sentence] of cases) {
      const error = await storedTree(store(container, settings))
        .writePath("a", Buffer.from("2"))
        .catch((thrown) => thrown);
      expect(error.message).toStartWith(sentence);
      for (const secret of [other, ACCOUNT_KEY, reading, ended, ACCOUNT]) expect(error.message).not.toContain(secret);
    }
    expect(
      Buffer.from(await storedTree(store(container, { ...host, sas_token: reading })).readPath("a")).toString(),
    ).toBe("1");
  });

  test("blocks 7: a flow is deployed from one home and run by an agent with another", async () => {
    const fields = { bucket_path: `${await server.bucket()}/base`, azure_storage_connection_string: connection() };
    await deployAndRun("azure", fields, "flows/hello", { secrets: [ACCOUNT_KEY, ACCOUNT] });
  });

  test("blocks 7: so it is by an address of a remote file system", async () => {
    const settings = { account_name: ACCOUNT, account_key: ACCOUNT_KEY, account_host: server.url };
    const fields = { basepath: `abfs://${await server.bucket()}/base`, settings };
    await deployAndRun("remote-file-system", fields, "flows", { secrets: [ACCOUNT_KEY] });
  });
});
