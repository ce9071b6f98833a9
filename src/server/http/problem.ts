// Answers that are no success: from whatever was thrown to a status and a body.
import { OrchError } from "#lib/errors.ts";
import { isShortage, systemFault } from "#lib/files/system-fault.ts";
import { MOST_ECHO_LENGTH, MOST_SENTENCE_LENGTH, shortened } from "#lib/limits.ts";
import { statusOf } from "#wire/problems.ts";

/** A failure whose body has a shape of its own, as some routes of the old server have. */
export class ProblemError extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    super(`answered ${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** `{"exception_message": …}` with 404: the shape of look-ups inside orchestration and queues. */
export function orchestrationNotFound(message: string): ProblemError {
  return new ProblemError(404, { exception_message: message });
}

/** What a refusal repeats of a body: the body, or the beginning of its text when that is long. */
export function echoOf({ text, value }: { text: string; value: unknown }): unknown {
  return text.length > MOST_ECHO_LENGTH ? shortened(text, MOST_ECHO_LENGTH) : (value ?? null);
}

export interface Problem {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  /** Set for a defect: its details belong in the log, not in the answer. */
  defect?: unknown;
}

export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof ProblemError) {
    return { status: thrown.status, body: thrown.body, headers: thrown.headers };
  }
  if (thrown instanceof OrchError && thrown.code === "unavailable") {
    return { status: 503, body: { exception_message: "Service Unavailable", detail: sentenceOf(thrown) } };
  }
  if (thrown instanceof OrchError && thrown.code === "no_longer_yours") {
    return { status: statusOf(thrown.code), body: { detail: thrown.message, code: thrown.code } };
  }
  if (thrown instanceof OrchError && thrown.code !== "internal") {
    return { status: statusOf(thrown.code), body: { detail: sentenceOf(thrown) } };
  }
  const fault = isShortage(thrown) ? systemFault(thrown) : undefined;
  if (fault !== undefined) return { status: 503, body: { exception_message: "Service Unavailable", detail: fault } };
  const code = sqliteCodeOf(thrown);
  if (code.startsWith("SQLITE_BUSY")) return { status: 503, body: { exception_message: "Service Unavailable" } };
  if (CONSTRAINT.test(code)) {
    return { status: 409, body: CONFLICTING };
  }
  return { status: 500, body: { exception_message: "Internal Server Error" }, defect: thrown };
}

/** Names and values of the caller stand in it, however long they are. */
function sentenceOf({ message }: OrchError): string {
  return shortened(message, MOST_SENTENCE_LENGTH);
}

/** What the database would not take. */
export const CONFLICTING = {
  detail: "Data integrity conflict. This usually means a unique or foreign key constraint was violated.",
};

/** A unique or foreign key. A broken CHECK is a defect of ours and stays a 500. */
const CONSTRAINT = /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|FOREIGNKEY)$/;

function sqliteCodeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}
