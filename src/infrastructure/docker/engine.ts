// Sends requests to a container engine: Docker's, or podman's socket, which speaks the same.
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, tryParseJson } from "#lib/json.ts";
import { networkWords } from "#lib/network-words.ts";
import type { Endpoint } from "./endpoint.ts";

/** What an engine that is well is asked for its own state takes less. */
export const ANSWER_MS = 30_000;

export interface EngineRequest {
  query?: Readonly<Record<string, string | undefined>>;
  body?: JsonObject;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
  /** An engine that has not answered by then is taken for one that is away. Default: it is waited for. */
  withinMs?: number;
  /** Opens a new connection to ask: an engine that is being stopped still answers on the open ones. */
  isFresh?: boolean;
}

export interface EngineAnswer {
  status: number;
  /** The answer read as JSON; null for none. */
  body: Json;
  /** What the engine says about a failure; empty for none. */
  message: string;
}

export interface Engine {
  endpoint: Endpoint;
  /** Answers of any status. Throws `unavailable` with a sentence where no engine answers. */
  ask(method: string, path: string, request?: EngineRequest): Promise<EngineAnswer>;
  /** The answer as it comes; throws as `ask` does, and `invalid` with the engine's words for a status above 299. */
  stream(method: string, path: string, request?: EngineRequest): Promise<ReadableStream<Uint8Array>>;
}

export function createEngine(endpoint: Endpoint): Engine {
  async function send(method: string, path: string, request: EngineRequest): Promise<Response> {
    const { query = {}, body, headers = {}, isFresh } = request;
    const signal = boundOf(request);
    const words = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const search = words.length > 0 ? `?${new URLSearchParams(words)}` : "";
    const { base, socket, tls } = endpoint;
    try {
      return await fetch(`${base}${path}${search}`, {
        ...{ method, headers: { ...(body ? { "content-type": "application/json" } : {}), ...headers } },
        ...(body ? { body: JSON.stringify(body) } : {}),
        ...(socket ? { unix: socket } : {}),
        ...(tls ? { tls } : {}),
        ...(signal ? { signal } : {}),
        ...(isFresh ? { keepalive: false } : {}),
        timeout: false, // pulls and the end of a container take as long as they take
      } as RequestInit); // what only Bun's fetch knows
    } catch (cause) {
      throw away(cause, request.signal);
    }
  }

  /** What is thrown where no answer comes, or half of one: an engine that is killed cuts it off. */
  function away(cause: unknown, signal: AbortSignal | undefined): unknown {
    return signal?.aborted ? cause : new OrchError("unavailable", unreachable(endpoint, cause), { cause });
  }

  return {
    endpoint,
    async ask(method, path, request = {}) {
      const answer = await send(method, path, request);
      const text = await answer.text().catch((cause) => {
        throw away(cause, request.signal);
      });
      const body = tryParseJson(text) ?? null;
      return { status: answer.status, body, message: answer.ok ? "" : failureIn(body, text, answer.status) };
    },
    async stream(method, path, request = {}) {
      const answer = await send(method, path, request);
      if (answer.ok && answer.body) return answer.body;
      const text = await answer.text();
      throw new OrchError("invalid", failureIn(tryParseJson(text) ?? null, text, answer.status));
    },
  };
}

function boundOf({ signal, withinMs }: EngineRequest): AbortSignal | undefined {
  const bounds = [signal, withinMs === undefined ? undefined : AbortSignal.timeout(withinMs)].filter((one) => !!one);
  return bounds.length > 0 ? AbortSignal.any(bounds) : undefined;
}

/** `{"message": "…"}`, as every engine answers; podman adds the cause. */
function failureIn(body: Json, text: string, status: number): string {
  const { message, cause } = isObject(body) ? (body as JsonObject) : {}; // JSON holds JSON
  const words = typeof message === "string" && message !== "" ? message : typeof cause === "string" ? cause : text;
  return words.trim().replace(/\s*\n\s*/g, " ") || `The engine answered with status ${status}.`;
}

function unreachable({ name, socket }: Endpoint, cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const hint =
    /EACCES|EPERM|FailedToOpenSocket/.test(code) && socket
      ? "Is it running, and may this user open the socket?"
      : "Is it running?";
  const reason = socket ? "" : ` (${networkWords(cause)})`;
  return `No container engine answers at ${name}${reason}. ${hint} DOCKER_HOST names another one.`;
}
