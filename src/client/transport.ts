// How a request reaches the server: over HTTP, or by calling it in the same process.
import { OrchError } from "#lib/errors.ts";
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
  /** Throws `unavailable` when no answer arrives; any answer that arrives is returned. */
  send(request: WireRequest): Promise<WireAnswer>;
  /** For people: the address, or "this process". */
  readonly description: string;
}

export interface HttpOptions {
  /** Ends in `/api`. */
  url: string;
  apiKey?: string | null;
}

/** Taken before user code is loaded: tests and packages of flows put their own `fetch` in its place. */
const { fetch } = globalThis;

/**
 * True for an address of this machine: it is reached directly, whatever the proxy variables say.
 *
 * @example
 * isLoopback("http://127.0.0.1:4200/api"); // true
 */
export function isLoopback(address: string): boolean {
  const host = URL.canParse(address) ? new URL(address).hostname : "";
  return /^(127(\.\d+){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[\da-f]{2}:[\da-f]+\]|(.+\.)?localhost)\.?$/.test(host);
}

export function httpTransport({ url, apiKey }: HttpOptions): Transport {
  const base = url.replace(/\/api\/?$/, "");
  const authorization: Record<string, string> = apiKey ? { authorization: `Bearer ${apiKey}` } : {};
  // The variables of a proxy are for the world outside; a proxy elsewhere would look for the server on its own machine.
  const direct = isLoopback(url) ? ({ proxy: false } as const) : {};
  return {
    description: url,
    async send({ method, path, headers, body, signal }) {
      try {
        const response = await fetch(`${base}${path}`, {
          ...direct,
          method,
          headers: { ...headers, ...authorization },
          ...(body === undefined ? {} : { body }),
          ...(signal ? { signal } : {}),
        });
        const text = await response.text();
        if (response.status >= 400) await refuseProxyAnswer(url, response, text);
        return { status: response.status, headers: response.headers, text };
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof OrchError) throw error;
        const code = codeOf(error);
        const why = (await import("#lib/network-words.ts")).networkWords(error);
        const sentence = MISADDRESSED.get(code)?.(url, why) ?? BROKEN.get(code)?.(url) ?? (await unanswered(url));
        throw new OrchError("unavailable", sentence, {
          cause: Object.assign(new Error(why, { cause: error }), { code }),
        });
      }
    },
  };
}

const tlsFailed = (url: string, why: string) =>
  `No secure connection can be made to ${url}: ${why}. Check ORCH_API_URL, or NODE_EXTRA_CA_CERTS for an authority of your own.`;

/** What tells that nothing is wrong with the server but with its address. */
const MISADDRESSED: ReadonlyMap<string, (url: string, why: string) => string> = new Map([
  ["ENOTFOUND", (url) => `The machine '${new URL(url).hostname}' of ${url} is not known. Check ORCH_API_URL.`],
  ["EPROTO", tlsFailed],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", tlsFailed],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", tlsFailed],
  ["SELF_SIGNED_CERT_IN_CHAIN", tlsFailed],
  ["UNABLE_TO_GET_ISSUER_CERT", tlsFailed],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", tlsFailed],
  ["CERT_HAS_EXPIRED", tlsFailed],
  ["CERT_NOT_YET_VALID", tlsFailed],
  ["ERR_TLS_CERT_ALTNAME_INVALID", tlsFailed],
]);

const TLS_HINT = "A server that speaks TLS has https:// in ORCH_API_URL.";
const closed = (url: string) =>
  `The connection to ${url} was closed before an answer came: the server stopped, or another program has the port.${url.startsWith("http:") ? ` ${TLS_HINT}` : ""}`;

/** Something listens at the address. */
const BROKEN: ReadonlyMap<string, (url: string) => string> = new Map([
  ["ECONNRESET", closed],
  ["ConnectionClosed", closed],
  ["EPIPE", closed],
  [
    "Malformed_HTTP_Response",
    (url) => `What answers at ${url} does not speak HTTP. Check ORCH_API_URL: its host and its port.`,
  ],
]);

/** The `code` in the cause of an error that an answer of something else than the API became. */
export const NOT_THE_API = "NOT_THE_API";

/**
 * True for a call that failed because of the address: no machine has the name, what is there cannot be spoken with securely,
 * or is no API. A network that is down fails in the same way, as does a proxy whose server is away: a caller that has had an
 * answer before may try again.
 */
export function isMisaddressed(error: unknown): boolean {
  if (!(error instanceof OrchError)) return false;
  const code = codeOf(error.cause);
  return code === NOT_THE_API || code === "Malformed_HTTP_Response" || MISADDRESSED.has(code);
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

async function unanswered(url: string): Promise<string> {
  const proxy = await proxyFor(url);
  if (proxy === null) return `No server is answering at ${url}. Start one with 'orch server start'.`;
  return `No server is answering at ${url} through the proxy ${proxy}. ${howToPass(url)}`;
}

async function proxyFor(url: string): Promise<string | null> {
  return isLoopback(url) ? null : (await import("#lib/proxy.ts")).proxyOf(url);
}

function howToPass(url: string): string {
  return `NO_PROXY=${new URL(url).hostname} reaches it directly.`;
}

/** A server's refusals are JSON; a page is what a proxy says for itself. */
async function refuseProxyAnswer(url: string, { status, headers }: Response, text: string): Promise<void> {
  if (headers.get("content-type")?.includes("json") || text.startsWith("{")) return;
  const proxy = await proxyFor(url);
  if (proxy === null) return;
  throw new OrchError("unavailable", `The proxy ${proxy} answered ${status} for ${url}. ${howToPass(url)}`);
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
