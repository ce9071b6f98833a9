// Entry of the worker thread: runs slow reads one by one on a read-only connection and returns their answers as text.
import { openReader } from "#db/reader.ts";
import { type ErrorCode, messageOf, OrchError } from "#lib/errors.ts";
import { perform, type ReadInput, type ReadName } from "./reads.ts";

/** What it is asked: its database once, then reads; at last to end. */
export type Question = { path: string } | { id: number; name: ReadName; input: ReadInput<ReadName> } | { end: true };

export interface Failure {
  message: string;
  /** Of SQLite. */
  code: string | undefined;
  /** Set when it is the caller's fault. */
  refusal: ErrorCode | undefined;
}

export type Answer = { id: number; text: string } | { id: number; error: Failure };

declare const self: Worker;
let reader: ReturnType<typeof openReader> | undefined;

function answerTo(id: number, name: ReadName, input: ReadInput<ReadName>): Answer {
  try {
    if (!reader) throw new Error("no database was named");
    return { id, text: JSON.stringify(perform(reader.query, name, input)) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    const refusal = error instanceof OrchError ? error.code : undefined;
    return { id, error: { message: messageOf(error), code, refusal } };
  }
}

self.onmessage = ({ data }: MessageEvent<Question>) => {
  if ("path" in data) reader = openReader(data.path);
  else if ("id" in data) self.postMessage(answerTo(data.id, data.name, data.input));
  else {
    reader?.close();
    process.exit(0); // of this thread alone
  }
};
