// Sends signed requests to a bucket: to the region that it is in, within time limits, with failures as sentences.
import { AwsV4Signer } from "aws4fetch";
import { bytesOf, type HttpAnswer, type HttpBody, sendHttp } from "../http.ts";
import { elementText } from "../xml.ts";
import { urlOf } from "./bucket.ts";
import type { Keys } from "./credentials.ts";
import { type Attempted, failureOf } from "./failures.ts";
import type { S3Options } from "./options.ts";

export interface S3Request {
  /** As policies name it: `s3:PutObject`. */
  action: string;
  method: "GET" | "PUT" | "POST" | "DELETE";
  /** `""` for the bucket itself. */
  key: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: HttpBody;
  signal?: AbortSignal | undefined;
}

interface Sent extends S3Request {
  /** What it asks for is handed on as it was stored. */
  isContent?: true;
}

export interface S3Client {
  /** The answer's text. Throws `TryAgain` where the same request may succeed later, `not_found`, `forbidden`, or `invalid`. */
  text(request: S3Request): Promise<string>;
  /** The answer's headers; its body is not read. Throws as `text`. */
  headers(request: S3Request): Promise<Headers>;
  /** The answer with its body as it was stored. `expected`: statuses that are an answer too. Throws as `text`. */
  content(request: S3Request, expected?: readonly number[]): Promise<HttpAnswer>;
  location(key: string): string;
}

const MOST_REDIRECTS = 3;
const TRUST = "Name the file of its authority in AWS_CA_BUNDLE, or in the block's settings as client_kwargs.verify.";

export function s3Client({ bucket, region: first, source, headers: always, tls }: S3Options): S3Client {
  let region = first;
  /** The keys of a day and a region, made from the secret: they sign all requests. */
  const cache: SigningKeys = new Map();
  const location = (key: string) => ["s3:/", bucket.name, key].filter((part) => part !== "").join("/");
  return {
    location,
    text: async (request) => (await send(request)).text(),
    async headers(request) {
      const { headers, text } = await send(request);
      await text();
      return headers;
    },
    content: (request, expected = []) => send({ ...request, isContent: true }, expected),
  };

  async function send(request: Sent, expected: readonly number[] = []): Promise<HttpAnswer> {
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
      const signed = await signedHeaders(
        url,
        { ...request, headers: { ...always, ...request.headers } },
        { keys, region, cache },
      );
      const answer = await sendHttp({
        ...{ method: request.method, url, headers: signed, body: request.body, signal, tls, trust: TRUST },
        ...(request.isContent ? { encoding: "identity" } : {}),
        purpose: `${request.action} on '${attempted.location}'`,
      });
      const { status, headers } = answer;
      if ((status >= 200 && status < 300) || expected.includes(status)) return answer;
      const text = await answer.text();
      const elsewhere = redirects < MOST_REDIRECTS && otherPlace(answer, text, url);
      if (!elsewhere) throw failureOf({ status, headers, body: text }, attempted);
      region = elsewhere.region ?? region;
      origin = elsewhere.host ?? null;
    }
  }

  /** Where a bucket is that was asked for in another region; null where the answer does not say so. */
  function otherPlace(
    { status, headers }: HttpAnswer,
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

type SigningKeys = Map<string, ArrayBuffer>;

/** The headers of a request with its signature; without `keys` it has none. `moment`, as `20261127T190000Z`: for tests. */
export async function signedHeaders(
  url: URL,
  { method, headers, body }: Pick<S3Request, "method" | "headers" | "body">,
  { keys, region, cache, moment }: { keys: Keys | null; region: string; cache?: SigningKeys; moment?: string },
): Promise<Headers> {
  const content = new Headers(headers);
  if (body !== undefined) content.set("content-length", String(bytesOf(body)));
  if (keys === null) return content;
  const digest = digestOf(body);
  if (digest !== null) content.set("x-amz-content-sha256", digest);
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  const signer = new AwsV4Signer({
    ...{ method, url: url.href, headers: content, service: "s3", region, accessKeyId, secretAccessKey },
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(cache === undefined ? {} : { cache }),
    ...(moment === undefined ? {} : { datetime: moment }),
  });
  return (await signer.sign()).headers;
}

/** Null for what is not in memory: it would be read twice. */
function digestOf(body: S3Request["body"]): string | null {
  if (body instanceof Blob) return null;
  return new Bun.CryptoHasher("sha256").update(body ?? "").digest("hex");
}
