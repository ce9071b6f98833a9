// A scenario talks to a server, which may be the old one or ours. What was said is kept, masked, for comparison.
import type { Json } from "#lib/json.ts";
import { createMask } from "./mask.ts";

export interface Exchange {
  /** `POST /flows/`, with masked ids. */
  call: string;
  sent?: Json;
  status: number;
  body: Json;
  /** The answer's headers that the step asked for. */
  headers?: Record<string, string | null>;
}

export interface StepOptions {
  headers?: Record<string, string>;
  /** Headers of the answer to keep. */
  keep?: readonly string[];
  /** Why the body is each server's own, and only the status compared. */
  ownBody?: string;
  /** The order of the answer's list is the server's affair. */
  unordered?: boolean;
  /** Why ours answers otherwise, on purpose, and the status it answers with. */
  differs?: { status: number; because: string };
}

export interface Answer {
  /** Of the object that was answered; empty when there is none. */
  id: string;
  status: number;
  body: Json;
}

/** `call` is a method and a path below `/api`. A body that is text is sent as it is. */
export type Talk = (call: string, body?: unknown, options?: StepOptions) => Promise<Answer>;

/** A scenario's conversation, step by step. */
export type Scenario = (talk: Talk) => Promise<void>;

export interface Step {
  exchange: Exchange;
  differs?: { status: number; because: string };
}

type Send = (method: string, path: string, init: RequestInit) => Promise<Response>;

/** Runs a scenario; gives what was said. */
export async function converse(scenario: Scenario, send: Send): Promise<Step[]> {
  const steps: Step[] = [];
  const mask = createMask();
  await scenario(async (call, body, options = {}) => {
    const [method = "", path = ""] = call.split(" ");
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const headers = { "content-type": "application/json", ...options.headers };
    const response = await send(method, path, { method, headers, body: text ?? null, redirect: "manual" });
    const answered = parsed(await response.text());
    const kept = (options.keep ?? []).map((name) => [name, response.headers.get(name)] as const);
    if (body !== undefined) mask.asked(text ?? "");
    const exchange: Exchange = {
      call: mask.text(call),
      ...(body === undefined ? {} : { sent: mask.json(body as Json) }), // scenarios send JSON
      status: response.status,
      body: options.ownBody ?? mask.json(answered, options.unordered),
      ...(kept.length === 0 ? {} : { headers: Object.fromEntries(kept) }),
    };
    steps.push({ exchange, ...(options.differs ? { differs: options.differs } : {}) });
    return { id: idOf(answered), status: response.status, body: answered };
  });
  return steps;
}

function parsed(text: string): Json {
  if (text === "") return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function idOf(body: Json): string {
  return typeof body === "object" && body !== null && "id" in body ? String(body["id"]) : "";
}
