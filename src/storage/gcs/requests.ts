// Sends requests to a bucket of Google Cloud Storage, with failures as sentences.
import { type HttpAnswer, type HttpBody, sendHttp } from "../http.ts";
import { failureOf } from "./failures.ts";
import type { GcsOptions } from "./options.ts";

export interface GcsRequest {
  /** The permission that it needs: `storage.objects.get`. */
  permission: string;
  method: "GET" | "PUT" | "POST" | "DELETE";
  /** Below the endpoint, with its query: written as in an address. */
  path: string;
  /** `""` for the bucket itself. */
  key: string;
  headers?: Readonly<Record<string, string>>;
  body?: HttpBody;
  /** As `HttpRequest` has it. */
  encoding?: "gzip";
  /** Statuses that are an answer too. */
  expected?: readonly number[];
  signal?: AbortSignal | undefined;
}

export interface GcsClient {
  /** Throws `TryAgain` where the same request may succeed later, `not_found`, `forbidden`, or `invalid`. */
  send(request: GcsRequest): Promise<HttpAnswer>;
  location(key: string): string;
}

const TRUST = "Name the file of its authority in NODE_EXTRA_CA_CERTS.";

export function gcsClient({ bucket, endpoint, source, payingProject }: GcsOptions): GcsClient {
  const location = (key: string) => ["gs:/", bucket, key].filter((part) => part !== "").join("/");
  return {
    location,
    async send({ permission, method, path, key, headers, body, encoding, expected = [], signal }) {
      const own = await source.headers();
      const url = new URL(`${endpoint}${path}`);
      if (payingProject !== undefined) url.searchParams.set("userProject", payingProject);
      const answer = await sendHttp({
        ...{ method, url, headers: new Headers({ ...headers, ...own }), body, signal, trust: TRUST },
        ...(encoding === undefined ? {} : { encoding }),
        purpose: `${permission} on '${location(key)}'`,
      });
      const { status } = answer;
      if ((status >= 200 && status < 300) || expected.includes(status)) return answer;
      throw failureOf(
        { status, headers: answer.headers, body: await answer.text() },
        {
          ...{ permission, bucket, endpoint: url.origin, location: location(key), isObject: key !== "" },
          ...{ source: source.name, secrets: own["authorization"]?.split(" ").slice(1) ?? [] },
        },
      );
    },
  };
}
