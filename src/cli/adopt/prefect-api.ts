// Asks the API of a running Prefect 2: reads of one object, and lists page by page. Nothing that it sends changes anything there.
import { retrying } from "#client/retries.ts";
import { httpTransport, type WireAnswer } from "#client/transport.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, tryParseJson } from "#lib/json.ts";

/** A busy server with a large database may need long for one page. */
const PATIENCE_MS = 120_000;
const RETRIES = 5;
/** The oldest that it knows, of 2. */
const OLDEST_MINOR = 10;

export interface PrefectApi {
  /** Ends in `/api`. */
  url: string;
  /** Of 2.10 it is 10. */
  minor: number;
  /** Undefined when there is no such object, or no such route. */
  get(path: string): Promise<Json | undefined>;
  /** The answer to a filter; undefined when there is no such route. */
  filter(path: string, body: JsonObject): Promise<JsonObject[] | undefined>;
  /** All that a filter finds, each once, although objects come and go while it is read. */
  pages(path: string, body: JsonObject): AsyncIterable<readonly JsonObject[]>;
}

export interface ConnectOptions {
  apiKey: string | null;
  clock: Clock;
}

/** Throws a sentence for an address where no Prefect 2.10 to 2.20 answers, or where the key is refused. */
export async function connectPrefect(given: string, { apiKey, clock }: ConnectOptions): Promise<PrefectApi> {
  const url = apiAddress(given);
  const transport = httpTransport({ url, apiKey });
  let wasThere = false;

  async function send(method: "GET" | "POST", path: string, body?: JsonObject): Promise<WireAnswer> {
    try {
      return await retrying({ clock, retries: wasThere ? RETRIES : 0, signal: undefined }, () =>
        transport.send({
          ...{ method, path: `${/\/api$/.exec(url) ?? ""}${path}`, headers: { "content-type": "application/json" } },
          ...(body ? { body: JSON.stringify(body) } : {}),
          signal: AbortSignal.timeout(PATIENCE_MS),
        }),
      );
    } catch (error) {
      const why = messageOf(error instanceof OrchError && error.cause ? error.cause : error);
      const what = wasThere
        ? `The connection to Prefect's server at ${url} was lost (${why}). Nothing was changed: adopt again when it answers.`
        : `No server answers at ${url} (${why}). Give the address of Prefect's API, such as http://127.0.0.1:4200/api.`;
      throw new OrchError("unavailable", what, { cause: error });
    }
  }

  async function read(method: "GET" | "POST", path: string, body?: JsonObject): Promise<Json | undefined> {
    const { status, text } = await send(method, path, body);
    if (status === 401 || status === 403) throw refusedKey(url, status, apiKey);
    if (status === 404) return undefined;
    const answer = status < 400 ? tryParseJson(text) : undefined;
    if (answer !== undefined) return answer;
    const said = status < 400 ? "something that is no JSON" : String(status);
    const sentence = `Prefect's server at ${url} answered ${method} ${path} with ${said}. Its own log says why. Nothing was changed.`;
    throw new OrchError("unavailable", sentence);
  }

  async function filter(path: string, body: JsonObject): Promise<JsonObject[] | undefined> {
    const answer = await read("POST", path, body);
    if (answer === undefined || (Array.isArray(answer) && answer.every(isObject)))
      return answer as JsonObject[] | undefined;
    throw new OrchError("unavailable", `Prefect's server at ${url} gave no list for ${path}. Nothing was changed.`);
  }

  const minor = await minorOf(url, await send("GET", "/admin/version"), apiKey);
  wasThere = true;

  async function list(path: string, body: JsonObject): Promise<JsonObject[]> {
    const found = await filter(path, body);
    if (found) return found;
    throw new OrchError("unavailable", `Prefect's server at ${url} does not know ${path}. Nothing was changed.`);
  }

  return { url, minor, get: (path) => read("GET", path), filter, pages: (path, body) => pagesOf(list, path, body) };
}

/** The address as people have it: with `/api` or without. Of others only the kind is repeated: a database's has a password. */
function apiAddress(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    const sentence = `'${given.slice(0, given.indexOf(":"))}:…' is no address of Prefect's API: give a file, such as ~/.prefect/prefect.db, or the address of a running server, such as http://127.0.0.1:4200/api. A PostgreSQL database is taken over through its server.`;
    throw new OrchError("invalid", sentence);
  }
  if (url.username || url.password) {
    throw new OrchError("invalid", "Leave the password out of the address: history keeps it. Give a key by --api-key.");
  }
  const path = url.pathname.replace(/\/+$/, "");
  return `${url.origin}${path === "" ? "/api" : path}`;
}

function refusedKey(url: string, status: number, apiKey: string | null): OrchError {
  const what = apiKey === null ? "asks for an API key" : "refuses the API key";
  const way = "Set PREFECT_API_KEY, or name a file that holds the key: --api-key FILE ('-' is standard input).";
  return new OrchError("unauthorized", `The server at ${url} ${what} (${status}). ${way}`);
}

async function minorOf(url: string, { status, text }: WireAnswer, apiKey: string | null): Promise<number> {
  if (status === 401 || status === 403) throw refusedKey(url, status, apiKey);
  const version = status < 400 ? tryParseJson(text) : undefined;
  const [, major, minor] = (typeof version === "string" && /^(\d+)\.(\d+)\./.exec(version)) || [];
  if (major === undefined) {
    const sentence = `What answers at ${url} is not the API of a Prefect server: its address ends in /api, such as http://127.0.0.1:4200/api.`;
    throw new OrchError("invalid", sentence);
  }
  if (Number(major) > 2)
    throw new OrchError("invalid", `${url} is a Prefect ${version}: servers of 2.10 to 2.20 can be adopted.`);
  if (Number(major) < 2 || Number(minor) < OLDEST_MINOR) {
    const sentence = `${url} is a Prefect ${version}, which is too old: bring its server to 2.10 or later first.`;
    throw new OrchError("invalid", sentence);
  }
  return Number(minor);
}

/**
 * Each page begins with the last object of the one before. When none of it has been seen, something before it was deleted, and
 * what took its place was missed: then it goes back. No limit is sent, as a server refuses one above its own.
 */
async function* pagesOf(
  list: (path: string, body: JsonObject) => Promise<JsonObject[]>,
  path: string,
  body: JsonObject,
): AsyncIterable<readonly JsonObject[]> {
  const seen = new Set<unknown>();
  let [offset, most] = [0, 0];
  for (;;) {
    const page = await list(path, { ...body, offset });
    most = Math.max(most, page.length);
    const fresh = page.filter(({ id }) => !seen.has(id));
    const isGap = offset > 0 && fresh.length === page.length;
    for (const { id } of fresh) seen.add(id);
    if (fresh.length > 0) yield fresh;
    if (isGap) offset = Math.max(0, offset - most);
    else if (page.length < most || page.length <= 1) return;
    else offset += page.length - 1;
  }
}
