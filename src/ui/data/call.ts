// Calls the API, typed by the endpoints of `wire`. The page carries their addresses as text; schemas stay on the server.
import { signal } from "@preact/signals";
import { parseJson } from "#lib/json.ts";
import { pathPart } from "#lib/text/path-part.ts";
import type { CallInput, CallOutput } from "#wire/endpoint.ts";
import { endpointLines } from "#wire/endpoint-lines.ts" with { type: "macro" };
import type { EndpointName, EndpointNamed } from "#wire/index.ts";
import { errorOfAnswer, isNoId } from "#wire/problems.ts";
import { apiAddress } from "./base.ts";
import { noteServerTime } from "./clock.ts";
import { remembered } from "./storage.ts";

export type { EndpointName };
export type Input<Name extends EndpointName> = CallInput<EndpointNamed<Name>>;
export type Output<Name extends EndpointName> = CallOutput<EndpointNamed<Name>>;

const LINES: Record<string, string> = endpointLines();

/** The key of a server that asks for one, as the reader gave it. */
export const apiKey = remembered("key");
/** Whether the server refused a call for its key: the page then asks for one. */
export const isKeyWanted = signal(false);

/** A call that did not succeed. The message is a sentence for the reader. */
export class CallError extends Error {
  /** 0 when no answer came. */
  readonly status: number;
  /** What the server answered: of 422 the faults by field. */
  readonly body: unknown;
  constructor(message: string, status: number, body?: unknown) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/** `GET` and `/flow_runs/{id}`. */
export function addressOf(name: EndpointName): { method: string; path: string; isKeyed: boolean } {
  const line = LINES[name] ?? "";
  const [method = "GET", path = ""] = line.replace("+", "").split(" ");
  return { method, path, isKeyed: line.startsWith("+") };
}

/** Headers of every request: the key, where there is one. */
export function keyHeaders(): Record<string, string> {
  return apiKey.value === null ? {} : { authorization: `Bearer ${apiKey.value}` };
}

/**
 * Makes one call.
 *
 * @throws CallError with the server's sentence, or status 0 when the server cannot be reached.
 * @example const run = await call("readFlowRun", { params: { id } });
 */
export async function call<Name extends EndpointName>(
  name: Name,
  input: Input<Name>,
  { signal: over }: { signal?: AbortSignal } = {},
): Promise<Output<Name>> {
  const { params, query, body } = input as Parts; // what every input is made of
  const { method, path, isKeyed } = addressOf(name);
  const address = apiAddress(filled(path, params) + searchOf(query));
  const written = body === undefined ? undefined : JSON.stringify(body);
  const what = isKeyed ? `${method} ${address} ${written}` : "";
  const key = isKeyed ? keyFor(what) : undefined;
  const { response, text } = await sent(address, {
    method,
    headers: {
      ...keyHeaders(),
      ...(written === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    ...(written === undefined ? {} : { body: written }),
    ...(over ? { signal: over } : {}),
  });
  unanswered.delete(what);
  // Logs and files are answered as text; a proxy's page of HTML is no answer.
  const answer = response.headers.get("content-type")?.startsWith("text/plain") ? text : read(text);
  if (response.ok) return answer as Output<Name>; // the endpoint's own answer, as the server made it
  if (response.status === 401) isKeyWanted.value = true;
  // To a reader an id that cannot be is one that is not there.
  const status = isNoId(answer) ? 404 : response.status;
  throw new CallError(errorOfAnswer(response.status, answer).message, status, answer);
}

/** Whether it answers at all, whatever it says. */
export function isServerThere(): Promise<boolean> {
  return fetch(apiAddress("/health")).then(
    () => true,
    () => false,
  );
}

interface Parts {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
}

/** An answer that is cut within is none. */
async function sent(address: string, init: RequestInit): Promise<{ response: Response; text: string }> {
  const sentAt = Date.now();
  try {
    const response = await fetch(address, init);
    noteServerTime(response.headers.get("date"), sentAt);
    return { response, text: await response.text() };
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new CallError("The server cannot be reached.", 0);
  }
}

/** Numbers that JavaScript would change keep their digits. `null` for no answer, and for a page of something between. */
function read(text: string): unknown {
  try {
    return text === "" ? null : parseJson(text);
  } catch {
    return null;
  }
}

function filled(path: string, params: Record<string, string> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name) => pathPart(params[name] ?? ""));
}

function searchOf(query: Record<string, unknown> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return given.length === 0 ? "" : `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`;
}

/**
 * The keys of calls that no answer came to: the server may have done them. Pressed again they are sent with the same key, so
 * that it does them once.
 */
const unanswered = new Map<string, string>();
const MOST_UNANSWERED = 20;

function keyFor(what: string): string {
  const key = unanswered.get(what) ?? newKey();
  unanswered.delete(what);
  unanswered.set(what, key); // the last in the map
  const [oldest] = unanswered.keys();
  if (unanswered.size > MOST_UNANSWERED && oldest !== undefined) unanswered.delete(oldest);
  return key;
}

/** `crypto.randomUUID` is missing on pages over plain HTTP. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
