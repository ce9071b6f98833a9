// Requests to a service that answers as a test says: failures as sentences, repeats, pieces of a large file.
import { afterEach, expect, test } from "bun:test";
import type { JsonObject } from "#lib/json.ts";
import { TryAgain } from "#storage/file-store.ts";
import { gcsOptions } from "#storage/gcs/options.ts";
import { gcsStore, type PieceSizes } from "#storage/gcs/store.ts";
import { storedTree } from "#storage/transfer/stored-tree.ts";

const TOKEN = "ya29.s3cret-token";
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

function service(answer: (request: Request) => Response | Promise<Response>) {
  const seen: Seen[] = [];
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch(request) {
      const { pathname, search } = new URL(request.url);
      seen.push({ method: request.method, path: pathname + search, headers: new Headers(request.headers) });
      return answer(request);
    },
  });
  servers.add(server);
  const url = server.url.origin;
  const store = (settings: JsonObject = {}, sizes: Partial<PieceSizes> = {}) =>
    gcsStore(gcsOptions("bucket", { token: TOKEN, endpoint_url: url, ...settings }, {}), {
      ...{ wholeBytes: 1000, pieceBytes: 400, mostPieceBytes: 400, pageFiles: 10 },
      ...sizes,
    });
  return { seen, store, url };
}

const failure = (status: number, message: string, reason = "", headers = {}) =>
  Response.json({ error: { code: status, message, errors: [{ reason }] } }, { status, headers });
const ONE = new Uint8Array([1]);

test("blocks 8: the token, and who pays, are in each request; names are one part of the path", async () => {
  const { seen, store } = service(() => new Response("{}"));
  const bucket = store({ requester_pays: "payer" });
  await bucket.write("a b/ü+?", ONE);
  await (await bucket.read("a b/ü+?")).bytes();
  await bucket.remove("a b/ü+?");
  for await (const _ of bucket.list("x")) expect.unreachable();
  expect(seen.every(({ headers }) => headers.get("authorization") === `Bearer ${TOKEN}`)).toBe(true);
  expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "POST /upload/storage/v1/b/bucket/o?uploadType=media&name=a+b%2F%C3%BC%2B%3F&userProject=payer",
    "GET /storage/v1/b/bucket/o/a%20b%2F%C3%BC%2B%3F?alt=media&userProject=payer",
    "DELETE /storage/v1/b/bucket/o/a%20b%2F%C3%BC%2B%3F?userProject=payer",
    "GET /storage/v1/b/bucket/o?prefix=x%2F&maxResults=10&fields=items%28name%2Csize%29%2CnextPageToken&userProject=payer",
  ]);
});

test("failures are sentences without the token, and are not asked for again", async () => {
  const cases: [Response, string][] = [
    [
      failure(403, `No access with ${TOKEN}.`),
      "The Google credentials of the block do not allow storage.objects.create on 'gs://bucket/a' (No access with ***).",
    ],
    [
      failure(401, "Invalid Credentials"),
      "The Google credentials of the block are refused by URL (Invalid Credentials).",
    ],
    [
      failure(404, "The specified bucket does not exist."),
      "There is no bucket 'bucket' at URL. Create it, or correct the name in the block.",
    ],
    [
      failure(400, "Bucket is a requester pays bucket but no user project provided."),
      "The bucket 'bucket' requires the requester to pay",
    ],
    [failure(412, "Odd."), "URL answered 412 to storage.objects.create on 'gs://bucket/a': Odd."],
    [new Response("<html>s", { status: 418 }), "URL answered 418 to storage.objects.create on 'gs://bucket/a'."],
  ];
  for (const [answer, sentence] of cases) {
    const { store, url, seen } = service(() => answer);
    const error = await store()
      .write("a", ONE)
      .catch((thrown) => thrown);
    expect(error.message).toContain(sentence.replace("URL", url));
    expect(error).toMatchObject({ name: "OrchError" });
    expect(error.message).not.toContain(TOKEN);
    expect(seen).toHaveLength(1);
  }
});

test("without credentials the sentence says so", async () => {
  const { store } = service(() => failure(401, "Anonymous caller does not have storage.objects.get access."));
  await expect(store({ token: "anon" }).read("a")).rejects.toThrow(
    "Requests without credentials do not allow storage.objects.get on 'gs://bucket/a' (Anonymous caller",
  );
});

