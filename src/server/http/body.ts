// Receives the bodies of requests: large ones piece by piece, so that what is too much is cut off before it is held.
import { isUtf8 } from "node:buffer";
import type { Clock } from "#lib/clock.ts";
import {
  LARGE_BODY_BYTES,
  MOST_BODIES_BYTES,
  MOST_BODY_BYTES,
  MOST_BODY_SECONDS,
  TOO_LARGE,
  TOO_MUCH,
  TOO_SLOW,
} from "#lib/limits.ts";
import { ProblemError } from "./problem.ts";

export interface Bodies {
  /**
   * The text of a body; empty without one.
   *
   * @throws ProblemError 400 when the connection ends before it or it is no UTF-8, 408 when it takes too long, 413 when it is too large, 503
   * when too much is being received already. After the last three the connection is closed.
   */
  text(request: Request): Promise<string>;
}

/** One for a server: it counts what all connections send at the same time. */
export function createBodies(clock: Clock): Bodies {
  let received = 0;

  async function inPieces(body: ReadableStream<Uint8Array>): Promise<string> {
    const reader = body.getReader();
    const patience = new AbortController();
    let isLate = false;
    clock.sleep(MOST_BODY_SECONDS * 1000, patience.signal, false).then(() => {
      if (patience.signal.aborted) return;
      isLate = true;
      reader.cancel().catch(() => {}); // a connection that is gone already: the read below ends either way
    });
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        const { length } = read.value;
        bytes += length;
        received += length;
        if (bytes > MOST_BODY_BYTES) throw closing(413, TOO_LARGE);
        if (received > MOST_BODIES_BYTES) throw closing(503, TOO_MUCH);
        pieces.push(read.value);
      }
      if (isLate) throw closing(408, TOO_SLOW);
      return textOf(Buffer.concat(pieces));
    } catch (error) {
      reader.cancel().catch(() => {}); // the caller gets the error that came first
      throw error;
    } finally {
      received -= bytes;
      patience.abort();
    }
  }

  return {
    async text(request) {
      try {
        // A small one that says so is counted by its length. Those in pieces have none that was checked beforehand.
        const { headers } = request;
        const isLarge = headers.has("transfer-encoding") || Number(headers.get("content-length")) > LARGE_BODY_BYTES;
        if (!isLarge) return textOf(await request.bytes());
        return request.body ? await inPieces(request.body) : "";
      } catch (error) {
        if (error instanceof ProblemError || !request.signal.aborted) throw error;
        throw new ProblemError(400, { detail: "The connection was closed in the middle of the request." });
      }
    },
  };
}

const decoder = new TextDecoder();

/** Other bytes would be kept as question marks: what was sent would be lost without a word. Prefect 2.10.4 answers 400 too. */
function textOf(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  if (text.includes("\ufffd") && !isUtf8(bytes))
    throw new ProblemError(400, { detail: "The body is not valid UTF-8." });
  return text;
}

/** What has not been read yet would be taken for the next request: so the connection ends. */
export function closing(status: number, detail: string): ProblemError {
  return new ProblemError(status, { detail }, { connection: "close" });
}
