// Keeps files as the objects of a bucket of Google Cloud Storage. Large ones are sent in pieces, one after the other.
import { systemClock } from "#lib/clock.ts";
import { isObject, type JsonObject, textOfJson, tryParseJson } from "#lib/json.ts";
import { type FileStore, persistently, TryAgain } from "../file-store.ts";
import { filesOfPages, keyBelow, type Page, prefixBelow, unlessGone } from "../object-keys.ts";
import { FETCHED, type FetchedParts, PART_STATUSES, partHeaders, partOf } from "../transfer/parts.ts";
import type { GcsOptions } from "./options.ts";
import { type GcsClient, gcsClient } from "./requests.ts";

/** Up to here a file is one request: a cut in it costs no more than that. */
const WHOLE_BYTES = 32 * 1024 * 1024;
/** A multiple of 256 KiB, as the service wants it. The first pieces are small, so that progress is seen on a slow link too, ... */
const PIECE_BYTES = 16 * 1024 * 1024;
/** ... and each that took less than this doubles the next, up to the most: each piece costs the service work. */
const QUICK_MS = 2000;
const MOST_PIECE_BYTES = 64 * 1024 * 1024;
const PAGE_FILES = 1000;

export interface PieceSizes {
  wholeBytes: number;
  pieceBytes: number;
  mostPieceBytes: number;
  pageFiles: number;
  fetched: FetchedParts;
}

const SIZES: PieceSizes = {
  ...{ wholeBytes: WHOLE_BYTES, pieceBytes: PIECE_BYTES, mostPieceBytes: MOST_PIECE_BYTES, pageFiles: PAGE_FILES },
  fetched: FETCHED,
};
const BINARY = "application/octet-stream";
/** What is stored compressed comes so: without the first, Google unpacks it on the way, and gives no parts then. */
const CONTENT = { encoding: "gzip", permission: "storage.objects.get", method: "GET" } as const;

/** `given`: for tests. */
export function gcsStore(options: GcsOptions, given: Partial<PieceSizes> = {}): FileStore {
  const sizes = { ...SIZES, ...given };
  const client = gcsClient(options);
  const { base } = options;
  const keyOf = (path: string) => keyBelow(base, path);
  const bucket = `/b/${encodeURIComponent(options.bucket)}/o`;
  const objectPath = (key: string) => `/storage/v1${bucket}/${encodeURIComponent(key)}`;
  const uploadPath = (key: string, type: string) =>
    `/upload/storage/v1${bucket}?uploadType=${type}&name=${encodeURIComponent(key)}`;

  return {
    notes: options.notes,
    location: (path) => client.location(keyOf(path)),
    list(folder, signal) {
      const prefix = prefixBelow(base, folder);
      return filesOfPages((next) => listPage(prefix, next, signal), signal);
    },
    async read(path, signal) {
      const key = keyOf(path);
      return client.send({ ...CONTENT, key, path: `${objectPath(key)}?alt=media`, signal });
    },
    parts: {
      ...sizes.fetched,
      async readPart(path, range, signal) {
        const key = keyOf(path);
        const query = range.version === null ? "" : `&ifGenerationMatch=${encodeURIComponent(range.version)}`;
        const answer = await client.send({
          ...{ ...CONTENT, key, path: `${objectPath(key)}?alt=media${query}`, signal },
          ...{ headers: partHeaders({ ...range, version: null }), expected: PART_STATUSES },
        });
        return partOf(answer, range, answer.headers.get("x-goog-generation"));
      },
    },
    async write(path, content, signal, onSent) {
      const key = keyOf(path);
      if (content instanceof Blob && content.size > sizes.wholeBytes) {
        const session = await beginUpload(key, content.size, signal);
        return sendPieces(client, { key, content, session, sizes, signal, onSent });
      }
      const answer = await client.send({
        ...{ permission: "storage.objects.create", method: "POST", path: uploadPath(key, "media"), key },
        ...{ headers: { "content-type": BINARY }, body: content, signal },
      });
      await answer.text();
    },
    async remove(path, signal) {
      const key = keyOf(path);
      const [permission, method] = ["storage.objects.delete", "DELETE"] as const;
      await unlessGone(
        client.send({ permission, method, path: objectPath(key), key, signal }).then((answer) => answer.text()),
      );
    },
  };

  async function listPage(prefix: string, token: string | undefined, signal: AbortSignal | undefined): Promise<Page> {
    const query = new URLSearchParams({
      ...{ prefix, maxResults: String(sizes.pageFiles), fields: "items(name,size),nextPageToken" },
      ...(token === undefined ? {} : { pageToken: token }),
    });
    const path = `/storage/v1${bucket}?${query}`;
    const answer = await client.send({ permission: "storage.objects.list", method: "GET", path, key: "", signal });
    const found = tryParseJson(await answer.text());
    if (!isObject(found)) throw new TryAgain(`The list of '${client.location(prefix)}' is not JSON.`);
    const { items, nextPageToken } = found;
    const files = (Array.isArray(items) ? items : []).flatMap((item) => {
      const { name, size } = item as JsonObject; // as the service documents it
      const key = textOfJson(name);
      // What consoles make to show a folder: a name that ends in a slash.
      if (key.endsWith("/") || !key.startsWith(prefix)) return [];
      return [{ path: key.slice(prefix.length), bytes: Number(textOfJson(size ?? 0)) }];
    });
    return { files, next: nextPageToken ? textOfJson(nextPageToken) : undefined };
  }

  /** Gives the path of the upload that was begun. */
  async function beginUpload(key: string, bytes: number, signal: AbortSignal | undefined): Promise<string> {
    const answer = await client.send({
      ...{ permission: "storage.objects.create", method: "POST", path: uploadPath(key, "resumable"), key, signal },
      headers: { "x-upload-content-type": BINARY, "x-upload-content-length": String(bytes) },
      body: "",
    });
    await answer.text();
    const place = answer.headers.get("location") ?? "";
    // An emulator may give an address that only itself can reach.
    if (URL.canParse(place)) return `${new URL(place).pathname}${new URL(place).search}`;
    throw new TryAgain(`The upload of '${client.location(key)}' was not begun: the service names no place for it.`);
  }
}

