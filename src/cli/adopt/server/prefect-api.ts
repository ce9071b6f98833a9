// Asks the API of a running Prefect 2: reads of one object, and lists page by page. Nothing that it sends changes anything there.
import { retrying } from "#client/retry.ts";
import { httpTransport, type WireAnswer } from "#client/transport.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, tryParseJson } from "#lib/json.ts";
import { ApiFailure, type AskList, NOT_FOUND, pagesOf, type Unsent } from "./paging.ts";

/** A busy server with a large database may need long for one page. */
const PATIENCE_MS = 120_000;
const RETRIES = 5;
/** A server that is too busy may ask for any pause. */
const LONGEST_PAUSE_MS = 30_000;
const TRY_LATER = new Set([429, 502, 503]);
/** The oldest that it knows, of 2. */
const OLDEST_MINOR = 10;

export interface PrefectApi {
  /** Ends in `/api`. */
  url: string;
  /** Of 2.10 it is 10. */
  minor: number;
  /** Undefined when there is no such object, or no such route. Throws `ApiFailure` for an answer that is no use. */
  get(path: string): Promise<Json | undefined>;
  /** The answer to a filter; undefined when there is no such route. */
  filter(path: string, body: JsonObject): Promise<JsonObject[] | undefined>;
  /** The list of a filter. Throws `ApiFailure`. */
  list(path: string): AskList;
  /**
   * All that a filter finds, each once, although objects come and go while it is read. `onUnsent`: called for what the server
   * cannot send; without it, that throws.
   */
  pages(path: string, body: JsonObject, onUnsent?: (one: Unsent) => void): AsyncIterable<readonly JsonObject[]>;
  /** How many objects a filter finds; undefined where the server does not tell. */
  count(path: string, body: JsonObject): Promise<number | undefined>;
}

export interface ConnectOptions {
  apiKey: string | null;
  clock: Clock;
}

/** Throws a sentence for an address where no Prefect 2.10 to 2.20 answers, or where the key is refused. */
export async function connectPrefect(given: string, { apiKey, clock }: ConnectOptions): Promise<PrefectApi> {
  const url = apiAddress(given);
  const transport = httpTransport({ url, apiKey });
  const patient: Clock = {
    ...clock,
    sleep: (millis, signal) => clock.sleep(Math.min(millis, LONGEST_PAUSE_MS), signal),
  };
  let wasThere = false;

  async function send(method: "GET" | "POST", path: string, body?: JsonObject): Promise<WireAnswer> {
    try {
      return await retrying({ clock: patient, retries: wasThere ? RETRIES : 0, signal: undefined }, () =>
        transport.send({
          ...{ method, path: `${/\/api$/.exec(url) ?? ""}${path}`, headers: { "content-type": "application/json" } },
          ...(body ? { body: JSON.stringify(body) } : {}),
          signal: AbortSignal.timeout(PATIENCE_MS),
        }),
      );
    } catch (error) {
      if (isTimeout(error) && wasThere) throw hanging(url, `${method} ${path}`);
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
    throw new ApiFailure(status, useless(url, `${method} ${path}`, status));
  }

  async function filter(path: string, body: JsonObject): Promise<JsonObject[] | undefined> {
    const answer = await read("POST", path, body);
    if (answer === undefined || (Array.isArray(answer) && answer.every(isObject)))
      return answer as JsonObject[] | undefined;
    throw new OrchError("unavailable", `Prefect's server at ${url} gave no list for ${path}. Nothing was changed.`);
  }

  const minor = await minorOf(url, await send("GET", "/admin/version"), apiKey);
  wasThere = true;

  const list =
    (path: string): AskList =>
    async (body) => {
      const found = await filter(path, body);
      if (found) return found;
      throw new ApiFailure(NOT_FOUND, `Prefect's server at ${url} does not know ${path}. Nothing was changed.`);
    };

  return {
    ...{ url, minor, filter, list, get: (path) => read("GET", path) },
    pages: (path, body, onUnsent) => pagesOf(list(path), body, onUnsent ?? unexpected(url, path)),
    async count(path, body) {
      const counted = await read("POST", path, body).catch((error) => {
        if (error instanceof ApiFailure) return undefined;
        throw error;
      });
      return typeof counted === "number" ? counted : undefined;
    },
  };
}

/** In one sentence and what to do: an answer that is no use. */
function useless(url: string, asked: string, status: number): string {
  const said = status < 400 ? "something that is not JSON" : String(status);
  const advice = TRY_LATER.has(status) ? "It is too busy: adopt again later." : "Its own log says why.";
  return `The server at ${url} answered ${asked} with ${said}. ${advice} Nothing was changed.`;
}

const isTimeout = (error: unknown) => error instanceof Error && error.name === "TimeoutError";

function hanging(url: string, asked: string): OrchError {
  const sentence = `Prefect's server at ${url} did not answer ${asked} within ${PATIENCE_MS / 1000} seconds. Its own log says why. Nothing was changed: adopt again when it answers.`;
  return new OrchError("unavailable", sentence);
}

function unexpected(url: string, path: string): () => never {
  return () => {
    throw new OrchError("unavailable", `Prefect's server at ${url} cannot send all of ${path}. Its own log says why.`);
  };
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
  if (status >= 500 || TRY_LATER.has(status))
    throw new OrchError("unavailable", useless(url, "GET /admin/version", status));
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
