// What a block, gcsfs's settings and Google's variables make of a bucket, and which credentials are used.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "#lib/json.ts";
import { gcsOptions } from "#storage/gcs/options.ts";

let home: string;
const VARIABLES = ["GOOGLE_APPLICATION_CREDENTIALS", "GCE_METADATA_HOST", "METADATA_SERVER_DETECTION", "HOME"];
const before = VARIABLES.map((name) => [name, process.env[name]] as const);
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "orch-gcs-"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const options = (settings: JsonObject = {}, env: Record<string, string> = {}) =>
  gcsOptions("bucket/base", settings, env);

describe("blocks 8: where the bucket is", () => {
  test("it is Google's, an emulator's, or where the settings say", () => {
    const emulator = { STORAGE_EMULATOR_HOST: "localhost:4443" };
    expect(options()).toMatchObject({ bucket: "bucket", base: "base", endpoint: "https://storage.googleapis.com" });
    expect(options({}, emulator).endpoint).toBe("http://localhost:4443");
    expect(options({}, { STORAGE_EMULATOR_HOST: "https://gcs.lan/" }).endpoint).toBe("https://gcs.lan");
    expect(options({ endpoint_url: "https://mine:1/path/" }, emulator).endpoint).toBe("https://mine:1/path");
    expect(() => options({ endpoint_url: "ftp://x" })).toThrow("The endpoint 'ftp://x' of Google Cloud Storage");
    expect(() => options({}, { STORAGE_EMULATOR_HOST: "http://" })).toThrow("is no address");
  });

  test("blocks 3: it is written with and without slashes and scheme; what names none is refused", () => {
    for (const path of ["b/x/y", "/b//x/y/", "gs://b/x/y", "gcs://b/x/y/"]) {
      expect(gcsOptions(path, {}, {})).toMatchObject({ bucket: "b", base: "x/y" });
    }
    expect(gcsOptions("b", {}, {}).base).toBe("");
    for (const path of ["", "/", "gs://", "a b/c"]) expect(() => gcsOptions(path, {}, {})).toThrow("names no bucket");
  });

  test("who pays is the block's project, or another that is named", () => {
    const paying = (settings: JsonObject, env = {}) => options(settings, env).payingProject;
    expect(paying({ project: "p" })).toBeUndefined();
    expect(paying({ project: "p", requester_pays: false })).toBeUndefined();
    expect(paying({ project: "p", requester_pays: true })).toBe("p");
    expect(paying({ requester_pays: true }, { GOOGLE_CLOUD_PROJECT: "q" })).toBe("q");
    expect(paying({ project: "p", requester_pays: "other" })).toBe("other");
    expect(() => paying({ requester_pays: true })).toThrow("but no project that pays");
  });

  test("settings that change nothing are named, those of gcsfs itself are not", () => {
    expect(options({ odd: 1, cache_timeout: 5, access: "read_only" }).notes).toEqual([
      "Settings of the block that are not used: 'odd'.",
    ]);
  });
});

