// What a block, adlfs's settings and Azure's variables make of a container, and how requests are signed.
import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import type { JsonObject } from "#lib/json.ts";
import { azureOptions } from "#storage/azure/options.ts";
import { signature, textToSign } from "#storage/azure/shared-key.ts";

const KEY = Buffer.from("s3cret key of the account").toString("base64");
const options = (settings: JsonObject = {}, env: Record<string, string> = {}, path = "box/base") =>
  azureOptions(path, settings, env);

describe("blocks 7: the account", () => {
  const endpoint = (connection: string) => options({ connection_string: connection }).endpoint;

  test("a connection string names it, in any of the forms that Microsoft documents", () => {
    const named = `AccountName=acc;AccountKey=${KEY}`;
    expect(endpoint(`DefaultEndpointsProtocol=https;${named};EndpointSuffix=core.windows.net`)).toBe(
      "https://acc.blob.core.windows.net",
    );
    expect(endpoint(`DefaultEndpointsProtocol=http;${named};EndpointSuffix=core.chinacloudapi.cn`)).toBe(
      "http://acc.blob.core.chinacloudapi.cn",
    );
    expect(endpoint(`${named};BlobEndpoint=http://localhost:1/acc/;`)).toBe("http://localhost:1/acc");
    expect(endpoint(` accountname = acc ; ACCOUNTKEY = ${KEY}\n`)).toBe("https://acc.blob.core.windows.net");
    expect(endpoint("UseDevelopmentStorage=true")).toBe("http://127.0.0.1:10000/devstoreaccount1");
    expect(endpoint("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite/")).toBe(
      "http://azurite:10000/devstoreaccount1",
    );
    expect(endpoint("BlobEndpoint=https://acc.blob.lan/;SharedAccessSignature=sv=1&sig=a%2Bb=")).toBe(
      "https://acc.blob.lan",
    );
  });

  test("what is none is refused, without what was given", () => {
    const secret = "s3cret-part";
    const cases: [JsonObject, string][] = [
      [{ connection_string: secret }, "The connection string of the block has no AccountName. Copy it whole"],
      [{ connection_string: `AccountName=${secret}` }, "has no AccountKey. Copy it whole"],
      [{ connection_string: `BlobEndpoint=https://x;AccountKey=${KEY}` }, "has a key, but no AccountName"],
      [{ connection_string: `AccountName=a;AccountKey=${secret}` }, "The account key of the block is none"],
      [{ account_name: "acc", account_key: `${secret}!` }, "it is not Base64"],
      [{ account_name: `https://${secret}.blob.core.windows.net` }, "The block's account name is none"],
      [{ account_name: "acc", account_host: `ftp://${secret}` }, "The address of the block's Azure account is none"],
      [{}, "The block names no Azure storage account. Give it an azure_storage_connection_string"],
      [{ account_name: "acc", client_id: "c", client_secret: secret }, "has a client secret, but no tenant ID"],
      [{ account_name: "acc", tenant_id: "t", client_secret: secret }, "has a client secret, but no client ID"],
    ];
    for (const [settings, sentence] of cases) {
      expect(() => options(settings)).toThrow(sentence);
      expect(() => options(settings)).not.toThrow(secret);
    }
  });

  test("by its name it is Azure's, or where a host or the address says; variables take the place of what is missing", () => {
    expect(options({ account_name: "acc" }).endpoint).toBe("https://acc.blob.core.windows.net");
    expect(options({ account_name: "acc", account_host: "acc.blob.lan" }).endpoint).toBe("https://acc.blob.lan");
    expect(options({}, {}, "abfss://box@acc.dfs.core.windows.net/base")).toMatchObject({
      ...{ container: "box", base: "base", endpoint: "https://acc.blob.core.windows.net" },
    });
    expect(options({}, { AZURE_STORAGE_ACCOUNT: "acc", AZURE_STORAGE_KEY: KEY }).login.name).toBe(
      "The account key of the block",
    );
    expect(options({}, { AZURE_STORAGE_CONNECTION_STRING: "UseDevelopmentStorage=true" }).endpoint).toContain(
      ":10000/",
    );
  });

  test("for people its name is hidden, as Prefect keeps it secret", () => {
    expect(options({ account_name: "acc" }).shownEndpoint).toBe("https://***.blob.core.windows.net");
    expect(options({ connection_string: "UseDevelopmentStorage=true" }).shownEndpoint).toBe("http://127.0.0.1:10000");
  });

  test("blocks 3: the container is written with and without slashes and scheme; what names none is refused", () => {
    for (const path of ["box/a/b", "/box//a/b/", "az://box/a/b", "abfs://box/a/b/"]) {
      expect(options({ account_name: "acc" }, {}, path)).toMatchObject({ container: "box", base: "a/b" });
    }
    expect(options({ account_name: "acc" }, {}, "$web").base).toBe("");
    for (const path of ["", "/", "a b/c"])
      expect(() => options({ account_name: "acc" }, {}, path)).toThrow("no container");
  });
});

