// From a request to an answer: path, version header, input, handler, answer. Knows no resource.

import type { Database } from "#db/connect.ts";
import type { Clock } from "#lib/clock.ts";
import { isObject, parseJson } from "#lib/json.ts";
import { LONG_ANSWER_LENGTH } from "#lib/limits.ts";
import { ATTEMPT_HEADER } from "#wire/runs/attempts.ts";
import { API_VERSION, API_VERSION_HEADER } from "#wire/version.ts";
import type { Answered } from "./answered-calls.ts";
import { createBodies } from "./body.ts";
import { readInput } from "./input.ts";
import { RepeatedCall, type Write, writeOf } from "./keyed-call.ts";
import { createMatcher } from "./matcher.ts";
import { ProblemError, problemOf } from "./problem.ts";
import type { RequestCounts } from "./request-counts.ts";
import { JsonText, Reply, type RequestInfo, type Route } from "./route.ts";

const PREFIX = "/api";
const JSON_TYPE = "application/json";
const GZIP_FROM_BYTES = 500;
const LEAST_API_VERSION = [0, 8, 0] as const;

export interface RouterOptions {
  db: Database;
  clock: Clock;
  log: (message: string) => void;
  /** Aborts when the server stops: held requests are then answered with what there is. */
  stopping: AbortSignal;
  /** Waited for before a request is answered. */
  ready: () => Promise<void>;
  /** Throws for a request of an older execution of a flow run, by its headers. */
  refuse: (headers: Headers) => Promise<void>;
  /** Told of every request. */
  requests: RequestCounts;
}

/** Headers of a repeated call that the look for its record goes without; the others say in which shape it is answered. */
const NOT_OF_THE_RECORD = [
  "accept-encoding",
  "content-encoding",
  "content-length",
  "transfer-encoding",
  ATTEMPT_HEADER,
];

/** The route of requests that have none. */
const NO_ROUTE = "";
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"]);

/** Answers what lies below `/api`. */
export function createRouter(
  routes: readonly Route[],
  { log, db, clock, stopping, ready, refuse, requests }: RouterOptions,
): (request: Request) => Promise<Response> {
  const matcher = createMatcher(routes);
  const bodies = createBodies(clock);

  return async (request) => {
    const started = performance.now();
    const url = partsOf(request.url);
    const match = find(request.method, url.pathname);
    const response = await answered(request, url, match);
    const route = match && "route" in match ? match.route.endpoint.path : NO_ROUTE;
    const method = METHODS.has(request.method) ? request.method : "other";
    requests.add(route, method, response.status, (performance.now() - started) / 1000);
    return response;
  };

  async function answered(request: Request, url: UrlParts, match: ReturnType<typeof find>): Promise<Response> {
    try {
      if (!(match && "route" in match && match.route.early)) await ready();
      if (!match) return redirectToSlash(url, request.method) ?? toReference(url) ?? json(404, { detail: "Not Found" });
      if ("methods" in match) return json(405, { detail: "Method Not Allowed" }, { allow: match.methods.join(", ") });
      const { route, params } = match;
      if (route.endpoint.versioned) checkVersion(request.headers.get(API_VERSION_HEADER));
      const input = await readInput(route.endpoint, params, request, url, bodies);
      if (!route.takesOlder && request.headers.has(ATTEMPT_HEADER)) await refuse(request.headers);
      const { endpoint } = route;
      const write = writeOf(db, clock, { endpoint, headers: request.headers, ...url, text: input.text });
      const result = await route.handler(input, requestInfo(request, stopping, { text: input.text, write }));
      return await answer(route, result, request.headers);
    } catch (thrown) {
      if (thrown instanceof RepeatedCall && match && "route" in match) {
        return answerAgain(thrown.answer, match.route, request.headers);
      }
      const problem = problemOf(thrown);
      if ("defect" in problem) log(`${request.method} ${url.pathname} failed: ${describe(problem.defect)}`);
      return json(problem.status, problem.body, problem.headers);
    }
  }

  /** A record is answered as it is now: that of a deleted one is 404. */
  async function answerAgain(
    { status, body, record }: Answered,
    { endpoint }: Route,
    given: Headers,
  ): Promise<Response> {
    if (status === 204) return new Response(null, { status });
    const rest = body === null ? null : parseJson(body);
    if (record === null) return json(status, rest);
    const url = { origin: "http://repeat", pathname: `${PREFIX}${record}`, search: "" };
    const headers = new Headers(given);
    for (const name of NOT_OF_THE_RECORD) headers.delete(name);
    const found = await answered(new Request(url.origin + url.pathname, { headers }), url, find("GET", url.pathname));
    if (!found.ok) return found;
    const text = await found.text();
    const field = endpoint.repeat.by === "key" ? endpoint.repeat.field : undefined;
    if (field === undefined || !isObject(rest))
      return new Response(text, { status, headers: { "content-type": JSON_TYPE } });
    return json(status, { ...rest, [field]: parseJson(text) });
  }

  function find(method: string, pathname: string) {
    return pathname.startsWith(`${PREFIX}/`) ? matcher.find(method, pathname.slice(PREFIX.length)) : undefined;
  }

  /**
   * The old server sends `/flows` to `/flows/`, with 307 so that the body goes along. Relative, so that it is right behind a proxy that
   * speaks TLS or puts a path before.
   */
  function redirectToSlash(url: UrlParts, method: string): Response | undefined {
    const other = url.pathname.endsWith("/") ? url.pathname.slice(0, -1) : `${url.pathname}/`;
    const found = find(method, other);
    if (!found || "methods" in found) return undefined;
    const last = other.split("/").findLast((part) => part !== "");
    const relative = other.endsWith("/") ? `./${last}/` : `../${last}`;
    return new Response(null, { status: 307, headers: { location: `${relative}${url.search}` } });
  }
}

