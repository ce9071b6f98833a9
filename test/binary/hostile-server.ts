// A server whose every text field ends in what a terminal would obey, and one that refuses everything in such words.
import { type TestApp, testApp } from "../app.ts";

/** A line that looks like another record of a log. */
export const FORGED = "2026-01-01 00:00:00.000 | ERROR   | FORGED";

/** Each kind: colours, clipboard, title, controls of both tables, directions, separators, what cannot be seen, marks. */
export const HOSTILE = [
  "\x1b[31mred\x1b]52;c;cHduZWQ=\x07\x1b]8;;http://x\x1b\\\x1b]0;title\x07\x1b[2J",
  "\x9b31m\x85\x9d0;t\x9c\r\b\v\f\x7f\0",
  "\u202e\u202a\u2066\u2069\u200e\u200f\u061c\u2028\u2029\u200b\u2060\ufeff\u{e0041}\u{e0101}\ud800",
  `e${"\u0301".repeat(40)}`,
  `\n${FORGED}`,
].join("");

/** What commands need to know a thing by: ids, times, types of states, the slugs of orch's own block types. */
const NEEDED = /^(?:[0-9a-f-]{36}|\d{4}-\d\d-\d\dT.*|[A-Z_]+|process|secret|slack-webhook|local-file-system)$/;

function spoiled(value: unknown): unknown {
  if (typeof value === "string") return NEEDED.test(value) ? value : value + HOSTILE;
  if (Array.isArray(value)) return value.map(spoiled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spoiled(item)]));
}

export interface HostileServer {
  url: string;
  app: TestApp;
  /** From now on every call is refused with this status and this content type. */
  refuse(status: number, type: string): void;
  close(): Promise<void>;
}

export function hostileServer(): HostileServer {
  const app = testApp();
  let refusal: { status: number; type: string } | undefined;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (refusal) {
        const { status, type } = refusal;
        const body = type.includes("json")
          ? JSON.stringify({ detail: HOSTILE, exception_message: HOSTILE })
          : `<h1>${HOSTILE}</h1>`;
        return new Response(body, { status, headers: { "content-type": type } });
      }
      request.headers.delete("accept-encoding"); // compressed answers cannot be changed
      const answer = await app.app.fetch(request);
      const text = await answer.text();
      const body = text === "" ? null : JSON.stringify(spoiled(JSON.parse(text)));
      return new Response(body, { status: answer.status, headers: { "content-type": "application/json" } });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/api`,
    app,
    refuse: (status, type) => {
      refusal = { status, type };
    },
    async close() {
      await server.stop(true);
      await app.close();
    },
  };
}
