// Says why a server was not reached, in words for the middle of a sentence: those of runtimes differ, and advise about other things.
import { messageOf } from "#lib/errors.ts";

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was closed",
  EPIPE: "the connection was closed",
  EAI_AGAIN: "its name could not be looked up",
  ENOTFOUND: "no address has this name",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no way to it",
  ETIMEDOUT: "no answer in time",
};

/** Without a point at its end. */
export function networkWords(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (Object.hasOwn(WORDS, code)) return WORDS[code] ?? "";
  const [first = ""] = messageOf(error).split(". For more information");
  return first.replace(/[.\s]*$/, "");
}
