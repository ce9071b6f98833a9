// Calls of the API, typed by their endpoints. Looks at no schema: what it costs a child process to start is a few lines.
import type { Clock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { pathPart } from "#lib/text/path-part.ts";
import type { CallInput, CallOutput, Endpoint } from "#wire/endpoint.ts";
import { IDEMPOTENCY_HEADER } from "#wire/repeat.ts";
import { API_VERSION, API_VERSION_HEADER } from "#wire/version.ts";
import { readAnswer } from "./answers.ts";
import { retrying } from "./retry.ts";
import type { Transport, WireAnswer, WireRequest } from "./transport.ts";

export interface CallOptions {
  signal?: AbortSignal;
  /** Asks the server to hold its answer until there is something to say, this many seconds at most. */
  waitSeconds?: number;
  /** Seconds until the answer is given up, for this call. */
  timeoutSeconds?: number;
  /** Sent along with the call's own headers. */
  headers?: Record<string, string>;
  /** For callers that repeat the call themselves: the same each time. Default: one for this call and its own retries. */
  idempotencyKey?: string;
}

export interface Client {
  /**
   * Throws `unavailable` when no answer arrives, and what the server refused with its code and sentence.
   *
   * @example
   * const run = await client.call(readFlowRun, { params: { id } });
   */
  call<E extends Endpoint>(endpoint: E, input: CallInput<E>, options?: CallOptions): Promise<CallOutput<E>>;
  /** For people: where the calls go. */
  readonly description: string;
}

export interface ClientOptions {
  transport: Transport;
  clock: Clock;
  /** Seconds until an answer is given up. Default 30. */
  timeoutSeconds?: number;
  /** How often a call is tried again when the server is away. Default 5; 0 for callers that wait by themselves. */
  retries?: number;
}

interface ReadAnswer extends WireAnswer {
  /** `undefined` for what is no JSON. */
  value: unknown;
}

interface CallParts {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
}

export function createClient({ transport, clock, timeoutSeconds = 30, retries = 5 }: ClientOptions): Client {
  async function attempt(request: WireRequest, seconds: number): Promise<ReadAnswer> {
    const answer = await sent(request, seconds);
    const value = readAnswer(answer.text);
    // Not every cut is seen by its length: a proxy may send answers without one.
    const isEmpty = answer.text === "" && (answer.status === 200 || answer.status === 201);
    const isCut = value === undefined && answer.status < 300 && /^[[{"]/.test(answer.text);
    if (!isCut && !isEmpty) return { ...answer, value };
    const other = isEmpty ? ", or another program has the port: it was empty" : "";
    throw new OrchError("unavailable", `The answer of ${transport.description} was cut off${other}.`);
  }

  async function sent(request: WireRequest, seconds: number): Promise<WireAnswer> {
    const given = request.signal;
    const timeout = AbortSignal.timeout(seconds * 1000);
    const signal = given ? AbortSignal.any([given, timeout]) : timeout;
    try {
      return await transport.send({ ...request, signal });
    } catch (error) {
      given?.throwIfAborted();
      if (!timeout.aborted) throw error;
      throw new OrchError("unavailable", `${transport.description} did not answer within ${seconds} seconds.`, {
        cause: error,
      });
    }
  }

  return {
    description: transport.description,
    async call(endpoint, input, options = {}) {
      const { signal, waitSeconds = 0, timeoutSeconds: patience = timeoutSeconds, headers, idempotencyKey } = options;
      const { params, query, body } = input as unknown as CallParts; // what every input is made of
      const request: WireRequest = {
        method: endpoint.method,
        path: `/api${pathOf(endpoint.path, params)}${searchOf(query)}`,
        headers: {
          [API_VERSION_HEADER]: API_VERSION,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(endpoint.repeat.by === "key" ? { [IDEMPOTENCY_HEADER]: idempotencyKey ?? newId() } : {}),
          ...(waitSeconds > 0 ? { prefer: `wait=${waitSeconds}` } : {}),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      };
      const send = (what: WireRequest) =>
        retrying({ clock, retries, signal }, () => attempt(what, patience + waitSeconds));
      let answer = await send(request);
      if (answer.status === 422 && endpoint.ours.length > 0 && request.body !== undefined) {
        const { withoutUnknown } = await import("./older-servers.ts");
        const known = withoutUnknown(request.body, answer.value, endpoint.ours);
        if (known !== undefined) answer = await send({ ...request, body: known });
      }
      const { status, value } = answer;
      if (value === undefined || status >= 300) {
        throw (await import("./refusals.ts")).refusalOf(transport.description, answer);
      }
      return value as never; // the endpoint's own answer, as the server made it
    },
  };
}

function pathOf(path: string, params: Record<string, string> | undefined): string {
  return path.replace(/\{(\w+)\}/g, (_, name) => pathPart(params?.[name] ?? ""));
}

function searchOf(query: Record<string, unknown> | undefined): string {
  if (!query) return "";
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`;
}
