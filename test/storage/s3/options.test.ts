// What a block, its settings, AWS's variables and files make of a bucket.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "#lib/json.ts";
import { parseSections } from "#storage/s3/aws-files.ts";
import { s3Options } from "#storage/s3/options.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "orch-aws-"));
  mkdirSync(join(home, ".aws"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const options = (settings: JsonObject = {}, env: Record<string, string> = {}) =>
  s3Options("bucket/base", settings, { HOME: home, ...env });
const awsFiles = (config: string, credentials = "") => {
  writeFileSync(join(home, ".aws/config"), config);
  writeFileSync(join(home, ".aws/credentials"), credentials);
};
const keysOf = async (settings: JsonObject = {}, env: Record<string, string> = {}) => {
  const { source } = options(settings, env);
  return [source.name, await source.keys()] as const;
};

describe("blocks 1: where the bucket is", () => {
  test("without anything it is AWS, by the name of the bucket", () => {
    const { bucket, region } = options();
    expect(bucket).toEqual({ name: "bucket", base: "base", endpoint: null, isPathStyle: false, isSecure: true });
    expect(region).toBe("us-east-1");
  });

  test("the endpoint is the block's, else the environment's, else the profile's", () => {
    awsFiles("[default]\nendpoint_url = http://of-profile\n");
    const endpoint = (settings: JsonObject, env: Record<string, string> = {}) => options(settings, env).bucket.endpoint;
    const both = { AWS_ENDPOINT_URL: "http://of-aws", AWS_ENDPOINT_URL_S3: "http://of-s3" };
    expect(endpoint({ endpoint_url: "http://of-block" }, both)).toBe("http://of-block");
    expect(endpoint({ client_kwargs: { endpoint_url: "http://of-client/" } }, both)).toBe("http://of-client");
    expect(endpoint({}, both)).toBe("http://of-s3");
    expect(endpoint({}, { AWS_ENDPOINT_URL: "http://of-aws" })).toBe("http://of-aws");
    expect(endpoint({})).toBe("http://of-profile");
    expect(endpoint({}, { ...both, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" })).toBeNull();
    awsFiles("[default]\nservices = mine\n[services mine]\ns3 =\n  endpoint_url = http://of-service:9000\n");
    expect(endpoint({})).toBe("http://of-service:9000");
    expect(endpoint({ endpoint_url: "minio:9000", use_ssl: false })).toBe("http://minio:9000");
    expect(() => endpoint({ endpoint_url: "ftp://x" })).toThrow("The endpoint 'ftp://x' is no address");
  });

  test("AWS's own endpoints are no other service: they name the region", () => {
    const { bucket, region } = options({ endpoint_url: "https://s3.eu-central-1.amazonaws.com" });
    expect([bucket.endpoint, bucket.isPathStyle, region]).toEqual([null, false, "eu-central-1"]);
  });

  test("the region is the block's, else the environment's, else the profile's", () => {
    awsFiles("[profile dev]\nregion=of-profile\n");
    const env = { AWS_PROFILE: "dev", AWS_DEFAULT_REGION: "of-default", AWS_REGION: "of-env" };
    expect(options({ client_kwargs: { region_name: "of-block" } }, env).region).toBe("of-block");
    expect(options({}, env).region).toBe("of-env");
    expect(options({}, { ...env, AWS_REGION: "" }).region).toBe("of-default");
    expect(options({}, { AWS_PROFILE: "dev" }).region).toBe("of-profile");
    expect(options({ profile: "dev" }).region).toBe("of-profile");
  });

  test("the bucket is in the path elsewhere, and where a host's name cannot hold it", () => {
    const isPathStyle = (path: string, settings: JsonObject = {}) =>
      s3Options(path, settings, { HOME: home }).bucket.isPathStyle;
    const virtual = { config_kwargs: { s3: { addressing_style: "virtual" } } };
    expect(isPathStyle("bucket")).toBe(false);
    expect(isPathStyle("with.dots")).toBe(true);
    expect(isPathStyle("Capitals_too")).toBe(true);
    expect(isPathStyle("bucket", { config_kwargs: { s3: { addressing_style: "path" } } })).toBe(true);
    expect(isPathStyle("bucket", { endpoint_url: "http://minio:9000" })).toBe(true);
    expect(isPathStyle("bucket", { endpoint_url: "http://minio:9000", ...virtual })).toBe(false);
  });

  test("authorities, encryption and requester pays are as s3fs takes them", () => {
    writeFileSync(join(home, "ca.pem"), "PEM");
    const given = options({
      client_kwargs: { verify: join(home, "ca.pem") },
      s3_additional_kwargs: { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "key-1" },
      requester_pays: true,
    });
    expect(given.tls).toEqual({ ca: "PEM" });
    expect(given.writeHeaders).toEqual({
      "x-amz-server-side-encryption": "aws:kms",
      "x-amz-server-side-encryption-aws-kms-key-id": "key-1",
    });
    expect(given.headers).toEqual({ "x-amz-request-payer": "requester" });
    expect(options({ client_kwargs: { verify: false } }).tls).toEqual({ rejectUnauthorized: false });
    expect(options({}, { AWS_CA_BUNDLE: join(home, "ca.pem") }).tls).toEqual({ ca: "PEM" });
    expect(() => options({}, { AWS_CA_BUNDLE: "/no/ca.pem" })).toThrow("There is no file '/no/ca.pem'");
  });

  test("settings that change nothing are named once, those of s3fs itself are not", () => {
    const { notes } = options({
      default_fill_cache: false,
      acl: "x",
      client_kwargs: { odd: 1 },
      config_kwargs: { proxies: {} },
    });
    expect(notes).toEqual([
      "Settings of the block that are not used: 'acl', 'client_kwargs.odd', 'config_kwargs.proxies'.",
    ]);
    expect(options({ key: "k", secret: "s", anon: false, use_ssl: true }).notes).toEqual([]);
  });
});

describe("credentials", () => {
  const env = { AWS_ACCESS_KEY_ID: "env-key", AWS_SECRET_ACCESS_KEY: "env-secret", AWS_SESSION_TOKEN: "env-token" };
  const ofEnv = { accessKeyId: "env-key", secretAccessKey: "env-secret", sessionToken: "env-token" };

  test("the block's come first, then the environment's, then the profile's", async () => {
    awsFiles(
      "",
      "[default]\naws_access_key_id = p\naws_secret_access_key = q\n[dev]\naws_access_key_id=d\naws_secret_access_key=e\naws_session_token = t\n",
    );
    expect(await keysOf({ key: "k", secret: "s", token: "t" }, env)).toEqual([
      "the block",
      { accessKeyId: "k", secretAccessKey: "s", sessionToken: "t" },
    ]);
    expect(await keysOf({}, env)).toEqual(["the environment (AWS_ACCESS_KEY_ID)", ofEnv]);
    expect((await keysOf({}, { ...env, AWS_PROFILE: "dev" }))[1]).toEqual(ofEnv);
    expect(await keysOf({ profile: "dev" }, env)).toEqual([
      "the AWS profile 'dev'",
      { accessKeyId: "d", secretAccessKey: "e", sessionToken: "t" },
    ]);
    expect((await keysOf())[1]).toEqual({ accessKeyId: "p", secretAccessKey: "q", sessionToken: undefined });
    expect(await keysOf({ anon: true }, env)).toEqual([null, null]);
  });

  test("half of a key, and a profile that is not there, are refused", () => {
    expect(() => options({ key: "k" })).toThrow("The block has no secret access key");
    expect(() => options({ secret: "s" })).toThrow("The block has no access key ID");
    expect(() => options({ profile: "none" })).toThrow("The block names the AWS profile 'none', which is not in");
  });

  test("what only AWS's library can do is left to it: a program that gives credentials", async () => {
    const program = join(home, "program");
    const answer = JSON.stringify({ Version: 1, AccessKeyId: "from-program", SecretAccessKey: "s" });
    writeFileSync(program, `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
    awsFiles(`[profile tool]\ncredential_process = ${program}\n`);
    process.env["AWS_CONFIG_FILE"] = join(home, ".aws/config"); // the library reads the process's own environment
    try {
      const [name, keys] = await keysOf({ profile: "tool" });
      expect(name).toBe("the AWS profile 'tool'");
      expect(keys).toMatchObject({ accessKeyId: "from-program", secretAccessKey: "s" });
    } finally {
      delete process.env["AWS_CONFIG_FILE"];
    }
  });
});

test("AWS's files are read with comments, blanks, quotes and nested values", () => {
  const sections = parseSections(
    '# c\n; c\n[default]\r\nregion = eu-west-1  \r\n\n[profile  "my dev"]\ns3 =\n    addressing_style = path\n    x=y\nkey = a=b # c\n[]\nz=1\n',
  );
  expect([...sections].map(([name, values]) => [name, Object.fromEntries(values)])).toEqual([
    ["default", { region: "eu-west-1" }],
    ["profile my dev", { s3: "", "s3.addressing_style": "path", "s3.x": "y", key: "a=b # c" }],
    ["", { z: "1" }],
  ]);
});
