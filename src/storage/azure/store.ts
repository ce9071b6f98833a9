// Keeps files as the blobs of a container of Azure Blob Storage. Large ones are sent in blocks, several at the same time.
import { eachOf } from "#lib/parallel.ts";
import { type FileStore, persistently } from "../file-store.ts";
import { filesOfPages, keyBelow, type Page, prefixBelow, unlessGone } from "../object-keys.ts";
import { FETCHED, type FetchedParts, PART_STATUSES, partHeaders, partOf, strongTag } from "../transfer/parts.ts";
import { elements, elementText } from "../xml.ts";
import type { AzureOptions } from "./options.ts";
import { type AzureClient, azureClient } from "./requests.ts";

/** Up to here a file is one request: a cut in it costs no more than that. */
const WHOLE_BYTES = 64 * 1024 * 1024;
const BLOCK_BYTES = 16 * 1024 * 1024;
const MOST_BLOCKS = 50_000;
const BLOCKS_AT_ONCE = 4;
const PAGE_FILES = 5000;

export interface BlockSizes {
  wholeBytes: number;
  blockBytes: number;
  pageFiles: number;
  fetched: FetchedParts;
}

const SIZES: BlockSizes = {
  ...{ wholeBytes: WHOLE_BYTES, blockBytes: BLOCK_BYTES, pageFiles: PAGE_FILES },
  fetched: FETCHED,
};
const CONTENT = { operation: "Get Blob", method: "GET", encoding: "identity" } as const;

/** `given`: for tests. */
export function azureStore(options: AzureOptions, given: Partial<BlockSizes> = {}): FileStore {
  const sizes = { ...SIZES, ...given };
  const client = azureClient(options);
  const { base } = options;
  const keyOf = (path: string) => keyBelow(base, path);
  return {
    notes: options.notes,
    location: (path) => client.location(keyOf(path)),
    list(folder, signal) {
      const prefix = prefixBelow(base, folder);
      return filesOfPages((next) => listPage(client, { prefix, next, most: sizes.pageFiles, signal }), signal);
    },
    read: (path, signal) => client.send({ ...CONTENT, key: keyOf(path), signal }),
    parts: {
      ...sizes.fetched,
      async readPart(path, range, signal) {
        const headers = partHeaders(range);
        const answer = await client.send({ ...CONTENT, key: keyOf(path), headers, expected: PART_STATUSES, signal });
        return partOf(answer, range, strongTag(answer.headers));
      },
    },
    async write(path, content, signal, onSent) {
      const key = keyOf(path);
      if (content instanceof Blob && content.size > sizes.wholeBytes) {
        return writeBlocks(client, { key, content, blockBytes: sizes.blockBytes, signal, onSent });
      }
      const headers = { "x-ms-blob-type": "BlockBlob", "content-type": "application/octet-stream" };
      const answer = await client.send({ operation: "Put Blob", method: "PUT", key, headers, body: content, signal });
      await answer.text();
    },
    async remove(path, signal) {
      const [operation, method] = ["Delete Blob", "DELETE"] as const;
      await unlessGone(client.send({ operation, method, key: keyOf(path), signal }).then((answer) => answer.text()));
    },
  };
}

interface PageRequest {
  prefix: string;
  next: string | undefined;
  most: number;
  signal: AbortSignal | undefined;
}

async function listPage(client: AzureClient, { prefix, next, most, signal }: PageRequest): Promise<Page> {
  const query = {
    ...{ restype: "container", comp: "list", include: "metadata", maxresults: String(most) },
    ...(prefix === "" ? {} : { prefix }),
    ...(next === undefined ? {} : { marker: next }),
  };
  const answer = await client.send({ operation: "List Blobs", method: "GET", key: "", query, signal });
  const xml = await answer.text();
  const files = elements(xml, "Blob").flatMap((entry) => {
    const name = elementText(entry, "Name") ?? "";
    const key = /<Name\s[^>]*Encoded="true"/i.test(entry) ? decodeURIComponent(name) : name;
    if (isFolder(entry, key) || !key.startsWith(prefix)) return [];
    return [{ path: key.slice(prefix.length), bytes: Number(elementText(entry, "Content-Length")) }];
  });
  return { files, next: elementText(xml, "NextMarker") || undefined };
}

/** Entries of accounts with folders, and what consoles and Hadoop make to show one. */
function isFolder(entry: string, key: string): boolean {
  if (key.endsWith("/") || elementText(entry, "ResourceType") === "directory") return true;
  return /<hdi_isfolder>true</i.test(entry);
}

interface LargeFile {
  key: string;
  content: Blob;
  blockBytes: number;
  signal: AbortSignal | undefined;
  onSent: ((bytes: number) => void) | undefined;
}

/** The blob is there when the list of its blocks has come, and not before. Azure forgets blocks that no list names. */
async function writeBlocks(
  client: AzureClient,
  { key, content, blockBytes, signal, onSent }: LargeFile,
): Promise<void> {
  const size = Math.max(blockBytes, Math.ceil(content.size / MOST_BLOCKS));
  const upload = crypto.randomUUID();
  const ids = Array.from({ length: Math.ceil(content.size / size) }, (_, index) =>
    Buffer.from(`${upload}-${String(index).padStart(5, "0")}`).toString("base64"),
  );
  await eachOf(ids, BLOCKS_AT_ONCE, async (blockid, index) => {
    const body = content.slice(index * size, (index + 1) * size);
    const query = { comp: "block", blockid };
    const [operation, method] = ["Put Block", "PUT"] as const;
    await persistently(async () => (await client.send({ operation, method, key, query, body, signal })).text(), signal);
    onSent?.(body.size);
  });
  const list = ids.map((id) => `<Latest>${id}</Latest>`).join("");
  const body = `<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`;
  const headers = { "x-ms-blob-content-type": "application/octet-stream", "content-type": "application/xml" };
  const query = { comp: "blocklist" };
  const [operation, method] = ["Put Block List", "PUT"] as const;
  await (await client.send({ operation, method, key, query, headers, body, signal })).text();
}
