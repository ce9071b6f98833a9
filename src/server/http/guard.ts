// Who may call: no foreign web page, no foreign host name, and with a key set only those who have it.
import { timingSafeEqual } from "node:crypto";
import type { Settings } from "#settings/table.ts";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]", "::1"]);

export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host) || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Without a door, `undefined`; else the answer that turns the request away. */
export type Guard = (request: Request) => Response | undefined;

export function createGuard(settings: Settings, boundHost: string): Guard {
  const origins = settings.ORCH_SERVER_CORS_ORIGINS.split(",").map((origin) => origin.trim());
  const key = settings.ORCH_SERVER_API_KEY;

  return (request) => {
    const host = request.headers.get("host") ?? "";
    if (isLoopback(boundHost) && !isLoopback(hostName(host))) {
      return refusal(403, `The host '${host}' is not this server's address.`);
    }
    const origin = request.headers.get("origin");
    if (origin && !sameOrigin(origin, host) && !origins.includes(origin) && !origins.includes("*")) {
      return refusal(
        403,
        `Pages of '${origin}' may not call this server. Add it to ORCH_SERVER_CORS_ORIGINS to allow it.`,
      );
    }
    // A browser's question before a call carries no key, and gets nothing but the permission to ask.
    const asks = origin !== null && request.method === "OPTIONS";
    if (key && !asks && !carries(request.headers.get("authorization"), key)) {
      return refusal(401, "This server asks for an API key: set ORCH_API_KEY (or PREFECT_API_KEY).");
    }
    return undefined;
  };
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

/** In constant time, so that the key cannot be guessed letter by letter. */
function carries(authorization: string | null, key: string): boolean {
  const given = Buffer.from(authorization?.replace(/^Bearer /, "") ?? "");
  const wanted = Buffer.from(key);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function refusal(status: number, detail: string): Response {
  return Response.json({ detail }, { status });
}
