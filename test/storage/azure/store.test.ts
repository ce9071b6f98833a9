// Requests to a service that answers as a test says: failures as sentences, repeats, entries that are folders.
import { afterEach, expect, test } from "bun:test";
import type { JsonObject } from "#lib/json.ts";
import { azureOptions } from "#storage/azure/options.ts";
import { azureStore } from "#storage/azure/store.ts";
import { TryAgain } from "#storage/file-store.ts";
import { storedTree } from "#storage/transfer/stored-tree.ts";

const KEY = Buffer.from("s3cret key of the account").toString("base64");
const servers = new Set<Bun.Server<undefined>>();
afterEach(async () => {
  for (const server of servers) await server.stop(true);
  servers.clear();
});

function service(answer: (request: Request) => Response | Promise<Response>) {
  const seen: string[] = [];
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch(request) {
      const { pathname, search } = new URL(request.url);
      seen.push(`${request.method} ${pathname}${search}`);
      return answer(request);
    },
  });
  servers.add(server);
  const url = server.url.origin;
  const store = (settings: JsonObject = { account_key: KEY }) =>
    azureStore(azureOptions("box", { account_name: "acc", account_host: url, ...settings }, {}), {
      ...{ wholeBytes: 1000, blockBytes: 400, pageFiles: 10 },
    });
  return { seen, store, url };
}

const failure = (status: number, code: string, message = "", detail = "", headers = {}) => {
  const about = detail === "" ? "" : `<AuthenticationErrorDetail>${detail}</AuthenticationErrorDetail>`;
  const xml = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}\nRequestId:1</Message>${about}</Error>`;
  return new Response(xml, { status, headers });
};
const ONE = new Uint8Array([1]);

test("failures are sentences without the key, and are not asked for again", async () => {
  const key = "The account key of the block";
  const cases: [Response, string][] = [
    [
      failure(404, "ContainerNotFound"),
      "There is no container 'box' at URL. Create it, or correct the name in the block.",
    ],
    [
      failure(403, "AuthenticationFailed", `It is ${KEY}.`),
      `${key} is refused by URL. Copy it again from the account's pages.`,
    ],
    [
      failure(403, "AuthenticationFailed", "", "Request date header too old: 'x'"),
      "The clock of this machine is wrong",
    ],
    [failure(403, "AuthenticationFailed", "", "Signature not valid in the specified time frame"), "It has ended"],
    [
      failure(403, "AuthorizationFailure", `This request with ${KEY} is not authorized.`),
      `${key} does not allow Put Blob on 'az://box/a' (AuthorizationFailure: This request with *** is not authorized).`,
    ],
    [failure(403, "KeyBasedAuthenticationNotPermitted"), "The account takes no keys."],
    [failure(409, "BlobTypeMismatch", "Odd."), "URL answered 409 BlobTypeMismatch to Put Blob on 'az://box/a': Odd."],
    [new Response("<html>", { status: 418 }), "URL answered 418 to Put Blob on 'az://box/a'."],
  ];
  for (const [answer, sentence] of cases) {
    const { store, url, seen } = service(() => answer);
    const error = await store()
      .write("a", ONE)
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ name: "OrchError" });
    expect(error.message).toContain(sentence.replace("URL", url));
    expect(error.message).not.toContain(KEY);
    expect(seen).toHaveLength(1);
  }
});

test("without credentials the sentence says what to do", async () => {
  for (const answer of [failure(404, "ResourceNotFound"), failure(409, "PublicAccessNotPermitted")]) {
    const { store } = service(() => answer);
    await expect(store({}).read("a")).rejects.toThrow("or set azure_storage_anon to false where this machine has");
  }
});

test("a file that is not there is not_found, and removed already", async () => {
  const { store } = service(() => failure(404, "BlobNotFound"));
  await expect(store().read("a")).rejects.toMatchObject({ code: "not_found" });
  await store().remove("a");
});

test("blocks 13: a service that is busy is asked again, when it says so", async () => {
  const now = { "retry-after": "0" };
  const answers = [
    failure(503, "ServerBusy", "", "", now),
    failure(500, "InternalError", "", "", now),
    failure(409, "ContainerBeingDeleted", "", "", now),
    failure(429, "", "", "", now),
  ];
  const { seen, store } = service(() => answers.shift() ?? new Response("", { status: 201 }));
  await storedTree(store()).writePath("a", ONE);
  expect(seen).toHaveLength(5);
  const busy = service(() => failure(503, "ServerBusy"));
  await expect(busy.store().write("a", ONE)).rejects.toBeInstanceOf(TryAgain);
});

test("blocks 4, 5: entries of folders are no files; names that XML cannot hold are read", async () => {
  const blob = (name: string, more = "", metadata = "<Metadata />") =>
    `<Blob>${name}<Properties><Content-Length>3</Content-Length>${more}</Properties>${metadata}</Blob>`;
  const pages = [
    blob("<Name>in/folder</Name>", "<ResourceType>directory</ResourceType>"),
    blob("<Name>in/old</Name>", "", "<Metadata><hdi_isfolder>true</hdi_isfolder></Metadata>") +
      blob("<Name>in/</Name>"),
    blob("<Name>in/a&amp;b%41.ts</Name>") + blob('<Name Encoded="true">in/c%EF%BF%BE%25</Name>'),
  ];
  const { seen, store } = service((request) => {
    const page = Number(new URL(request.url).searchParams.get("marker") ?? 0);
    const next = page + 1 < pages.length ? `<NextMarker>${page + 1}</NextMarker>` : "<NextMarker />";
    return new Response(`<EnumerationResults><Blobs>${pages[page]}</Blobs>${next}</EnumerationResults>`);
  });
  const found: unknown[] = [];
  for await (const file of store().list("in")) found.push(file);
  expect(found).toEqual([
    { path: "a&b%41.ts", bytes: 3 },
    { path: "c\uFFFE%", bytes: 3 },
  ]);
  expect(seen).toHaveLength(3);
});

test("a large file goes in blocks, which the list joins in their order", async () => {
  const blocks = new Map<string, string>();
  let list = "";
  const { store } = service(async (request) => {
    const { searchParams } = new URL(request.url);
    const id = searchParams.get("blockid");
    if (id === null) list = await request.text();
    else blocks.set(id, await request.text());
    return new Response("", { status: 201 });
  });
  const content = Array.from({ length: 1234 }, (_, index) => String(index % 10)).join("");
  const sent: number[] = [];
  await store().write("large", new Blob([content]), undefined, (bytes) => sent.push(bytes));
  const ids = [...list.matchAll(/<Latest>(.*?)<\/Latest>/g)].map(([, id]) => id ?? "");
  expect(ids.map((id) => blocks.get(id)).join("")).toBe(content);
  expect(new Set(ids.map((id) => id.length)).size).toBe(1);
  expect(sent.toSorted()).toEqual([34, 400, 400, 400]);
});
