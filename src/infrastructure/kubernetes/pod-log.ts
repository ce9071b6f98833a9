// Reads what a pod prints, line by line, and goes on where it was when the connection breaks.
import type { Clock } from "#lib/clock.ts";
import { forEachLine } from "../output-lines.ts";
import type { ClusterApi } from "./api.ts";

export interface PodLogOptions {
  api: ClusterApi;
  clock: Clock;
  /** `/api/v1/namespaces/default/pods/calm-crow-x7k2p`. */
  path: string;
  container: string;
  /** Lines that are handed out of those that were printed already. Default: all. */
  tail?: number | undefined;
  output: (line: string) => void;
  /** The container has ended, or its pod is gone: what is read to its end then is all. */
  hasEnded: () => boolean;
  /** Called once, with the cluster's words, where the agent may not read it. */
  onForbidden: (sentence: string) => void;
}

export interface PodLog {
  /** Resolves when the log was read to its end. Never rejects. */
  whole: Promise<void>;
  /** Ends the reading. What was not read yet is asked for once more, if anything is left. */
  finish(): Promise<void>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const FORBIDDEN = 403;
const REST_MS = 5_000;

export function followPodLog(options: PodLogOptions): PodLog {
  const { api, clock, path, container, tail, output, hasEnded, onForbidden } = options;
  const over = new AbortController();
  const place = createPlace();
  let isWhole = false;
  let isForbidden = false;

  async function read(follow: boolean, signal: AbortSignal): Promise<boolean> {
    const query = {
      ...{ container, timestamps: "true", sinceTime: place.since() },
      ...(follow ? { follow: "true" } : {}),
      ...(tail !== undefined && place.since() === undefined ? { tailLines: String(tail) } : {}),
    };
    const stream = await api.stream(`${path}/log`, { query, signal });
    if (!(stream instanceof ReadableStream)) {
      if (stream.status === FORBIDDEN && !isForbidden) onForbidden(stream.message);
      isForbidden = stream.status === FORBIDDEN;
      return false;
    }
    place.begin();
    let isNew = false;
    await forEachLine(stream, (line, isRest) => {
      const [stamp, text] = isRest ? ["", line] : split(line); // only a whole line begins with its time
      if (!isRest) isNew = place.isNew(stamp);
      if (isNew) output(text);
    });
    return true;
  }

  async function follow(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !over.signal.aborted; ) {
      const ended = hasEnded();
      const wasRead = await read(true, over.signal).catch(() => false);
      isWhole = wasRead && (ended || hasEnded());
      if (isWhole || (!wasRead && hasEnded())) return;
      await clock.sleep(pause, over.signal);
      pause = isForbidden ? Math.min(2 * pause, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    }
  }

  const whole = follow();
  return {
    whole,
    async finish() {
      over.abort();
      await whole;
      // With the pod its log is gone.
      if (!isWhole) await read(false, AbortSignal.timeout(REST_MS)).catch(() => false);
    },
  };
}

/** `2026-11-28T06:00:00.123456789Z text`. */
function split(line: string): [stamp: string, text: string] {
  const end = line.indexOf(" ");
  return end < 0 ? [line, ""] : [line.slice(0, end), line.slice(end + 1)];
}

/**
 * How far a log was read. It can be asked for from a second on only: of that second, lines that were read already come once more, and
 * several may have one time.
 */
function createPlace() {
  let last = "";
  let lastRaw: string | undefined;
  /** Lines read that have the time `last`. */
  let count = 0;
  let again = 0;
  return {
    since: () => lastRaw,
    begin() {
      again = count;
    },
    isNew(stamp: string): boolean {
      const time = sortable(stamp);
      if (time < last) return false;
      if (time === last && again > 0) {
        again -= 1;
        return false;
      }
      count = time === last ? count + 1 : 1;
      again = 0;
      last = time;
      lastRaw = stamp;
      return true;
    },
  };
}

/** With nine digits behind the point: some write no zeros at the end. */
function sortable(stamp: string): string {
  const [, time = "", fraction = ""] = /^([^.Z+]+)(?:\.(\d+))?/.exec(stamp) ?? [];
  return `${time}.${fraction.padEnd(9, "0")}`;
}