test("blocks 7: who logs in: the key, else a signature, else a service principal, else as anon says", () => {
  const name = (settings: JsonObject, env: Record<string, string> = {}) =>
    options({ account_name: "acc", ...settings }, env).login.name;
  const principal = { tenant_id: "t", client_id: "c", client_secret: "s" };
  expect(name({ account_key: KEY, sas_token: "sig=1", ...principal })).toBe("The account key of the block");
  expect(name({ sas_token: "?sig=1", ...principal })).toBe("The shared access signature of the block");
  expect(name({ credential: "sv=1&sig=1" })).toBe("The shared access signature of the block");
  expect(name({ ...principal, anon: true })).toBe("The service principal of the block");
  expect(name({})).toBeNull();
  expect(name({ anon: true })).toBeNull();
  expect(name({ anon: false })).toBe("The Azure identity of this machine");
  expect(name({ anon: "False" })).toBe("The Azure identity of this machine");
  expect(name({}, { AZURE_STORAGE_ANON: "false" })).toBe("The Azure identity of this machine");
});

test("blocks 7: a managed identity is the machine's own, or the one that the block names; it is asked once for a token", async () => {
  const asked: string[] = [];
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch({ url }) {
      asked.push(new URL(url).search);
      return Response.json({ access_token: "of-machine", expires_on: "4070908800", token_type: "Bearer" });
    },
  });
  const variables = { IDENTITY_ENDPOINT: `${server.url.origin}/token`, IDENTITY_HEADER: "header" };
  Object.assign(process.env, variables); // the library reads the process's own environment
  try {
    for (const [settings, query] of [
      [{ anon: false }, "resource=https%3A%2F%2Fstorage.azure.com"],
      [{ anon: false, client_id: "mine" }, "client_id=mine"],
    ] as const) {
      const { login } = options({ account_name: "acc", ...settings });
      const request = { method: "GET", url: new URL("https://acc"), headers: new Headers() };
      const secrets = await Promise.all([login.sign(request), login.sign(request)]);
      await login.sign(request);
      expect(secrets[0]).toContain("of-machine");
      expect(request.headers.get("authorization")).toBe("Bearer of-machine");
      expect(asked).toEqual([expect.stringContaining(query)]);
      asked.length = 0;
    }
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
    await server.stop(true);
  }
});

test("settings that change nothing are named, those of adlfs itself are not", () => {
  expect(options({ account_name: "acc", odd: 1, max_concurrency: 3, anon: true, tenant_id: "" }).notes).toEqual([
    "Settings of the block that are not used: 'odd'.",
  ]);
});

describe("blocks 7: the signature of the account's key", () => {
  const headers = (values: Record<string, string>) => new Headers(values);

  test("signs what Microsoft's example signs", () => {
    const request = {
      method: "GET",
      url: new URL("https://myaccount.blob.core.windows.net/mycontainer?restype=container&comp=metadata&timeout=20"),
      headers: headers({ "x-ms-version": "2015-02-21", "x-ms-date": "Fri, 26 Jun 2015 23:39:12 GMT" }),
    };
    const text =
      "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20";
    expect(textToSign(request, "myaccount")).toBe(text);
    const hmac = createHmac("sha256", Buffer.from(KEY, "base64")).update(text).digest("base64");
    expect(signature(request, "myaccount", KEY)).toBe(hmac);
  });

  test("an empty body has no length, a content has; names are signed as they are sent, queries as they are meant", () => {
    const url = new URL("http://host/acc/box/a%20b%2B?Prefix=x%20y&comp=list");
    const put = { method: "PUT", url, headers: headers({ "content-length": "0", "content-type": "text/x" }) };
    expect(textToSign(put, "acc")).toBe(
      "PUT\n\n\n\n\ntext/x\n\n\n\n\n\n\n/acc/acc/box/a%20b%2B\ncomp:list\nprefix:x y",
    );
    put.headers.set("content-length", "12");
    expect(textToSign(put, "acc")).toStartWith("PUT\n\n\n12\n");
  });
});
