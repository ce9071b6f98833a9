// Listens to the server's events (`/api/orch/events`), reconnects, and goes on after the last event that was heard.
// By fetch and not by EventSource, which cannot send a key.
import type { EventData, EventName } from "#wire/events.ts";
import { apiAddress } from "./base.ts";
import { isKeyWanted, keyHeaders } from "./call.ts";

export type ServerEvent = { [Name in EventName]: { name: Name; data: EventData[Name] } }[EventName];

export interface StreamOptions {
  /** Begins when the page began to load, and not now: for reads that were sent before. */
  isFromPageStart?: boolean;
  /** Called for each event, in order. `reset` means: read again what you show. */
  onEvent(event: ServerEvent): void;
  /** Called with true when events arrive, and with false when the connection is cut. */
  onConnected?(isConnected: boolean): void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** Returns what ends it. */
export function listen({ isFromPageStart = false, onEvent, onConnected = () => {} }: StreamOptions): () => void {
  const over = new AbortController();
  let lastId: string | undefined;
  let waitMs = FIRST_WAIT_MS;

  async function connect(): Promise<void> {
    const query = new URLSearchParams();
    if (isFromPageStart) query.set("past_ms", String(pageAge()));
    const headers = { ...keyHeaders(), ...(lastId === undefined ? {} : { "last-event-id": lastId }) };
    const response = await fetch(apiAddress(`/orch/events?${query}`), {
      headers,
      signal: over.signal,
      cache: "no-store",
    });
    if (response.status === 401) isKeyWanted.value = true;
    if (!response.ok || !response.body) throw new Error(`The server answered ${response.status}.`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) take(block);
    }
  }

  function take(block: string): void {
    const fields: Record<string, string> = {};
    for (const line of block.split("\n")) {
      const [, field = "", value = ""] = /^(\w+): ?(.*)$/.exec(line) ?? [];
      fields[field] = value;
    }
    if (fields["id"]) lastId = fields["id"];
    if (!fields["event"] || over.signal.aborted) return;
    waitMs = FIRST_WAIT_MS;
    const event = { name: fields["event"], data: JSON.parse(fields["data"] ?? "null") } as ServerEvent; // the server's own
    if (event.name === "ready" || event.name === "reset") onConnected(true);
    onEvent(event);
  }

  async function run(): Promise<void> {
    while (!over.signal.aborted) {
      await connect().catch(() => {}); // cut or refused: tried again below
      if (over.signal.aborted) return;
      onConnected(false);
      await pause(waitMs, over.signal);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
  }

  run();
  return () => over.abort();
}

/** In milliseconds. The clock that only goes forward may stand still while the computer sleeps. */
function pageAge(): number {
  const age = Math.max(performance.now(), Date.now() - performance.timeOrigin);
  return Math.ceil(age);
}

/** Ends early when the browser is online again. */
function pause(millis: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      over.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, millis);
    addEventListener("online", end);
    over.addEventListener("abort", end);
  });
}