describe("blocks 8: credentials", () => {
  const nameOf = (settings: JsonObject, env = {}) => options(settings, env).source.name;

  test("an emulator gets none; another endpoint only those that the block has", async () => {
    const info = JSON.stringify({ type: "service_account", client_email: "a@b", private_key: "k" });
    expect(nameOf({ service_account_info: info }, { STORAGE_EMULATOR_HOST: "localhost:1" })).toBeNull();
    expect(nameOf({ endpoint_url: "http://localhost:1" })).toBeNull();
    expect(nameOf({ endpoint_url: "http://localhost:1", token: info })).toBe("the block");
    expect(nameOf({ endpoint_url: "https://restricted.googleapis.com" })).toBe("this machine");
    expect(nameOf({})).toBe("this machine");
    expect(nameOf({ token: "google_default" })).toBe("this machine");
    expect(nameOf({ token: "anon" })).toBeNull();
    expect(await options({ token: "anon" }).source.headers()).toEqual({});
    expect(await options({ token: "ya29.abc" }).source.headers()).toEqual({ authorization: "Bearer ya29.abc" });
  });

  test("what is none is refused, without what was given", () => {
    const secret = "-----BEGIN s3cret";
    const cases: [JsonObject[string], string][] = [
      [`{"private_key": "${secret}`, "is not JSON: copy the whole file"],
      [{ type: "service_account", private_key: secret }, "has no 'client_email'"],
      [{ client_email: "a" }, "has no 'private_key'"],
      ["cache", "is a way of gcsfs alone"],
      ["/no/key.json", "There is no file '/no/key.json'"],
      [secret, "cannot be read. They are not JSON"],
    ];
    for (const [token, sentence] of cases) {
      expect(() => options({ token })).toThrow(sentence);
      expect(() => options({ token })).not.toThrow(secret);
    }
  });

  test("a service account's key asks Google for a token, once; it is in text, in fields or in a file", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = {
      ...{ type: "service_account", client_email: "me@project.iam", private_key_id: "1" },
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
    writeFileSync(join(home, "key.json"), JSON.stringify(key));
    const asked: string[] = [];
    const real = globalThis.fetch;
    globalThis.fetch = Object.assign(
      async (url: unknown, init?: { body?: unknown }) => {
        asked.push(`${url} ${String(init?.body)}`);
        return Response.json({ access_token: "from-google", expires_in: 3600, token_type: "Bearer" });
      },
      { preconnect: real.preconnect },
    );
    try {
      for (const token of [key, JSON.stringify(key), join(home, "key.json")]) {
        asked.length = 0;
        const { source } = options({ token });
        for (let time = 0; time < 2; time += 1) {
          expect(await source.headers()).toMatchObject({ authorization: "Bearer from-google" });
        }
        expect(asked).toHaveLength(1);
        expect(asked[0]).toStartWith("https://oauth2.googleapis.com/token ");
        const claims = /assertion=[^.]+\.([^.]+)\./.exec(asked[0] ?? "")?.[1] ?? "";
        expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
          iss: "me@project.iam",
          scope: "https://www.googleapis.com/auth/devstorage.read_write",
        });
      }
    } finally {
      globalThis.fetch = real;
    }
  });

  test("an identity that may act as a service account does so, by either of Google's files for it", async () => {
    const asked: string[] = [];
    const server = Bun.serve({
      ...{ port: 0, hostname: "127.0.0.1" },
      fetch({ url, headers }) {
        const { pathname } = new URL(url);
        asked.push(`${pathname} ${headers.get("authorization")}`);
        if (pathname === "/token") {
          const issued_token_type = "urn:ietf:params:oauth:token-type:access_token";
          return Response.json({ access_token: "own", expires_in: 3600, token_type: "Bearer", issued_token_type });
        }
        return Response.json({ accessToken: "of-the-account", expireTime: "2099-01-01T00:00:00Z" });
      },
    });
    const { origin } = server.url;
    const account = "/v1/projects/-/serviceAccounts/deploy@p.iam:generateAccessToken";
    const workload = {
      ...{ type: "external_account", audience: "//iam/pool", token_url: `${origin}/token` },
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      credential_source: { file: join(home, "subject") },
    };
    const service_account_impersonation_url = `${origin}${account}`;
    writeFileSync(join(home, "subject"), "subject-token");
    try {
      for (const token of [
        { ...workload, service_account_impersonation_url },
        {
          ...{ type: "impersonated_service_account", source_credentials: workload, endpoint: origin },
          service_account_impersonation_url,
        },
      ]) {
        writeFileSync(join(home, "adc.json"), JSON.stringify(token));
        process.env["GOOGLE_APPLICATION_CREDENTIALS"] = join(home, "adc.json");
        for (const settings of [{}, { token: join(home, "adc.json") }, { token }]) {
          asked.length = 0;
          expect(await options(settings).source.headers()).toMatchObject({ authorization: "Bearer of-the-account" });
          expect(asked).toEqual(["/token null", `${account} Bearer own`]);
        }
      }
    } finally {
      await server.stop(true);
    }
  });

  test("a key that is none is a sentence without it", async () => {
    const token = { type: "service_account", client_email: "a@b", private_key: "s3cret-key" };
    const error = await options({ token })
      .source.headers()
      .catch((thrown) => thrown);
    expect(error.message).toStartWith("The Google credentials of the block are not usable: ");
    expect(error.message).not.toContain("s3cret-key");
  });

  test("a workload's identity is that of a file which application default credentials lead to", async () => {
    const server = Bun.serve({
      ...{ port: 0, hostname: "127.0.0.1" },
      fetch: ({ url }) =>
        url.includes("subject")
          ? new Response("subject-token")
          : Response.json({
              ...{ access_token: "federated", expires_in: 3600, token_type: "Bearer" },
              issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
            }),
    });
    const path = join(home, "wif.json");
    const identity = {
      ...{
        type: "external_account",
        audience: "//iam/pool",
        subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      },
      ...{ token_url: `${server.url.origin}/token`, credential_source: { url: `${server.url.origin}/subject` } },
    };
    writeFileSync(path, JSON.stringify(identity));
    process.env["GOOGLE_APPLICATION_CREDENTIALS"] = path;
    try {
      expect(await options().source.headers()).toMatchObject({ authorization: "Bearer federated" });
    } finally {
      await server.stop(true);
    }
  });

  test("a machine of Google Cloud has its own", async () => {
    const server = Bun.serve({
      ...{ port: 0, hostname: "127.0.0.1" },
      fetch: ({ url }) => {
        const headers = { "metadata-flavor": "Google" };
        if (!url.includes("/token")) return new Response("project", { headers });
        return Response.json({ access_token: "of-machine", expires_in: 3600, token_type: "Bearer" }, { headers });
      },
    });
    delete process.env["GOOGLE_APPLICATION_CREDENTIALS"];
    process.env["HOME"] = home;
    process.env["GCE_METADATA_HOST"] = server.url.host;
    try {
      expect(await options({ token: "cloud" }).source.headers()).toMatchObject({ authorization: "Bearer of-machine" });
    } finally {
      await server.stop(true);
    }
  });

  test("where nothing is found, a sentence says what to do", async () => {
    process.env["GOOGLE_APPLICATION_CREDENTIALS"] = join(home, "none.json");
    await expect(options().source.headers()).rejects.toThrow(
      /^No Google credentials were found: .*none\.json.* Give the block a service account's key, run 'gcloud auth/,
    );
    expect(await Bun.file("dist/assets/google-auth.asset").text()).not.toContain("emitWarning"); // it is one sentence
  });
});
