// Sends requests to a container of Azure Blob Storage, with failures as sentences.
import { systemClock } from "#lib/clock.ts";
import { bytesOf, type HttpAnswer, type HttpBody, sendHttp } from "../http.ts";
import { failureOf } from "./failures.ts";
import type { AzureOptions } from "./options.ts";

export interface AzureRequest {
  /** As Microsoft calls it: `Put Blob`. */
  operation: string;
  method: "GET" | "PUT" | "DELETE";
  /** `""` for the container itself. */
  key: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: HttpBody;
  /** As `HttpRequest` has it. */
  encoding?: "identity";
  /** Statuses that are an answer too. */
  expected?: readonly number[];
  signal?: AbortSignal | undefined;
}

export interface AzureClient {
  /** Throws `TryAgain` where the same request may succeed later, `not_found`, `forbidden`, or `invalid`. */
  send(request: AzureRequest): Promise<HttpAnswer>;
  location(key: string): string;
}

/** Names that XML cannot hold are listed encoded from 2021-02-12 on. */
const VERSION = "2021-12-02";
const TRUST = "Name the file of its authority in NODE_EXTRA_CA_CERTS.";

export function azureClient({ container, endpoint, shownEndpoint, login }: AzureOptions): AzureClient {
  const location = (key: string) => ["az:/", container, key].filter((part) => part !== "").join("/");
  return {
    location,
    async send({ operation, method, key, query = {}, headers: given, body, encoding, expected = [], signal }) {
      const url = new URL([endpoint, container, ...(key === "" ? [] : [encoded(key)])].join("/"));
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      const headers = new Headers(given);
      headers.set("x-ms-version", VERSION);
      headers.set("x-ms-date", new Date(systemClock.now()).toUTCString());
      if (body !== undefined) headers.set("content-length", String(bytesOf(body)));
      const secrets = await login.sign({ method, url, headers });
      const answer = await sendHttp({
        ...{ method, url, headers, body, signal, trust: TRUST, server: shownEndpoint },
        ...(encoding === undefined ? {} : { encoding }),
        purpose: `${operation} on '${location(key)}'`,
      });
      const { status } = answer;
      if ((status >= 200 && status < 300) || expected.includes(status)) return answer;
      throw failureOf(
        { status, headers: answer.headers, body: await answer.text() },
        { operation, container, endpoint: shownEndpoint, location: location(key), login: login.name, secrets },
      );
    },
  };
}

function encoded(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}
