// Begins calls before what needs their answers is drawn: the first sight of a page waits for them.

import { call, type EndpointName, type Input, type Output } from "./call.ts";
import { now } from "./clock.ts";

interface Begun {
  at: number;
  answer: Promise<unknown>;
}

/** By call and input. */
const begun = new Map<string, Begun>();
/** The answer to an older one may have been overtaken by events. */
const FRESH_MS = 1_000;

/** Makes a call that a page will make as soon as it is drawn. Only for calls that change nothing. */
export function callAhead(name: EndpointName, input: unknown): void {
  const answer = call(name, input as never); // of this name
  answer.catch(() => {}); // `callOrTake` returns the same promise, so its caller handles the failure
  begun.set(keyOf(name, input), { at: now(), answer });
}

/** As `call`, with the answer to the same call where that was begun ahead. */
export function callOrTake<Name extends EndpointName>(
  name: Name,
  input: Input<Name>,
  options: { signal?: AbortSignal },
): Promise<Output<Name>> {
  const key = keyOf(name, input);
  const known = begun.get(key);
  begun.delete(key);
  if (!known || now() - known.at > FRESH_MS) return call(name, input, options);
  return known.answer as Promise<Output<Name>>; // of this name
}

/** One text for the same call with the same input. */
export function keyOf(name: EndpointName, input: unknown): string {
  return `${name} ${JSON.stringify(input)}`;
}
