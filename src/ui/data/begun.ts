// Hands the requests that the page itself has sent to its scripts, which are loaded meanwhile.
import { type ApiRequest, headersOf } from "./request.ts";
import { stored } from "./stored.ts";

export interface Begun {
  /** By the clock of the browser. */
  at: number;
  response: Promise<Response>;
}

type Page = typeof globalThis & { orchBegun?: Record<string, Begun> };

/** The answer to an older one may have been overtaken by events. */
const FRESH_MS = 3_000;

/** Sends a request that the scripts will make as soon as they are there. */
export function beginRequest(request: ApiRequest): void {
  const key = stored("key"); // as `call.ts` remembers it
  const { method, address, body } = request;
  const response = fetch(address, {
    method,
    headers: headersOf(request, key),
    ...(body === undefined ? {} : { body }),
  });
  response.catch(() => {}); // the call that takes it handles the failure
  const page = globalThis as Page; // shared with the scripts
  page.orchBegun = { ...page.orchBegun, [nameOf(request, key)]: { at: Date.now(), response } };
}

/** The same request, where it has been sent: once. */
export function takeBegun(request: ApiRequest, key: string | null): Begun | undefined {
  const page = globalThis as Page; // as above
  const { [nameOf(request, key)]: known, ...others } = page.orchBegun ?? {};
  page.orchBegun = others;
  return known && Date.now() - known.at < FRESH_MS ? known : undefined;
}

function nameOf({ method, address, body }: ApiRequest, key: string | null): string {
  return JSON.stringify([method, address, body, key]);
}
