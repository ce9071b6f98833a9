// Sends a request some of whose headers come several times: `fetch` would make one line of them.
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { RequestHeaders } from "./impersonation.ts";

export interface RepeatedRequest {
  method: string;
  headers: RequestHeaders;
  body?: string | undefined;
  signal?: AbortSignal | undefined;
  tls: { ca?: string; cert?: string; key?: string; serverName?: string; rejectUnauthorized: boolean };
  /** Default: what the environment says. */
  proxy?: string | undefined;
}

const WITHOUT_BODY = new Set([204, 304]);

/** Rejects as `fetch` does where no server answers. */
export async function requestWith(address: string, request: RepeatedRequest): Promise<Response> {
  const { method, headers, body, signal, tls, proxy } = request;
  const { serverName, ...rest } = tls;
  const { Agent, request: send } = address.startsWith("https:")
    ? await import("node:https")
    : await import("node:http");
  const proxyEnv = proxy === undefined ? process.env : { HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = {
    ...{ method, headers: headers as Record<string, string | string[]>, agent: new Agent({ proxyEnv }) }, // it changes none
    ...{ ...rest, ...(serverName === undefined ? {} : { servername: serverName }), ...(signal ? { signal } : {}) },
  };
  send(address, options, resolve)
    .on("error", reject)
    .end(body === undefined ? undefined : Buffer.from(body)); // as text it would change how the headers are encoded
  const answer = await promise;
  const status = answer.statusCode ?? 0;
  // The two types of stream are one.
  const stream = Readable.toWeb(answer) as unknown as ReadableStream<Uint8Array>;
  return new Response(WITHOUT_BODY.has(status) ? null : stream, { status });
}
