// Sends signed requests to a bucket: to the region that it is in, within time limits, with failures as sentences.
import { AwsV4Signer } from "aws4fetch";
import { type TimeLimit, timeLimit } from "#lib/time-limit.ts";
import { TryAgain } from "../file-store.ts";
import { urlOf } from "./bucket.ts";
import type { Keys } from "./credentials.ts";
import { type Attempted, failureOf, networkFailure } from "./failures.ts";
import type { S3Options } from "./options.ts";
import { elementText } from "./xml.ts";

export interface S3Request {
  /** As policies name it: `s3:PutObject`. */
  action: string;
  method: "GET" | "PUT" | "POST" | "DELETE";
  /** `""` for the bucket itself. */
  key: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: Blob | Uint8Array<ArrayBuffer> | string;
  signal?: AbortSignal | undefined;
}

export interface S3Client {
  /** The answer's text. Throws `TryAgain` where the same request may succeed later, `not_found`, `forbidden`, or `invalid`. */
  text(request: S3Request): Promise<string>;
  /** The answer's headers; its body is not read. Throws as `text`. */
  headers(request: S3Request): Promise<Headers>;
  /** The answer's body, as it is asked for; what is cut off or comes no further is `TryAgain`. Throws as `text`. */
  stream(request: S3Request): Promise<ReadableStream<Uint8Array>>;
  location(key: string): string;
}

const ANSWER_MS = 60_000;
/** Slower than that, a link does not count as one. */
const SLOWEST_BYTES_PER_MS = 10;
const MOST_REDIRECTS = 3;
/** Sent from memory, with a digest that the service checks. */
const SMALL_BYTES = 256 * 1024;

export function s3Client({ bucket, region: first, source, headers: always, tls }: S3Options): S3Client {
  let region = first;
  const location = (key: string) => ["s3:/", bucket.name, key].filter((part) => part !== "").join("/");
  return {
    location,
    text: async (request) => (await send(request)).text(),
    async headers(request) {
      const { response, text } = await send(request);
      await text();
      return response.headers;
    },
    async stream(request) {
      const { response, limit, failed } = await send(request);
      return watched(response.body ?? new Blob([]).stream(), limit, failed);
    },
  };

  async function send(request: S3Request): Promise<Received> {
    const { signal } = request;
    let origin: string | null = null;
    for (let redirects = 0; ; redirects += 1) {
      const keys = await source.keys();
      const url = urlOf(bucket, region, request.key, request.query);
      if (origin !== null) url.host = origin;
      const attempted: Attempted = {
        ...{ action: request.action, location: location(request.key), bucket: bucket.name, endpoint: url.origin },
        ...{ source: source.name, secrets: keys ? Object.values(keys).filter((part) => typeof part === "string") : [] },
      };
      const limit = timeLimit(signal);
      const failed = (error: unknown) => {
        limit.stop();
        signal?.throwIfAborted();
        if (!limit.isOver()) return networkFailure(error, url.origin);
        return new TryAgain(`${url.origin} did not answer in time to ${request.action} on '${attempted.location}'.`);
      };
      const signed = await signedHeaders(
        url,
        { ...request, headers: { ...always, ...request.headers } },
        { keys, region },
      );
      const body = request.body === undefined ? {} : { body: await bodyOf(request.body) };
      limit.start(ANSWER_MS + sizeOf(request.body) / SLOWEST_BYTES_PER_MS);
      let response: Response;
      try {
        response = await fetch(url, {
          ...{ method: request.method, headers: signed, redirect: "manual", signal: limit.signal },
          ...body,
          ...(Object.keys(tls).length > 0 ? { tls } : {}),
        });
      } catch (error) {
        throw failed(error);
      }
      const received = { response, limit, failed, text: () => textOf(response, limit, failed) };
      if (response.ok) return received;
      const text = await received.text();
      const elsewhere = redirects < MOST_REDIRECTS && otherPlace(response, text, url);
      if (!elsewhere) throw failureOf({ status: response.status, headers: response.headers, body: text }, attempted);
      region = elsewhere.region ?? region;
      origin = elsewhere.host ?? null;
    }
  }

  /** Where a bucket is that was asked for in another region; null where the answer does not say so. */
  function otherPlace(
    { status, headers }: Response,
    body: string,
    url: URL,
  ): { region?: string; host?: string } | null {
    if (![301, 307, 400].includes(status)) return null;
    const named = headers.get("x-amz-bucket-region") ?? elementText(body, "Region");
    if (named && named !== region) return { region: named };
    const to = headers.get("location");
    if (status !== 307 || !to || !URL.canParse(to, url)) return null;
    const { host, protocol } = new URL(to, url);
    // Keys are not sent to hosts without a certificate that the first host had.
    return host === url.host || protocol !== url.protocol ? null : { host };
  }
}

/** The headers of a request with its signature; without `keys` it has none. `moment`, as `20261127T190000Z`: for tests. */
export async function signedHeaders(
  url: URL,
  { method, headers, body }: Pick<S3Request, "method" | "headers" | "body">,
  { keys, region, moment }: { keys: Keys | null; region: string; moment?: string },
): Promise<Headers> {
  const content = new Headers(headers);
  if (body !== undefined) content.set("content-length", String(sizeOf(body)));
  if (keys === null) return content;
  const digest = digestOf(body);
  if (digest !== null) content.set("x-amz-content-sha256", digest);
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  const signer = new AwsV4Signer({
    ...{ method, url: url.href, headers: content, service: "s3", region, accessKeyId, secretAccessKey },
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(moment === undefined ? {} : { datetime: moment }),
  });
  return (await signer.sign()).headers;
}

interface Received {
  response: Response;
  limit: TimeLimit;
  failed: (error: unknown) => Error;
  text: () => Promise<string>;
}

async function textOf(response: Response, limit: TimeLimit, failed: Received["failed"]): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw failed(error);
  } finally {
    limit.stop();
  }
}

type Body = NonNullable<S3Request["body"]>;

function sizeOf(body: S3Request["body"]): number {
  if (body === undefined) return 0;
  if (body instanceof Blob) return body.size;
  return typeof body === "string" ? Buffer.byteLength(body) : body.length;
}

/** Null for what is not in memory: it would be read twice. */
function digestOf(body: S3Request["body"]): string | null {
  if (body instanceof Blob) return null;
  return new Bun.CryptoHasher("sha256").update(body ?? "").digest("hex");
}

/** Files come as they are read: what Bun takes as a file, it reads whole before it sends it by TLS. */
async function bodyOf(body: Body): Promise<NonNullable<RequestInit["body"]>> {
  if (!(body instanceof Blob)) return body;
  return body.size <= SMALL_BYTES ? body.bytes() : body.stream();
}

/** No wait for bytes is longer than `ANSWER_MS`; while none are asked for, none are waited for. */
function watched(body: ReadableStream<Uint8Array>, limit: TimeLimit, failed: Received["failed"]) {
  const reader = body.getReader();
  limit.stop();
  return new ReadableStream<Uint8Array>(
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
