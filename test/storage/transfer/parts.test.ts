// Large files that come in parts from a server that keeps to no rule: what is here in the end is whole, or is not here.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { azureOptions } from "#storage/azure/options.ts";
import { azureStore } from "#storage/azure/store.ts";
import { type FileStore, persistently } from "#storage/file-store.ts";
import { gcsOptions } from "#storage/gcs/options.ts";
import { gcsStore } from "#storage/gcs/store.ts";
import { s3Options } from "#storage/s3/options.ts";
import { s3Store } from "#storage/s3/store.ts";
import { fetchFile, Unlike } from "#storage/transfer/fetch-file.ts";
import { storedTree } from "#storage/transfer/stored-tree.ts";
import { webOptions } from "#storage/web/options.ts";
import { webStore } from "#storage/web/store.ts";
import { NO_SMALL_DISKS, smallDisk } from "../../small-disk.ts";
import { type RangeServer, rangeServer } from "../range-server.ts";

const PART_BYTES = 2048;
/** No connection is fast enough to bring the whole file alone. */
const FETCHED = { partBytes: PART_BYTES, fastBytesPerMs: Number.POSITIVE_INFINITY };
const LARGE_BYTES = 300_000;

const KINDS: Record<string, (port: number) => FileStore> = {
  s3: (port) =>
    s3Store(
      s3Options("b", { key: "k", secret: "s", client_kwargs: { endpoint_url: `http://127.0.0.1:${port}` } }, {}),
      {
        fetched: FETCHED,
      },
    ),
  gcs: (port) =>
    gcsStore(gcsOptions("b", {}, { STORAGE_EMULATOR_HOST: `http://127.0.0.1:${port}` }), { fetched: FETCHED }),
  azure: (port) =>
    azureStore(
      azureOptions("b", { account_name: "acc", account_host: `http://127.0.0.1:${port}`, account_key: "a2V5" }, {}),
      { fetched: FETCHED },
    ),
  http: (port) => webStore(webOptions({ scheme: "http", host: `127.0.0.1:${port}`, path: "b", settings: {} }), FETCHED),
};

let root: string;
let server: RangeServer;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "orch-parts-"));
  server = await rangeServer();
  server.file = { content: randomBytes(LARGE_BYTES), version: '"1"' };
  server.beginning = PART_BYTES;
});
afterEach(() => {
  server.close();
  rmSync(root, { recursive: true, force: true });
});

function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const here = () => readFileSync(join(root, "large"));
const isHere = (content: Uint8Array) => Buffer.compare(here(), content) === 0;

interface Given {
  store?: FileStore;
  bytes?: number;
  digest?: string | null;
  signal?: AbortSignal;
  folder?: string;
  onReceived?: (bytes: number) => void;
}

/** Fetches the file as it lies on the server now, unless otherwise said, and again where it may succeed then. */
function fetchLarge({ store, bytes, digest, signal, folder = root, onReceived = () => {} }: Given = {}): Promise<void> {
  const { content } = server.file;
  const from = store ?? KINDS["s3"]?.(server.port);
  if (!from) throw new Error("There is no such kind.");
  const wanted = {
    ...{ from: "large", to: join(folder, "large"), executable: false },
    ...{ bytes: bytes ?? content.length, digest: digest === undefined ? sha256(content) : digest },
  };
  return persistently(() => fetchFile(from, wanted, { isNew: true, signal, onReceived }), signal);
}

