// Writes a call of the API as a request. Without imports that cost: the script that sends a page's first reads is made of it too.
import { pathPart } from "#lib/text/path-part.ts";
import { apiAddress } from "./base.ts";

/** What every input of a call is made of. */
export interface Parts {
  params?: Record<string, string> | undefined;
  query?: Record<string, unknown> | undefined;
  body?: unknown;
}

export interface ApiRequest {
  method: string;
  /** With the base of the page. */
  address: string;
  /** JSON. */
  body: string | undefined;
}

export interface Line {
  method: string;
  path: string;
  /** It is sent with an idempotency key. */
  isKeyed: boolean;
}

/** Of `+POST /flow_runs/`. */
export function lineOf(line: string): Line {
  const [method = "GET", path = ""] = line.replace("+", "").split(" ");
  return { method, path, isKeyed: line.startsWith("+") };
}

export function requestOf({ method, path }: Line, { params, query, body }: Parts): ApiRequest {
  const address = apiAddress(filled(path, params) + searchOf(query));
  return { method, address, body: body === undefined ? undefined : JSON.stringify(body) };
}

/** `key`: of a server that asks for one. */
export function headersOf({ body }: ApiRequest, key: string | null): Record<string, string> {
  return {
    ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
}

function filled(path: string, params: Record<string, string> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name) => pathPart(params[name] ?? ""));
}

function searchOf(query: Record<string, unknown> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return given.length === 0 ? "" : `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`;
}
