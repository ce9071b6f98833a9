// A service on this machine: it keeps what it got, and answers as the real one does.
import type { Outside } from "#blocks/notify/notifier.ts";
import { systemClock } from "#lib/clock.ts";

export interface Received {
  /** Where it was sent to: the receiver stands in for that host. */
  address: string;
  method: string;
  headers: Record<string, string>;
  text: string;
  /** The text, when it is JSON. */
  json: unknown;
}

export interface Receiver {
  url: string;
  received: Received[];
  outside: Outside;
  stop(): Promise<void>;
}

const ADDRESS = "x-test-address";

export function receiver(answer: (request: Received) => Response | Promise<Response>): Receiver {
  const received: Received[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { [ADDRESS]: address = request.url, ...headers } = Object.fromEntries(request.headers);
      const text = await request.text();
      const json: unknown = headers["content-type"]?.startsWith("application/json") ? JSON.parse(text) : undefined;
      const seen = { address, method: request.method, headers, text, json };
      received.push(seen);
      return answer(seen);
    },
  });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    received,
    outside: {
      clock: systemClock,
      signal: AbortSignal.timeout(10_000),
      fetch(address, init) {
        const { pathname, search } = new URL(address);
        return fetch(`${url}${pathname}${search}`, { ...init, headers: { ...init.headers, [ADDRESS]: address } });
      },
    },
    stop: () => server.stop(true),
  };
}

export const MESSAGE = { subject: "The subject", body: "flow/run is `Failed` <now> & then\n\nFlow ID: 1" };
