// Requests to a service that answers as a test says: other regions, failures as sentences, repeats, parts.
import { afterEach, describe, expect, test } from "bun:test";
import type { JsonObject } from "#lib/json.ts";
import { TryAgain } from "#storage/file-store.ts";
import { networkFailure } from "#storage/http.ts";
import { openStorage } from "#storage/registry.ts";
import { s3Options } from "#storage/s3/options.ts";
import { s3Store } from "#storage/s3/store.ts";
import { storedTree } from "#storage/transfer/stored-tree.ts";

const SECRET = "wJalrXUtnFEMI/K7MDENG";
type Answers = (request: Request) => Response | Promise<Response>;

const servers = new Set<Bun.Server<undefined>>();
afterEach(async () => {
  for (const server of servers) await server.stop(true);
  servers.clear();
});

interface Seen {
  method: string;
  path: string;
  headers: Headers;
}

function service(answer: Answers) {
  const seen: Seen[] = [];
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch(request) {
      seen.push({ method: request.method, path: new URL(request.url).pathname, headers: new Headers(request.headers) }); // gone with the request
      return answer(request);
    },
  });
  servers.add(server);
  const store = (settings: JsonObject = {}) =>
    s3Store(
      s3Options(
        "bucket",
        { key: "AKIA123", secret: SECRET, endpoint_url: server.url.origin, ...settings },
        { HOME: "/none" },
      ),
      { wholeBytes: 1000, partBytes: 400 },
    );
  return { seen, store, url: server.url.origin };
}

const failure = (status: number, code: string, more = "", headers: Record<string, string> = {}) =>
  new Response(`<?xml version="1.0"?><Error><Code>${code}</Code>${more}</Error>`, { status, headers });
const regionOf = (request: Pick<Seen, "headers">) =>
  /Credential=\w+\/\d+\/([^/]+)\//.exec(request.headers.get("authorization") ?? "")?.[1];

