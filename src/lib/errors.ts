// The one error class of orch. Anything else that is thrown is a defect: it is answered as "internal" and logged whole.

/** What kind of failure it is; `wire/problems.ts` maps each code to its HTTP status and back. */
export type ErrorCode =
  | "invalid"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "no_longer_yours"
  | "unavailable"
  | "internal";

/** Exit code of every command when the database was written by a newer orch: a script can tell it from other failures. */
export const EXIT_NEWER_DATABASE = 57;

/**
 * A failure with one sentence for people: what was wrong, where, and what to do.
 *
 * @example
 * throw new OrchError("not_found", "Deployment 'say-hi/marvin' not found! Run 'orch deployment ls' to see what is there.");
 */
export class OrchError extends Error {
  readonly code: ErrorCode;
  /** What a command that fails with it exits with. */
  readonly exitCode: number;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown; exitCode?: number }) {
    super(message, options);
    this.name = "OrchError";
    this.code = code;
    this.exitCode = options?.exitCode ?? 1;
  }
}

/** The sentence of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
