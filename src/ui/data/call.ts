// Calls the API, typed by the endpoints of `wire`. The page carries their addresses as text; schemas stay on the server.
import { signal } from "@preact/signals";
import { parseJson } from "#lib/json.ts";
import type { CallInput, CallOutput } from "#wire/endpoint.ts";
import { endpointLines } from "#wire/endpoint-lines.ts" with { type: "macro" };
import type { EndpointName, EndpointNamed } from "#wire/index.ts";
import { errorOfAnswer, isNoId } from "#wire/problems.ts";
import { apiAddress } from "./base.ts";
import { takeBegun } from "./begun.ts";
import { noteServerTime } from "./clock.ts";
import { type ApiRequest, headersOf, type Line, lineOf, type Parts, requestOf } from "./request.ts";
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
export function addressOf(name: EndpointName): Line {
  return lineOf(LINES[name] ?? "");
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
  const line = addressOf(name);
  const request = requestOf(line, input as Parts); // what every input is made of
  const { method, address, body } = request;
  const what = line.isKeyed ? `${method} ${address} ${body}` : "";
  const key = line.isKeyed ? keyFor(what) : undefined;
  const { response, text } = await sent(request, {
    method,
    headers: { ...headersOf(request, apiKey.peek()), ...(key === undefined ? {} : { "idempotency-key": key }) },
    ...(body === undefined ? {} : { body }),
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

/** An answer that is cut within is none. */
async function sent(request: ApiRequest, init: RequestInit): Promise<{ response: Response; text: string }> {
  const begun = takeBegun(request, apiKey.peek());
  const sentAt = begun?.at ?? Date.now();
  try {
    const response = await (begun?.response ?? fetch(request.address, init));
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