/** Commands print the address of the API, and people open it: its reference says what is there. Relative, as above. */
function toReference({ pathname }: UrlParts): Response | undefined {
  const isRoot = pathname === "/" || pathname === PREFIX || pathname === `${PREFIX}/`;
  return isRoot ? new Response(null, { status: 302, headers: { location: "docs" } }) : undefined;
}

interface UrlParts {
  origin: string;
  pathname: string;
  /** With its `?`; empty without one. */
  search: string;
}

/** A request's URL is already in its normal form, so cutting it is enough: a tenth of the cost of parsing it again. */
function partsOf(url: string): UrlParts {
  const path = url.indexOf("/", url.indexOf("//") + 2);
  const question = url.indexOf("?", path);
  const end = question === -1 ? url.length : question;
  return { origin: url.slice(0, path), pathname: url.slice(path, end), search: url.slice(end) };
}

/** Headers and signal are made only for the handlers that look at them. */
function requestInfo(
  request: Request,
  stopping: AbortSignal,
  { text, write }: { text: string; write: Write },
): RequestInfo {
  let signal: AbortSignal | undefined;
  return {
    text,
    write,
    get headers() {
      return request.headers;
    },
    get signal() {
      signal ??= AbortSignal.any([request.signal, stopping]);
      return signal;
    },
  };
}

async function packedInThread(bytes: Buffer): Promise<Uint8Array<ArrayBuffer>> {
  const { gzip } = await import("node:zlib");
  return new Promise((resolve, reject) =>
    gzip(bytes, { level: 1 }, (error, packed) => (error ? reject(error) : resolve(new Uint8Array(packed)))),
  );
}

async function answer(route: Route, result: unknown, requestHeaders: Headers): Promise<Response> {
  if (result instanceof Response) return result;
  const defaultStatus = route.endpoint.statuses[0] ?? 200;
  const { status, body, headers } =
    result instanceof Reply ? result : { status: defaultStatus, body: result ?? null, headers: undefined };
  if (status === 204) return new Response(null, { status });
  const text = body instanceof JsonText ? body.text : JSON.stringify(body);
  if (text.length < GZIP_FROM_BYTES || !requestHeaders.get("accept-encoding")?.includes("gzip")) {
    return new Response(text, { status, headers: { "content-type": JSON_TYPE, ...headers } });
  }
  const bytes = Buffer.from(text);
  // 1 MB takes 10 ms: a long one is packed in another thread.
  const packed = text.length < LONG_ANSWER_LENGTH ? Bun.gzipSync(bytes, { level: 1 }) : await packedInThread(bytes);
  const packedHeaders = { "content-type": JSON_TYPE, "content-encoding": "gzip", vary: "Accept-Encoding", ...headers };
  return new Response(packed, { status, headers: packedHeaders });
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  // An unconfirmed clearing of the database is a 400 with an empty body.
  if (body === undefined) return new Response(null, { status, headers });
  return new Response(JSON.stringify(body), { status, headers: { "content-type": JSON_TYPE, ...headers } });
}

function checkVersion(version: string | null): void {
  if (version === null || version === API_VERSION) return;
  const parts = /^(\d+)\.(\d+)\.(\d+)$/.exec(version)?.slice(1).map(Number);
  if (!parts) {
    const detail = `Invalid X-PREFECT-API-VERSION header format.Expected header in format 'x.y.z' but received ${version}`;
    throw new ProblemError(400, { detail });
  }
  const least = LEAST_API_VERSION;
  const difference = least.map((part, index) => (parts[index] ?? 0) - part).find((step) => step !== 0) ?? 0;
  if (difference >= 0) return;
  const detail = `The request specified API version ${version} but this server requires version ${least.join(".")} or higher.`;
  throw new ProblemError(400, { detail });
}

function describe(defect: unknown): string {
  return defect instanceof Error ? (defect.stack ?? defect.message) : String(defect);
}
