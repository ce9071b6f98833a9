// One request to a service, and what to say when it was not taken. Addresses hold secrets: only the host is ever named.
import { OrchError } from "#lib/errors.ts";
import { networkWords } from "#lib/network-words.ts";
import type { Outside } from "./notifier.ts";

export interface Request {
  method?: string;
  headers?: Record<string, string>;
  body?: string | URLSearchParams;
}

const MOST_ANSWER_BYTES = 4_096;
const MOST_SAID = 200;

/** Redirects are not followed: they could lead into the server's own network. Gives the start of the answer. */
export async function call({ fetch, signal }: Outside, address: string, request: Request): Promise<string> {
  const { method = "POST", headers = {}, body } = request;
  const host = hostOf(address);
  const init = { method, headers: { "user-agent": "orch", ...headers }, ...(body === undefined ? {} : { body }) };
  const response = await fetch(address, { ...init, redirect: "manual", signal }).catch((error: unknown) => {
    throw new OrchError("unavailable", `${host} could not be reached: ${reasonOf(error, signal)}`, { cause: error });
  });
  const answer = await startOf(response).catch(() => "");
  if (response.ok) return answer;
  const redirected = response.status >= 300 && response.status < 400;
  const said = redirected ? "redirects are not followed" : lineOf(answer);
  throw new OrchError("unavailable", `${host} answered ${response.status}${said === "" ? "." : `: ${said}`}`);
}

export function postJson(outside: Outside, address: string, body: unknown, headers: Record<string, string> = {}) {
  const json = { "content-type": "application/json" };
  return call(outside, address, { headers: { ...json, ...headers }, body: JSON.stringify(body) });
}

function hostOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url.host;
  throw new OrchError("invalid", "The block's address is none of the web: it must begin with https:// or http://.");
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  return `${signal.aborted ? "no answer in time" : networkWords(error)}.`;
}

/** A page for people says nothing in one line. */
function lineOf(answer: string): string {
  const line = answer.replace(/\s+/g, " ").trim();
  return line.startsWith("<") ? "" : line.slice(0, MOST_SAID);
}

async function startOf({ body }: Response): Promise<string> {
  if (!body) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size >= MOST_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).toString("utf8", 0, MOST_ANSWER_BYTES);
}