describe.each(Object.entries(KINDS))("parts: %s", (_, store) => {
  test("a large file comes in parts, several at the same time, all of one version", async () => {
    // Without eight that wait together, none is answered.
    const held: (() => void)[] = [];
    server.answer = (asked, response) => {
      if (asked.range?.[0] === 0 || server.asked.length > 9) return false;
      held.push(() => server.give(asked, response));
      if (held.length === 8) for (const give of held) give();
      return true;
    };
    await fetchLarge({ store: store(server.port) });
    expect(isHere(server.file.content)).toBe(true);
    expect(server.asked).toHaveLength(Math.ceil(LARGE_BYTES / PART_BYTES));
    expect(server.asked.map(({ range }) => range?.[0]).toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(
      Array.from({ length: Math.ceil(LARGE_BYTES / PART_BYTES) }, (_, index) => index * PART_BYTES),
    );
    expect(new Set(server.asked.map(({ wanted }) => wanted))).toEqual(new Set([undefined, '"1"']));
    expect(readdirSync(root)).toEqual(["large"]);
  });

  test("a file that is changed meanwhile comes again, as it is then", async () => {
    const changed = randomBytes(LARGE_BYTES);
    server.answer = () => {
      if (server.asked.length === 5) server.file = { content: changed, version: '"2"' };
      return false;
    };
    await fetchLarge({ store: store(server.port), digest: null });
    expect(isHere(changed)).toBe(true);
  });

  test("so it does where the server gives parts of any version", async () => {
    const changed = randomBytes(LARGE_BYTES);
    server.answer = (asked, response) => {
      if (server.asked.length === 5) server.file = { content: changed, version: '"2"' };
      server.give({ ...asked, wanted: undefined }, response);
      return true;
    };
    await fetchLarge({ store: store(server.port), digest: null });
    expect(isHere(changed)).toBe(true);
  });

  test("what was stored compressed comes as it was stored", async () => {
    const packed = Bun.gzipSync(Buffer.from("one and two"));
    server.file = { content: packed, version: '"1"', headers: { "content-encoding": "gzip" } };
    await fetchLarge({ store: store(server.port) });
    expect(isHere(packed)).toBe(true);
    server.file = { ...server.file, content: Bun.gzipSync(randomBytes(LARGE_BYTES)) };
    await fetchLarge({ store: store(server.port) });
    expect(isHere(server.file.content)).toBe(true);
    expect(Buffer.compare(Buffer.from(await storedTree(store(server.port)).readPath("large")), here())).toBe(0);
  });

  test("an empty file, and one whose length is not announced, are files", async () => {
    server.file = { content: new Uint8Array(), version: '"1"' };
    await fetchLarge({ store: store(server.port) });
    expect(statSync(join(root, "large")).size).toBe(0);
    server.file = { content: randomBytes(100), version: '"1"' };
    server.answer = (_, response) => {
      response.write(server.file.content.subarray(0, 10));
      response.end(server.file.content.subarray(10));
      return true;
    };
    await fetchLarge({ store: store(server.port) });
    expect(isHere(server.file.content)).toBe(true);
  });
});

test("gzip is asked for where Google would unpack what was stored so, and nowhere else", async () => {
  const encodings: Record<string, string | undefined> = {};
  for (const [kind, store] of Object.entries(KINDS)) {
    await fetchLarge({ store: store(server.port) });
    encodings[kind] = server.asked.at(-1)?.encoding;
  }
  expect(encodings).toEqual({ s3: "identity", gcs: "gzip", azure: "identity", http: "identity" });
});

test("a failure that comes compressed can be read", async () => {
  const sentence = JSON.stringify({ error: { message: "The key is not known.", errors: [] } });
  server.answer = (_, response) => {
    response.writeHead(403, { "content-encoding": "gzip" }).end(Bun.gzipSync(Buffer.from(sentence)));
    return true;
  };
  await expect(fetchLarge({ store: KINDS["gcs"]?.(server.port) as FileStore })).rejects.toThrow("The key is not known");
});

test("a connection that is fast enough brings the whole file, and goes on where it was cut off", async () => {
  const store = s3Store(
    s3Options("b", { anon: true, client_kwargs: { endpoint_url: `http://127.0.0.1:${server.port}` } }, {}),
    {
      fetched: { partBytes: PART_BYTES, fastBytesPerMs: 0 },
    },
  );
  server.beginning = Number.POSITIVE_INFINITY;
  await fetchLarge({ store });
  expect(server.asked.map(({ range }) => range)).toEqual([[0, LARGE_BYTES - 1]]);
  server.answer = ({ range }, response) => {
    if (range?.[0] !== 0) return false;
    const headers = { etag: '"1"', "content-range": `bytes 0-${LARGE_BYTES - 1}/${LARGE_BYTES}` };
    response.writeHead(206, headers).end(server.file.content.subarray(0, 1000));
    return true;
  };
  server.file = { content: randomBytes(LARGE_BYTES), version: '"1"' };
  await fetchLarge({ store });
  expect(isHere(server.file.content)).toBe(true);
  expect(server.asked.at(-1)).toMatchObject({ range: [1000, LARGE_BYTES - 1], wanted: '"1"' });
});

const USELESS: [string, (asked: Parameters<RangeServer["give"]>[0], server: RangeServer) => Record<string, string>][] =
  [
    ["without a version", () => ({ etag: "", "x-goog-generation": "" })],
    ["of a version that may hide changes", () => ({ etag: 'W/"1"' })],
    [
      "of another range",
      (_, { file }) => ({ "content-range": `bytes 1-${file.content.length - 1}/${file.content.length}` }),
    ],
    ["of a range that it does not name", () => ({ "content-range": "" })],
  ];

test.each(USELESS)("a server that answers with parts %s is asked for the whole file", async (_, headers) => {
  server.answer = (asked, response) => {
    if (asked.range === null) return false;
    const { content } = server.file;
    const usual = { etag: '"1"', "content-range": `bytes 0-${content.length - 1}/${content.length}` };
    const given = Object.entries({ ...usual, ...headers(asked, server) }).filter(([, value]) => value !== "");
    response.writeHead(206, Object.fromEntries(given)).end(content);
    return true;
  };
  await fetchLarge();
  expect(isHere(server.file.content)).toBe(true);
  expect(server.asked.map(({ range }) => range)).toEqual([[0, LARGE_BYTES - 1], null]);
});

test("a server that gives the whole file for a part is taken at its word", async () => {
  server.answer = (asked, response) => {
    server.give({ ...asked, range: null }, response);
    return true;
  };
  await fetchLarge();
  expect(isHere(server.file.content)).toBe(true);
  expect(server.asked).toHaveLength(2);
});

test("a part that is cut off goes on where it was, and counts once", async () => {
  const [cut, short] = [10 * PART_BYTES, 12 * PART_BYTES];
  const seen = new Set<number>();
  server.answer = ({ range }, response) => {
    if (!range || (range[0] !== cut && range[0] !== short) || seen.has(range[0])) return false;
    seen.add(range[0]);
    const { content } = server.file;
    const headers = { etag: '"1"', "content-range": `bytes ${range.join("-")}/${content.length}` };
    const some = content.subarray(range[0], range[0] + 200);
    // The connection is cut in the middle; or the end comes too early, as if it were the end.
    if (range[0] === short) response.writeHead(206, headers).end(some);
    else response.writeHead(206, { ...headers, "content-length": PART_BYTES }).write(some, () => response.destroy());
    return true;
  };
  let received = 0;
  let most = 0;
  await fetchLarge({
    onReceived: (bytes) => {
      received += bytes;
      most = Math.max(most, received);
    },
  });
  expect(seen.size).toBe(2);
  expect(isHere(server.file.content)).toBe(true);
  expect([received, most]).toEqual([LARGE_BYTES, LARGE_BYTES]);
  expect(server.asked.some(({ range }) => range?.[0] === short + 200)).toBe(true);
});

test("a server that stops in the middle of a part for good is named, and nothing is left", async () => {
  server.answer = ({ range }, response) => {
    if ((range?.[0] ?? 0) < 10 * PART_BYTES) return false;
    response.writeHead(503, { "retry-after": "0" }).end();
    return true;
  };
  writeFileSync(join(root, "large"), "what was here before");
  await expect(fetchLarge()).rejects.toThrow(`http://127.0.0.1:${server.port} answered 503`);
  expect(readdirSync(root)).toEqual(["large"]);
  expect(here().toString()).toBe("what was here before");
});

test("a file that became shorter or longer is not taken", async () => {
  const bytes = LARGE_BYTES;
  for (const length of [0, 100, bytes - 1, bytes + 1]) {
    server.file = { content: randomBytes(length), version: '"1"' };
    await expect(fetchLarge({ bytes, digest: null })).rejects.toThrow(Unlike);
    expect(readdirSync(root)).toEqual([]);
  }
});

test("a file that becomes shorter while its parts come is not taken", async () => {
  const bytes = LARGE_BYTES;
  server.answer = (asked, response) => {
    if (server.asked.length === 5) server.file = { content: randomBytes(5 * PART_BYTES), version: '"1"' };
    server.give({ ...asked, wanted: undefined }, response);
    return true;
  };
  await expect(fetchLarge({ bytes, digest: null })).rejects.toThrow(Unlike);
  expect(readdirSync(root)).toEqual([]);
});

test("more bytes than a part has, and other bytes than were uploaded, are not taken", async () => {
  const { content } = server.file;
  await expect(fetchLarge({ digest: sha256(new Uint8Array()) })).rejects.toThrow(Unlike);
  server.answer = ({ range }, response) => {
    if (range === null || range[0] === 0) return false;
    const headers = { etag: '"1"', "content-range": `bytes ${range.join("-")}/${content.length}` };
    response.writeHead(206, headers).end(content.subarray(range[0], range[1] + 2));
    return true;
  };
  await expect(fetchLarge()).rejects.toThrow(Unlike);
  expect(readdirSync(root)).toEqual([]);
});

test("a file that never stays the same is a sentence", async () => {
  let version = 0;
  server.answer = () => {
    version += 1;
    server.file = { ...server.file, version: `"${version}"` };
    return false;
  };
  await expect(fetchLarge()).rejects.toThrow("'s3://b/large' was changed while it was downloaded.");
});

test("a signal ends all parts, and leaves nothing half", async () => {
  const stop = new AbortController();
  const stopped = fetchLarge({
    signal: stop.signal,
    onReceived: () => server.asked.length > 20 && stop.abort(new Error("stopped by hand")),
  });
  await expect(stopped).rejects.toThrow("stopped by hand");
  expect(readdirSync(root)).toEqual([]);
  expect(server.asked.length).toBeLessThan(Math.ceil(LARGE_BYTES / PART_BYTES));
});

test.skipIf(NO_SMALL_DISKS !== undefined)(
  "a disk that becomes full is a sentence, and what was there stays",
  async () => {
    const disk = smallDisk(400);
    try {
      writeFileSync(join(disk.folder, "large"), "what was here before");
      for (const left of [0, 100_000, LARGE_BYTES - 4096]) {
        disk.fill(left);
        await expect(fetchLarge({ folder: disk.folder })).rejects.toThrow(/disk .* is full/);
        expect(readdirSync(disk.folder).toSorted()).toEqual(["ballast", "large"]);
        disk.empty();
      }
      server.file = { content: randomBytes(1000), version: '"1"' };
      disk.fill();
      const small = fetchFile(
        KINDS["s3"]?.(server.port) as FileStore,
        { from: "large", to: join(disk.folder, "small"), bytes: 1000, digest: null, executable: false },
        { isNew: true, signal: undefined, onReceived: () => {} },
      );
      await expect(small).rejects.toThrow(/disk .* is full/);
      expect(readdirSync(disk.folder).toSorted()).toEqual(["ballast", "large"]);
    } finally {
      disk.remove();
    }
  },
);

test("a tree counts its bytes up to the whole, also where some come again", async () => {
  const store = KINDS["s3"]?.(server.port) as FileStore;
  let isCut = false;
  const seen: number[] = [];
  const tree: FileStore = {
    ...store,
    list: async function* () {
      yield { path: "large", bytes: LARGE_BYTES };
    },
  };
  server.answer = ({ range }, response) => {
    if (isCut || range?.[0] !== 20 * PART_BYTES) return false;
    isCut = true;
    response.destroy();
    return true;
  };
  const onProgress = ({ bytes }: { bytes: number }) => seen.push(bytes);
  await storedTree(tree).getDirectory(null, join(root, "got"), { onProgress });
  expect(Math.max(...seen)).toBe(LARGE_BYTES);
  expect(seen.at(-1)).toBe(LARGE_BYTES);
  expect(seen.length).toBeGreaterThan(100);
});
