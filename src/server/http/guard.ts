// Who may call: no foreign web page, no foreign host name, and with a key set only those who have it.
import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { pages } from "#lib/text/page-addresses.ts";
import type { Settings } from "#settings/table.ts";
import { METRICS_PATH } from "./request-counts.ts";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]", "::1"]);

export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host) || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** `undefined` lets the request in; else the answer that turns it away. */
export type Guard = (request: Request) => Response | undefined;

export function createGuard(settings: Settings, boundHost: string): Guard {
  const origins = listed(settings.ORCH_SERVER_CORS_ORIGINS);
  const hosts = listed(settings.ORCH_SERVER_ALLOWED_HOSTS.toLowerCase());
  const hasPages = settings.ORCH_UI_ENABLED && !settings.ORCH_UI_STATIC_DIRECTORY;
  const key = settings.ORCH_SERVER_API_KEY ? digest(settings.ORCH_SERVER_API_KEY) : undefined;

  return (request) => {
    const host = request.headers.get("host") ?? "";
    if (!isOurs(hostName(host).toLowerCase())) {
      const sentence = `The host '${host}' is not this server's. Add it to ORCH_SERVER_ALLOWED_HOSTS if it is.`;
      return refusal(403, sentence);
    }
    if (isEmbedded(request.headers)) return refusal(403, "Pages of other sites may not load from this server.");
    const origin = request.headers.get("origin");
    if (origin && !sameOrigin(origin, host) && !origins.includes(origin) && !origins.includes("*")) {
      return refusal(
        403,
        `Pages of '${origin}' may not call this server. Add it to ORCH_SERVER_CORS_ORIGINS to allow it.`,
      );
    }
    // CORS preflights carry no credentials, so they pass without a key.
    const asks = origin !== null && request.method === "OPTIONS";
    if (key && !asks && !carries(request.headers.get("authorization"), key) && !isOpen(request)) {
      const page = hasPages ? referencePage(request) : undefined;
      if (page) return new Response(null, { status: 302, headers: { location: page } });
      return refusal(401, "This server asks for an API key: set ORCH_API_KEY (or PREFECT_API_KEY).");
    }
    return undefined;
  };

  /**
   * A page of another site whose name leads here (DNS rebinding) asks by that name. A key keeps it out as well: so where
   * others may come in with a key, and no names are listed, any will do.
   */
  function isOurs(name: string): boolean {
    if (isLoopback(name) || hosts.includes(name) || hosts.includes("*")) return true;
    if (isLoopback(boundHost)) return false;
    return isIP(name.replace(/^\[|\]$/g, "")) !== 0 || name === boundHost || (key !== undefined && hosts.length === 0);
  }
}

function listed(text: string): string[] {
  return text.split(",").flatMap((entry) => entry.trim() || []);
}

/** As an image, a script or a form of a foreign page, which sends no origin with it. Only browsers say so. */
function isEmbedded(headers: Headers): boolean {
  if (headers.get("sec-fetch-mode") !== "no-cors") return false;
  const site = headers.get("sec-fetch-site");
  return site === "cross-site" || site === "same-site";
}

/** The headers that let an allowed foreign page read the answer. */
export function corsHeaders(settings: Settings, request: Request): Record<string, string> {
  const origin = request.headers.get("origin");
  if (!origin || settings.ORCH_SERVER_CORS_ORIGINS === "") return {};
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "GET, POST, PATCH, PUT, DELETE",
    "access-control-allow-headers": request.headers.get("access-control-request-headers") ?? "*",
    vary: "Origin",
  };
}

/** `localhost:4200` to `localhost`, `[::1]:4200` to `[::1]`. */
function hostName(host: string): string {
  return host.replace(/:\d+$/, "");
}

function sameOrigin(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

/** In constant time, whatever its length, so that the key cannot be guessed letter by letter. */
function carries(authorization: string | null, wanted: Buffer): boolean {
  const given = /^Bearer +(.+)$/i.exec(authorization ?? "")?.[1];
  return given !== undefined && timingSafeEqual(digest(given), wanted);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Asked by those who watch a server, who need no key of it. */
const OPEN = new Set(["/api/health", "/api/ready"]);
/** They tell of what the server does, or can do. All else outside of the API is the web UI, which asks for its data below it. */
const CLOSED = new Set(["/api", METRICS_PATH, "/docs", "/openapi.json"]);

/** What may be read without a key: a browser that loads a page sends none. */
function isOpen({ method, url }: Request): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  const { pathname } = new URL(url);
  return OPEN.has(pathname) || !(CLOSED.has(pathname) || pathname.startsWith("/api/"));
}

/**
 * Where a browser that asks for the API's reference finds it: the page asks for the key, and sends it. Relative, so that it is right
 * below the path of any proxy. `undefined` for programs, and for all else.
 */
function referencePage({ method, url, headers }: Request): string | undefined {
  if (method !== "GET" || !headers.get("accept")?.includes("text/html")) return undefined;
  const found = /^(\/api)?\/docs$/.exec(new URL(url).pathname);
  return found ? `${found[1] ? "../" : "./"}${pages.apiReference().slice(1)}` : undefined;
}

function refusal(status: number, detail: string): Response {
  return Response.json({ detail }, { status });
}
