// Keeps looking at a list of a cluster: lists it, watches what changes, and begins again whenever that breaks off.
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { isObject, type JsonObject, tryParseJson } from "#lib/json.ts";
import { forEachLine } from "../output-lines.ts";
import type { ClusterApi } from "./api.ts";
import { fieldIn, listIn, textIn } from "./pods.ts";

export interface WatchOptions {
  api: ClusterApi;
  clock: Clock;
  /** `/api/v1/namespaces/default/pods`. */
  path: string;
  /** Which of the list. */
  query: Readonly<Record<string, string>>;
  /** All that there are. */
  onList: (items: JsonObject[]) => void;
  /** One that was made or changed; or `isGone`, as it was last. */
  onChange: (item: JsonObject, isGone: boolean) => void;
  /** The list cannot be had; it is tried again. */
  onTrouble: (sentence: string) => void;
  over: AbortSignal;
}

/** The server ends a watch then, and it is begun again: between them no connection lies idle for hours. */
const WATCH_SECONDS = 290;
/** A watch that its server has not ended is dead. */
const DEAD_MS = (WATCH_SECONDS + 30) * 1000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** Ends when `over` is aborted. Never rejects. */
export async function keepWatching(options: WatchOptions): Promise<void> {
  const { clock, over, onTrouble } = options;
  for (let pause = FIRST_PAUSE_MS; !over.aborted; ) {
    try {
      const version = await list(options);
      // Not before: where lists are allowed and watches are not, it is listed every few seconds.
      await watchFrom(options, version, () => (pause = FIRST_PAUSE_MS));
    } catch (error) {
      if (over.aborted) return;
      if (!(error instanceof Cut)) onTrouble(messageOf(error));
    }
    await clock.sleep(pause, over);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

/** A watch broke off, as they do. */
class Cut extends Error {}

/** All of it, now. Throws a sentence where it cannot be had. Its version is where a watch goes on. */
export async function list({
  api,
  path,
  query,
  onList,
  over,
}: Pick<WatchOptions, "api" | "path" | "query" | "onList" | "over">): Promise<string> {
  const { status, body, message } = await api.ask("GET", path, { query, signal: over });
  if (status !== 200) throw new Error(message);
  onList(listIn(body, "items"));
  return textIn(fieldIn(body, "metadata"), "resourceVersion");
}

/** Returns when the server ends the watch, and where what it was asked from is forgotten (410, as an event or a status). */
async function watchFrom(options: WatchOptions, version: string, onOpen: () => void): Promise<void> {
  const { api, path, query, onChange, over } = options;
  const all = { ...query, watch: "1", resourceVersion: version, timeoutSeconds: String(WATCH_SECONDS) };
  const expired = new AbortController();
  const signal = AbortSignal.any([over, expired.signal, AbortSignal.timeout(DEAD_MS)]);
  try {
    const stream = await api.stream(path, { query: all, signal });
    if (!(stream instanceof ReadableStream)) throw new Cut(stream.message);
    onOpen();
    await forEachLine(stream, (line) => {
      const event = tryParseJson(line);
      const type = textIn(event, "type");
      const item = fieldIn(event, "object");
      if (type === "ERROR") expired.abort();
      else if (isObject(item)) onChange(item as JsonObject, type === "DELETED"); // JSON holds JSON
    });
  } catch (cause) {
    throw new Cut(messageOf(cause));
  }
}
