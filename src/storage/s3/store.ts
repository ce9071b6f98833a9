// Keeps files as the objects of a bucket. Large ones are sent in parts, several at the same time.
import { OrchError } from "#lib/errors.ts";
import { eachOf } from "#lib/parallel.ts";
import { type FileStore, persistently, TryAgain } from "../file-store.ts";
import { filesOfPages, keyBelow, type Page, prefixBelow } from "../object-keys.ts";
import { FETCHED, type FetchedParts, PART_STATUSES, partHeaders, partOf, strongTag } from "../transfer/parts.ts";
import { elements, elementText, escaped } from "../xml.ts";
import type { S3Options } from "./options.ts";
import { type S3Client, s3Client } from "./requests.ts";

/** Up to here a file is one request: a cut in it costs no more than that. */
const WHOLE_BYTES = 64 * 1024 * 1024;
const PART_BYTES = 16 * 1024 * 1024;
const MOST_PARTS = 10_000;
const PARTS_AT_ONCE = 4;

export interface PartSizes {
  wholeBytes: number;
  partBytes: number;
  fetched: FetchedParts;
}

const SIZES: PartSizes = { wholeBytes: WHOLE_BYTES, partBytes: PART_BYTES, fetched: FETCHED };

/** `sizes`: for tests; S3 itself takes no parts below 5 MB. */
export function s3Store(options: S3Options, sizes: Partial<PartSizes> = {}): FileStore {
  const { wholeBytes, partBytes, fetched } = { ...SIZES, ...sizes };
  const client = s3Client(options);
  const { base } = options.bucket;
  const keyOf = (path: string) => keyBelow(base, path);
  return {
    notes: options.notes,
    location: (path) => client.location(keyOf(path)),
    list(folder, signal) {
      const prefix = prefixBelow(base, folder);
      return filesOfPages((next) => listPage(client, prefix, next, signal), signal);
    },
    read: (path, signal) => client.content({ action: "s3:GetObject", method: "GET", key: keyOf(path), signal }),
    parts: {
      ...fetched,
      async readPart(path, range, signal) {
        const headers = partHeaders(range);
        const request = { action: "s3:GetObject", method: "GET", key: keyOf(path), headers, signal } as const;
        const answer = await client.content(request, PART_STATUSES);
        return partOf(answer, range, strongTag(answer.headers));
      },
    },
    async write(path, content, signal, onSent) {
      const key = keyOf(path);
      const headers = options.writeHeaders;
      if (content instanceof Blob && content.size > wholeBytes) {
        return writeParts(client, { key, content, headers, partBytes, signal, onSent });
      }
      await client.text({ action: "s3:PutObject", method: "PUT", key, headers, body: content, signal });
    },
    async remove(path, signal) {
      await client.text({ action: "s3:DeleteObject", method: "DELETE", key: keyOf(path), signal });
    },
  };
}

async function listPage(
  client: S3Client,
  prefix: string,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Page> {
  // Written as in an address, a key may hold what XML cannot.
  const query = {
    ...{ "list-type": "2", "encoding-type": "url", prefix },
    ...(token === undefined ? {} : { "continuation-token": token }),
  };
  const xml = await client.text({ action: "s3:ListBucket", method: "GET", key: "", query, signal });
  const isEncoded = elementText(xml, "EncodingType") === "url";
  const files = elements(xml, "Contents").flatMap((entry) => {
    const text = elementText(entry, "Key") ?? "";
    const key = isEncoded ? decodeURIComponent(text.replaceAll("+", " ")) : text;
    // What consoles make to show a folder: a key that ends in a slash.
    if (key.endsWith("/") || !key.startsWith(prefix)) return [];
    return [{ path: key.slice(prefix.length), bytes: Number(elementText(entry, "Size")) }];
  });
  const isMore = elementText(xml, "IsTruncated") === "true";
  return { files, next: isMore ? elementText(xml, "NextContinuationToken") : undefined };
}

interface LargeFile {
  key: string;
  content: Blob;
  headers: Readonly<Record<string, string>>;
  partBytes: number;
  signal: AbortSignal | undefined;
  onSent: ((bytes: number) => void) | undefined;
}

/** The object is there when the last request has ended, and not before. Parts of a failed upload are given up. */
async function writeParts(
  client: S3Client,
  { key, content, headers, partBytes, signal, onSent }: LargeFile,
): Promise<void> {
  const action = "s3:PutObject";
  const started = await client.text({ action, method: "POST", key, query: { uploads: "" }, headers, signal });
  const uploadId = elementText(started, "UploadId");
  if (!uploadId)
    throw new OrchError("invalid", `'${client.location(key)}' was not begun: the service names no upload.`);
  const size = Math.max(partBytes, Math.ceil(content.size / MOST_PARTS));
  const tags: string[] = [];
  try {
    const parts = Array.from({ length: Math.ceil(content.size / size) }, (_, index) => index);
    await eachOf(parts, PARTS_AT_ONCE, async (index) => {
      const body = content.slice(index * size, (index + 1) * size);
      const query = { partNumber: String(index + 1), uploadId };
      const sent = await persistently(
        () => client.headers({ action, method: "PUT", key, query, body, signal }),
        signal,
      );
      onSent?.(body.size);
      tags[index] = sent.get("etag") ?? "";
    });
    const list = tags.map(
      (tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`,
    );
    const body = `<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`;
    const ended = await client.text({ action, method: "POST", key, query: { uploadId }, body, signal });
    // The answer begins before the parts are joined: its status is 200 also where that fails.
    if (elementText(ended, "ETag") === undefined) {
      const reason = elementText(ended, "Message") ?? "no reason was given";
      throw new TryAgain(`The parts of '${client.location(key)}' were not joined: ${reason}`);
    }
  } catch (error) {
    // Parts that stay are paid for. What failed is more important than that they cannot be removed.
    await client
      .text({ action: "s3:AbortMultipartUpload", method: "DELETE", key, query: { uploadId } })
      .catch(() => {}); // the upload's own failure is thrown
    throw error;
  }
}
