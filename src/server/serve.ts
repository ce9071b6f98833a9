// Binds the app to a port.
import { messageOf, OrchError } from "#lib/errors.ts";
import { MOST_BODY_BYTES, TOO_LARGE } from "#lib/limits.ts";
import { portOwner } from "#lib/process/port-owner.ts";
import { nextTurn } from "#lib/yield.ts";
import type { Settings } from "#settings/table.ts";
import type { App } from "./app.ts";
import { becameEventSocket, eventSocket } from "./event-socket.ts";
import { EVENT_STREAM } from "./events/stream.ts";
import { corsHeaders, createGuard, isLoopback } from "./http/guard.ts";

export interface Listener {
  /** `http://127.0.0.1:4200` */
  url: string;
  port: number;
  /** Answers what is under way, for two seconds at most, then closes. */
  stop(): Promise<void>;
}

/**
 * Held requests answer within 60 s (work-queues/wait.ts). A connection that is silent is closed after this time, and a
 * body that has not come by then is cut off, however busily it comes. Bun's own limits: headers within 12 s, 16 KB of them,
 * and 200 (431).
 */
const IDLE_SECONDS = 120;
const LAST_ANSWERS_MS = 2_000;
const LAST_TURNS = 100;

export interface ServeOptions {
  host: string;
  port: number;
  /** Asks for no key, whatever the address and the settings. */
  openToAll?: boolean;
}

/** Throws `invalid` when an open address has no key. */
export function refuseOpenAddress(settings: Settings, { host, openToAll = false }: Omit<ServeOptions, "port">): void {
  if (isLoopback(host) || settings.ORCH_SERVER_API_KEY || openToAll) return;
  const sentence = `Binding ${host} lets other machines in: set ORCH_SERVER_API_KEY first, or bind 127.0.0.1.`;
  throw new OrchError("invalid", `${sentence} On a network you trust, --no-auth turns the key off.`);
}

/** Throws `conflict` when the port is taken, and as `refuseOpenAddress`. */
export function serve(app: App, { host, port, openToAll = false }: ServeOptions): Listener {
  const { settings, clock, log } = app.context;
  refuseOpenAddress(settings, { host, openToAll });
  const guard = createGuard(openToAll ? { ...settings, ORCH_SERVER_API_KEY: null } : settings, host);
  let underWay = 0;
  let allAnswered = () => {};

  const withoutBase = basePathRemover(settings.ORCH_UI_BASE_PATH);

  type Socket = Pick<Bun.Server<undefined>, "timeout" | "upgrade">;
  async function answer(received: Request, server: Socket): Promise<Response | undefined> {
    const request = withoutBase(received);
    if (request instanceof Response) return request;
    const refused = guard(request) ?? tooLarge(request);
    if (refused) return refused;
    if (becameEventSocket(received, server)) return undefined;
    underWay += 1;
    try {
      const response = request.headers.has("origin") ? await answerPage(request) : await app.fetch(request);
      // Bun counts the idle time from the request on, whatever is sent meanwhile.
      if (response.headers.get("content-type") === EVENT_STREAM) server.timeout(received, 0);
      return response;
    } finally {
      underWay -= 1;
      if (underWay === 0) allAnswered();
    }
  }

  /** To a web page that may call: its own server's, or one of ORCH_SERVER_CORS_ORIGINS. */
  async function answerPage(request: Request): Promise<Response> {
    const cors = corsHeaders(settings, request);
    if (request.method === "OPTIONS") return new Response(null, { headers: cors });
    const response = await app.fetch(request);
    for (const [name, value] of Object.entries(cors)) response.headers.set(name, value);
    return response;
  }

  /** A defect outside of the router, which answers its own. */
  function failed(error: Error): Response {
    log(`A request failed: ${error.stack ?? error.message}`);
    return Response.json({ exception_message: "Internal Server Error" }, { status: 500 });
  }

  async function lastAnswers(): Promise<void> {
    if (underWay === 0) return;
    const answered = new Promise<void>((resolve) => {
      allAnswered = resolve;
    });
    const patience = new AbortController();
    await Promise.race([answered, clock.sleep(LAST_ANSWERS_MS, patience.signal)]);
    patience.abort();
  }

  try {
    const server = Bun.serve({
      hostname: host,
      port,
      // Bun's own refusal has no body, so ours comes first: tooLarge(), and body.ts for a body without a length.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      idleTimeout: IDLE_SECONDS,
      // Without it Bun shows its own page, with source and stack, for an error of ours.
      development: false,
      // Which would let a second server have the port too.
      reusePort: false,
      fetch: answer,
      websocket: eventSocket,
      error: failed,
    });
    const bound = server.port ?? port;
    return {
      url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
      port: bound,
      async stop() {
        // New connections are refused from here on; the promise only resolves when the last one is gone.
        server.stop();
        app.release();
        await lastAnswers();
        // Streams have their end by now; it takes a few turns to be sent. Who does not read it is not waited for.
        for (let turn = 0; turn < LAST_TURNS && server.pendingRequests > 0; turn += 1) await nextTurn();
        await server.stop(true);
      },
    };
  } catch (error) {
    throw explained(error, host, port);
  }
}

/**
 * Cuts a base path off each address that has it: a proxy that leaves it there is not seen otherwise. Before anything looks at
 * the path, so that what needs a key below the API needs it here as well.
 */
function basePathRemover(basePath: string | null): (request: Request) => Request | Response {
  const prefix = `/${(basePath ?? "").replace(/^\/+|\/+$/g, "")}`;
  if (prefix === "/") return (request) => request;
  return (request) => {
    const { origin, pathname, search } = new URL(request.url);
    // Relative addresses of the page would lead beside the path. The last part again, as it is relative to what lies before it.
    if (pathname === prefix) return redirectTo(`./${prefix.slice(prefix.lastIndexOf("/") + 1)}/${search}`);
    if (!pathname.startsWith(`${prefix}/`)) return request;
    return new Request(`${origin}${pathname.slice(prefix.length)}${search}`, request);
  };
}

function redirectTo(location: string): Response {
  return new Response(null, { status: 307, headers: { location } });
}

/** Answered before the body is read; the connection ends with it. */
function tooLarge({ method, headers }: Request): Response | undefined {
  if (method === "GET" || !(Number(headers.get("content-length")) > MOST_BODY_BYTES)) return undefined;
  return Response.json({ detail: TOO_LARGE }, { status: 413, headers: { connection: "close" } });
}

function explained(error: unknown, host: string, port: number): OrchError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") {
    const owner = portOwner(port);
    const by = owner === undefined ? "" : ` by ${owner}`;
    const sentence = `Port ${port} on ${host} is taken${by}. Stop what uses it, or choose another with --port.`;
    return new OrchError("conflict", sentence, { cause: error });
  }
  return new OrchError("invalid", `${host}:${port} cannot be bound: ${messageOf(error)}`, { cause: error });
}