test("a file that is not there is not_found, and removed already", async () => {
  const { store } = service(() => new Response("No such object: bucket/a", { status: 404 }));
  await expect(store().read("a")).rejects.toMatchObject({ code: "not_found" });
  await store().remove("a");
  const gone = service(() => failure(404, "The specified bucket does not exist."));
  await expect(gone.store().read("a")).rejects.toMatchObject({ code: "invalid" });
});

test("blocks 13: a service that is busy is asked again, when it says so", async () => {
  const now = { "retry-after": "0" };
  const answers = [
    failure(429, "Slow down", "rateLimitExceeded", now),
    failure(503, "Backend error", "", now),
    failure(403, "Too many", "userRateLimitExceeded", now),
    failure(408, "Late", "", now),
  ];
  const { seen, store } = service(() => answers.shift() ?? new Response("{}"));
  await storedTree(store()).writePath("a", ONE);
  expect(seen).toHaveLength(5);
  const busy = service(() => failure(503, "Backend error"));
  await expect(busy.store().write("a", ONE)).rejects.toBeInstanceOf(TryAgain);
});

/** As the service keeps the pieces of an upload: `fails` answers in its place. */
function uploads(fails: (from: number, calls: number) => Response | undefined) {
  let content = "";
  let calls = 0;
  const made = service(async (request) => {
    if (request.method === "POST") {
      return new Response("", { headers: { location: "http://0.0.0.0:1/upload/here?upload_id=a%2Fb" } });
    }
    calls += 1;
    const [, from, total] = /^bytes (?:\*|(\d+)-\d+)\/(\d+)$/.exec(request.headers.get("content-range") ?? "") ?? [];
    const failed = fails(Number(from ?? -1), calls);
    if (failed?.status === 404) return failed;
    const body = await request.text();
    // What came before a cut is kept as far as it came.
    if (from !== undefined) content = content.slice(0, Number(from)) + (failed ? body.slice(0, 256) : body);
    if (failed) return failed;
    if (content.length === Number(total)) return Response.json({ size: total });
    return new Response("", { status: 308, headers: { range: `bytes=0-${content.length - 1}` } });
  });
  return { ...made, content: () => content };
}
const LARGE = Array.from({ length: 1234 }, (_, index) => String(index % 10)).join("");

test("a large file goes in pieces; after a failure it goes on where the service is", async () => {
  const plain = uploads(() => undefined);
  await plain.store().write("large", new Blob([LARGE]));
  expect(plain.content()).toBe(LARGE);
  expect(plain.seen.map(({ headers }) => headers.get("content-range"))).toEqual([
    null,
    "bytes 0-399/1234",
    "bytes 400-799/1234",
    "bytes 800-1199/1234",
    "bytes 1200-1233/1234",
  ]);
  expect(plain.seen[1]?.path).toBe("/upload/here?upload_id=a%2Fb");

  const cut = uploads((from, calls) =>
    from === 400 && calls === 2 ? failure(503, "", "", { "retry-after": "0" }) : undefined,
  );
  await cut.store().write("large", new Blob([LARGE]));
  expect(cut.content()).toBe(LARGE);
  expect(cut.seen.map(({ headers }) => headers.get("content-range")).slice(2, 5)).toEqual([
    "bytes 400-799/1234",
    "bytes */1234",
    "bytes 656-1055/1234",
  ]);
});

test("quick pieces grow, up to the most", async () => {
  const { seen, store, content } = uploads(() => undefined);
  await store({}, { pieceBytes: 100, mostPieceBytes: 400 }).write("large", new Blob([LARGE]));
  expect(content()).toBe(LARGE);
  expect(seen.slice(1).map(({ headers }) => headers.get("content-range"))).toEqual([
    ...["bytes 0-99/1234", "bytes 100-299/1234", "bytes 300-699/1234", "bytes 700-1099/1234", "bytes 1100-1233/1234"],
  ]);
});

test("an upload that the service has forgotten begins again", async () => {
  const { store } = uploads((from) => (from === 800 ? new Response("", { status: 404 }) : undefined));
  await expect(store().write("large", new Blob([LARGE]))).rejects.toBeInstanceOf(TryAgain);
});
