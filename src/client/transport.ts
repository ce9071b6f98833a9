// How a request reaches the server: over HTTP, or by calling it in the same process.
import { messageOf, OrchError } from "#lib/errors.ts";
import type { Method } from "#wire/endpoint.ts";

export interface WireRequest {
  method: Method;
  /** With the query: `/api/flows/…?…`. */
  path: string;
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

export interface WireAnswer {
  status: number;
  headers: Headers;
  text: string;
}

export interface Transport {
  /** Throws `unavailable` when nobody answers; any answer that arrives is given back. */
  send(request: WireRequest): Promise<WireAnswer>;
  /** For people: the address, or "this process". */
  readonly description: string;
}

export interface HttpOptions {
  /** Ends in `/api`. */
  url: string;
  apiKey?: string | null;
}

export function httpTransport({ url, apiKey }: HttpOptions): Transport {
  const base = url.replace(/\/api\/?$/, "");
  const authorization: Record<string, string> = apiKey ? { authorization: `Bearer ${apiKey}` } : {};
  return {
    description: url,
    async send({ method, path, headers, body, signal }) {
      try {
        const response = await fetch(`${base}${path}`, {
          method,
          headers: { ...headers, ...authorization },
          ...(body === undefined ? {} : { body }),
          ...(signal ? { signal } : {}),
        });
        return { status: response.status, headers: response.headers, text: await response.text() };
      } catch (error) {
        signal?.throwIfAborted();
        throw new OrchError("unavailable", `No server is answering at ${url}. Start one with 'orch server start'.`, {
          cause: new Error(messageOf(error), { cause: error }),
        });
      }
    },
  };
}

/** Calls a server that lives in this process: the same handlers, no socket. */
export function fetchTransport(answer: (request: Request) => Promise<Response>): Transport {
  return {
    description: "this process",
    async send({ method, path, headers, body, signal }) {
      const request = new Request(`http://in-process${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
      });
      const response = await answer(request);
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
  };
}