test("blocks 1: the region that the service names is asked from then on", async () => {
  for (const redirect of [
    failure(301, "PermanentRedirect", "", { "x-amz-bucket-region": "eu-west-1" }),
    failure(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"),
    failure(307, "TemporaryRedirect", "", { "x-amz-bucket-region": "eu-west-1" }),
  ]) {
    const { seen, store } = service((request) =>
      regionOf(request) === "eu-west-1" ? new Response("1") : redirect.clone(),
    );
    const bucket = store();
    await bucket.write("a", new Uint8Array([1]));
    await bucket.write("b", new Uint8Array([1]));
    expect(seen.map(regionOf)).toEqual(["us-east-1", "eu-west-1", "eu-west-1"]);
  }
});

test("blocks 1: a redirect to another host is followed, one without an end is not", async () => {
  const other = service(() => new Response("1"));
  const { store } = service(({ url }) => Response.redirect(url.replace(/:\d+/, `:${new URL(other.url).port}`), 307));
  await store().write("a", new Uint8Array([1]));
  expect(other.seen.map(({ method }) => method)).toEqual(["PUT"]);
  const circle = service(() => failure(301, "PermanentRedirect", "", { "x-amz-bucket-region": crypto.randomUUID() }));
  await expect(circle.store().write("a", new Uint8Array([1]))).rejects.toThrow("answered 301 PermanentRedirect");
  expect(circle.seen).toHaveLength(4);
});

test("blocks 1: encryption and requester pays are in the requests, the session token too", async () => {
  const { seen, store } = service(() => new Response("1"));
  const bucket = store({
    ...{ token: "session", requester_pays: true },
    s3_additional_kwargs: { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "key-1" },
  });
  await bucket.write("a", new Uint8Array([1]));
  await (await bucket.read("a")).bytes();
  const [put, get] = seen.map(({ headers }) => headers.toJSON());
  expect(put).toMatchObject({
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": "key-1",
    ...{ "x-amz-security-token": "session", "x-amz-request-payer": "requester" },
    authorization: expect.stringContaining("x-amz-server-side-encryption-aws-kms-key-id"),
  });
  expect(get).toMatchObject({ "x-amz-security-token": "session", "x-amz-request-payer": "requester" });
  expect(get).not.toHaveProperty("x-amz-server-side-encryption");
});

describe("blocks 14: the block 's3-bucket' of prefect-aws is understood", () => {
  const put = async (data: JsonObject) => {
    const { seen, url } = service(() => new Response("1"));
    const text = JSON.stringify({ bucket_name: "bucket", ...data }).replaceAll("URL", url);
    const storage = await openStorage("s3-bucket", JSON.parse(text));
    await storage.writePath("a", new Uint8Array([1]));
    return seen.at(-1);
  };
  const ofAws = {
    aws_access_key_id: "AKIA",
    aws_secret_access_key: "s",
    aws_session_token: "t",
    region_name: "eu-west-1",
  };
  const ofMinio = { minio_root_user: "root", minio_root_password: "s" };
  const client = { endpoint_url: "URL", use_ssl: true, verify: true, verify_cert_path: null, api_version: null };

  test("with the credentials of AWS", async () => {
    const credentials = { ...ofAws, profile_name: null, aws_client_parameters: { ...client, config: null } };
    const sent = await put({ credentials, bucket_folder: "base/" });
    expect(sent?.path).toBe("/bucket/base/a");
    expect(sent?.headers.get("authorization")).toContain("Credential=AKIA/");
    expect(sent?.headers.get("authorization")).toContain("/eu-west-1/s3/");
    expect(sent?.headers.get("x-amz-security-token")).toBe("t");
  });

  test("with those of MinIO, and as its first releases had it", async () => {
    const sent = await put({ credentials: { ...ofMinio, aws_client_parameters: client } });
    expect([sent?.path, sent?.headers.get("authorization")]).toEqual(["/bucket/a", expect.stringContaining("=root/")]);
    const old = await put({ minio_credentials: ofMinio, basepath: "base", endpoint_url: "URL" });
    expect([old?.path, old?.headers.get("authorization")]).toEqual([
      "/bucket/base/a",
      expect.stringContaining("=root/"),
    ]);
  });
});

test("without credentials nothing is signed", async () => {
  const { seen, store } = service(() => new Response("1"));
  await store({ anon: true }).read("a");
  expect(seen[0]?.headers.has("authorization")).toBe(false);
});

describe("a failure is a sentence without the key", () => {
  const message = `<Message>It is ${SECRET}.</Message>`;
  const times = "<RequestTime>20261127T120000Z</RequestTime><ServerTime>2026-11-27T19:00:00Z</ServerTime>";
  const cases: [number, string, string, string][] = [
    [
      403,
      "InvalidAccessKeyId",
      message,
      "The credentials of the block are refused by URL: it does not know this access key ID.",
    ],
    [403, "SignatureDoesNotMatch", message, "the secret access key is not that of the access key ID"],
    [
      403,
      "AccessDenied",
      "<Message>Access Denied</Message>",
      "The credentials of the block do not allow s3:PutObject on 's3://bucket/a'.",
    ],
    [403, "AccessDenied", message, "do not allow s3:PutObject on 's3://bucket/a' (It is ***)."],
    [404, "NoSuchBucket", "", "There is no bucket 'bucket' at URL."],
    [400, "ExpiredToken", message, "The credentials of the block have expired."],
    [400, "InvalidToken", message, "the session token is not valid"],
    [
      403,
      "RequestTimeTooSkewed",
      times,
      "The clock of this machine says 20261127T120000Z, that of URL 2026-11-27T19:00:00Z",
    ],
    [
      400,
      "KMS.DisabledException",
      message,
      "URL answered 400 KMS.DisabledException to s3:PutObject on 's3://bucket/a': It is ***.",
    ],
    [
      507,
      "XMinioStorageFull",
      "<Message>Disk full</Message>",
      "XMinioStorageFull to s3:PutObject on 's3://bucket/a': Disk full.",
    ],
  ];
  for (const [status, code, more, sentence] of cases) {
    test(`${code} ${more === message ? "with a message" : ""}`, async () => {
      const { store, url, seen } = service(() => failure(status, code, more));
      const error = await store()
        .write("a", new Uint8Array([1]))
        .catch((thrown) => thrown);
      expect(error).toMatchObject({ name: "OrchError" });
      expect(error.message).toContain(sentence.replace("URL", url));
      expect(error.message).not.toContain(SECRET);
      expect(error.message).not.toContain("AKIA123");
      expect(seen).toHaveLength(1);
    });
  }

  test("a certificate that is not trusted is refused at once", () => {
    const thrown = Object.assign(new TypeError("self signed certificate"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(networkFailure(thrown, "https://minio", "Trust it.")).toMatchObject({
      code: "invalid",
      message: expect.stringContaining(
        "The certificate of https://minio is not trusted: it is signed by itself. Trust it.",
      ),
    });
  });
});

test("blocks 13: a service that is busy is asked again, when it says so", async () => {
  const answers = [
    failure(503, "SlowDown", "", { "retry-after": "0" }),
    failure(500, "InternalError", "", { "retry-after": "0" }),
    failure(400, "RequestTimeout", "", { "retry-after": "0" }),
  ];
  const { seen, store } = service(() => answers.shift() ?? new Response("1"));
  await storedTree(store()).writePath("a", new Uint8Array([1]));
  expect(seen).toHaveLength(4);
  const busy = service(() => failure(503, "SlowDown"));
  await expect(busy.store().write("a", new Uint8Array([1]))).rejects.toBeInstanceOf(TryAgain);
});

test("a large file goes in parts; where they cannot be joined they are given up", async () => {
  const parts = new Map<string, string>();
  let joined = "";
  const { seen, store } = service(async (request) => {
    const { searchParams } = new URL(request.url);
    if (searchParams.has("uploads")) return new Response("<R><UploadId>a/b+c</UploadId></R>");
    if (searchParams.get("uploadId") !== "a/b+c") return failure(404, "NoSuchUpload");
    const part = searchParams.get("partNumber");
    if (part === null) {
      joined = await request.text();
      return new Response(request.method === "DELETE" ? "" : "<R><ETag>whole</ETag></R>");
    }
    parts.set(part, await request.text());
    return new Response("", { headers: { etag: `"<${part}>"` } });
  });
  const content = Array.from({ length: 1234 }, (_, index) => String(index % 10)).join("");
  await store().write("large", new Blob([content]));
  expect(["1", "2", "3", "4"].map((part) => parts.get(part)).join("")).toBe(content);
  expect(joined).toContain("<Part><PartNumber>2</PartNumber><ETag>&#34;&#60;2&#62;&#34;</ETag></Part>");
  expect(seen.map(({ method }) => method).toSorted()).toEqual(["POST", "POST", "PUT", "PUT", "PUT", "PUT"]);

  const failing = service(async ({ url, method }) => {
    if (new URL(url).searchParams.has("uploads")) return new Response("<R><UploadId>1</UploadId></R>");
    return method === "POST"
      ? new Response("<Error><Code>InternalError</Code><Message>no room</Message></Error>")
      : new Response("", { headers: { etag: "x" } });
  });
  await expect(failing.store().write("large", new Blob([content]))).rejects.toThrow("were not joined: no room");
  expect(failing.seen.at(-1)?.method).toBe("DELETE");
});