interface LargeFile {
  key: string;
  content: Blob;
  session: string;
  sizes: Pick<PieceSizes, "pieceBytes" | "mostPieceBytes">;
  signal: AbortSignal | undefined;
  onSent: ((bytes: number) => void) | undefined;
}

const RESUME = 308;
const UPLOAD_IS_GONE = [404, 410];

/** The object is there when the last piece has come, and not before. After a failure the service says how far it is. */
async function sendPieces(
  client: GcsClient,
  { key, content, session, sizes, signal, onSent }: LargeFile,
): Promise<void> {
  let { pieceBytes } = sizes;
  /** Undefined when that is not known; null when the upload is gone. */
  let there: number | undefined | null = 0;
  let counted = 0;
  while (there !== content.size) {
    there = await persistently(async (): Promise<number | null> => {
      const from = there ?? (await put("*"));
      there = undefined;
      if (from === null || from === content.size) return from;
      const to = Math.min(from + pieceBytes, content.size);
      const begin = systemClock.elapsed();
      const reached = await put(`${from}-${to - 1}`, content.slice(from, to));
      const isQuick = systemClock.elapsed() - begin < QUICK_MS;
      if (isQuick) pieceBytes = Math.min(pieceBytes * 2, sizes.mostPieceBytes);
      return reached;
    }, signal);
    if (there === null) throw new TryAgain(`The upload of '${client.location(key)}' was ended by the service.`);
    if (there > counted) onSent?.(there - counted);
    counted = Math.max(there, counted);
  }

  /** How many bytes are there then. */
  async function put(range: string, body: Blob | string = ""): Promise<number | null> {
    const answer = await client.send({
      ...{ permission: "storage.objects.create", method: "PUT", path: session, key, body, signal },
      headers: { "content-range": `bytes ${range}/${content.size}` },
      expected: [RESUME, ...UPLOAD_IS_GONE],
    });
    const text = await answer.text();
    if (UPLOAD_IS_GONE.includes(answer.status)) return null;
    if (answer.status === RESUME) return Number(/-(\d+)$/.exec(answer.headers.get("range") ?? "")?.[1] ?? -1) + 1;
    const stored = tryParseJson(text);
    // An emulator may take a question for the end.
    return isObject(stored) && Number(stored["size"]) === content.size ? content.size : null;
  }
}
