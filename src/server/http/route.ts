// A route is an endpoint with the function that answers it. The function cannot return a wrong shape or status.
import type { Database } from "#db/connect.ts";
import type { CallOutput, Endpoint, HandlerInput, Lazy, SuccessStatus } from "#wire/endpoint.ts";

/** What a handler may look at besides its parsed input. */
export interface RequestInfo {
  headers: Headers;
  /** Aborts when the client goes away. */
  signal: AbortSignal;
  /** The body as it was sent, for what parsing loses: `3.0` is not `3` in a checksum. */
  text: string;
  /**
   * How a handler writes. Its work returns what the call is answered with, so that a repeat of the call is answered alike
   * (server/idempotency).
   */
  write: Database["write"];
}

/** An answer with a status other than the endpoint's usual one, or with headers of its own. */
export class Reply<T> {
  readonly status: SuccessStatus;
  readonly body: T;
  readonly headers: Record<string, string>;

  constructor(status: SuccessStatus, body: T, headers: Record<string, string> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** An answer that was made into JSON text where it was read from the database. */
export class JsonText<T> {
  readonly text: string;
  /** The type of the answer, for the type checker alone: it is never set. */
  declare readonly says: T;

  constructor(text: string) {
    this.text = text;
  }
}

/** A whole response is what has no end, and so is no JSON. */
type Answered<T> = T | Reply<T> | JsonText<T> | Response;
/** A handler whose answer is empty may return nothing. */
type Empty<T> = [T] extends [null] ? void : never;

export function reply<T>(status: SuccessStatus, body: T, headers?: Record<string, string>): Reply<T> {
  return new Reply(status, body, headers);
}

export interface ParsedInput {
  params: Record<string, string>;
  query: unknown;
  body: unknown;
  text: string;
}

export interface Route {
  endpoint: Endpoint;
  handler: (input: ParsedInput, request: RequestInfo) => Promise<unknown>;
  /** Answers before the server is ready, too. */
  early?: boolean;
  /** Decides by itself about requests of older executions; the router refuses those to all other routes. */
  takesOlder?: boolean;
}

export function handle<E extends Endpoint<string, Lazy | undefined, Lazy | undefined, Lazy | undefined>>(
  endpoint: E,
  handler: (input: HandlerInput<E>, request: RequestInfo) => Promise<Answered<CallOutput<E> | Empty<CallOutput<E>>>>,
): Route {
  // The router hands over exactly what the endpoint's own schemas made.
  return { endpoint, handler: handler as unknown as Route["handler"] };
}

/** A route that decides by itself about requests of executions whose flow run was taken from them. */
export const handleOlder: typeof handle = (endpoint, handler) => ({ ...handle(endpoint, handler), takesOlder: true });
