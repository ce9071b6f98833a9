// Sends one request to a store that speaks HTTP, within time limits, and makes sentences of what went wrong on the way.
import { OrchError } from "#lib/errors.ts";
import { networkWords } from "#lib/network-words.ts";
import { type TimeLimit, timeLimit } from "#lib/time-limit.ts";
import { type Content, TryAgain } from "./file-store.ts";

export type HttpBody = Blob | Uint8Array<ArrayBuffer> | string;

export interface HttpRequest {
  method: "GET" | "PUT" | "POST" | "DELETE";
  url: URL;
  headers: Headers;
  body?: HttpBody | undefined;
  signal?: AbortSignal | undefined;
  tls?: { ca?: string; rejectUnauthorized?: boolean };
  /** What it is for, in sentences: `s3:PutObject on 's3://bucket/key'`. */
  purpose: string;
  /** What to do where the certificate is not trusted: a sentence. */
  trust: string;
  /** How content may be compressed in the answer, which is handed on as it comes; without it, compressed text is unpacked. */
  encoding?: "identity" | "gzip";
  /** How sentences call the server, where its address holds a secret. */
  server?: string;
}

/** All that gives its body throws `TryAgain` for what is cut off or does not come. */
export interface HttpAnswer extends Content {
  status: number;
  headers: Headers;
  text(): Promise<string>;
}

const ANSWER_MS = 60_000;
/** Slower than that, a link does not count as one. */
const SLOWEST_BYTES_PER_MS = 10;
/** Sent from memory. */
const SMALL_BYTES = 256 * 1024;
/** Received as one: on a slow link that many requests share, more would not come within the time for an answer. */
const TINY_BYTES = 16 * 1024;
const BUSY_STATUSES = [408, 429, 500, 502, 503, 504];
const MOST_WAIT_SECONDS = 60;

/** Redirects are not followed. Throws `TryAgain` where there is no answer, `invalid` for a certificate that is not trusted. */
export async function sendHttp(request: HttpRequest): Promise<HttpAnswer> {
  const { method, url, headers, body, signal, tls, purpose, trust, encoding, server = url.origin } = request;
  const limit = timeLimit(signal);
  const failed = (error: unknown) => {
    limit.stop();
    signal?.throwIfAborted();
    if (!limit.isOver()) return networkFailure(error, server, trust);
    return new TryAgain(`${server} did not answer in time to ${purpose}.`);
  };
  if (body !== undefined) headers.set("content-length", String(bytesOf(body)));
  // After the request was signed: proxies may rewrite this header.
  if (encoding !== undefined) headers.set("accept-encoding", encoding);
  const content = body === undefined ? {} : { body: await readable(body) };
  limit.start(ANSWER_MS + bytesOf(body) / SLOWEST_BYTES_PER_MS);
  let response: Response;
  try {
    response = await fetch(url, {
      ...{ method, headers, redirect: "manual", signal: limit.signal },
      ...content,
      ...(encoding === undefined ? {} : { decompress: false }),
      ...(tls && Object.keys(tls).length > 0 ? { tls } : {}),
    });
  } catch (error) {
    throw failed(error);
  }
  const inTime = async <T>(body: Promise<T>) => {
    try {
      return await body;
    } catch (error) {
      throw failed(error);
    } finally {
      limit.stop();
    }
  };
  const stream = () => watched(response.body ?? new Blob([]).stream(), limit, failed);
  const size = lengthOf(response.headers);
  return {
    ...{ status: response.status, headers: response.headers, size, stream },
    text: () => inTime(encoding === undefined ? response.text() : unpackedText(response)),
    bytes: () => (size !== undefined && size <= TINY_BYTES ? inTime(response.bytes()) : new Response(stream()).bytes()),
  };
}

/** Google compresses what it says about a failure too. */
async function unpackedText(response: Response): Promise<string> {
  const bytes = await response.bytes();
  const isPacked = response.headers.get("content-encoding") === "gzip";
  return new TextDecoder().decode(isPacked ? Bun.gunzipSync(bytes) : bytes);
}

function lengthOf(headers: Headers): number | undefined {
  const length = headers.get("content-length");
  return length === null ? undefined : Number(length);
}

/** Of a request that got no answer, or no whole one. `trust`: what to do where the certificate is not trusted. */
export function networkFailure(error: unknown, endpoint: string, trust: string): Error {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = networkWords(error);
  if (/CERT|SIGNATURE|SSL|TLS/.test(code) || /certificate/i.test(reason)) {
    const sentence = `The certificate of ${endpoint} is not trusted: ${reason.replace(/^its certificate /, "it ")}. ${trust}`;
    return new OrchError("invalid", sentence, { cause: error });
  }
  return new TryAgain(`${endpoint} cannot be reached: ${reason}.`, { cause: error });
}

export function isBusy(status: number): boolean {
  return BUSY_STATUSES.includes(status);
}

/** `sentence` as a failure that may be over in a moment: when the answer says so. */
export function busyFailure(sentence: string, headers: Headers): TryAgain {
  const after = Number(headers.get("retry-after") ?? Number.NaN);
  return new TryAgain(sentence, after >= 0 ? { afterSeconds: Math.min(after, MOST_WAIT_SECONDS) } : {});
}

/** `text` with stars in place of `secrets`. */
export function hidden(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => (secret === "" ? shown : shown.replaceAll(secret, "***")), text);
}

/** Another program's sentence, for the middle of our own. */
export function withoutPoint(sentence: string): string {
  return sentence.replace(/[.\s]*$/, "");
}

export function bytesOf(body: HttpBody | undefined): number {
  if (body === undefined) return 0;
  if (body instanceof Blob) return body.size;
  return typeof body === "string" ? Buffer.byteLength(body) : body.length;
}

/** Files come as they are read: what Bun takes as a file, it reads whole before it sends it by TLS. */
async function readable(body: HttpBody): Promise<NonNullable<RequestInit["body"]>> {
  if (!(body instanceof Blob)) return body;
  return body.size <= SMALL_BYTES ? body.bytes() : body.stream();
}

/** No wait for bytes is longer than `ANSWER_MS`; while none are asked for, none are waited for. */
function watched(body: ReadableStream<Uint8Array<ArrayBuffer>>, limit: TimeLimit, failed: (error: unknown) => Error) {
  const reader = body.getReader();
  limit.stop();
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        limit.start(ANSWER_MS);
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          throw failed(error);
        } finally {
          limit.stop();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
