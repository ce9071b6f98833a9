// Says why a server was not reached, in words for the middle of a sentence: those of runtimes differ, and advise about other things.
import { messageOf } from "./errors.ts";

const CLOSED = "the connection was closed";
const NO_WAY = "there is no network route to it";
const UNKNOWN_AUTHORITY = "its certificate comes from an authority that is not known here";

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ConnectionRefused: "connection refused",
  FailedToOpenSocket: "no connection can be opened",
  ...{ ECONNRESET: CLOSED, ConnectionClosed: CLOSED, EPIPE: CLOSED, UND_ERR_SOCKET: CLOSED },
  EAI_AGAIN: "its name could not be looked up",
  ENOTFOUND: "no address has this name",
  ...{ EHOSTUNREACH: NO_WAY, ENETUNREACH: NO_WAY, EADDRNOTAVAIL: NO_WAY },
  ETIMEDOUT: "no answer in time",
  EPROTO: "it does not speak TLS at this port",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself",
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  ...{ UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY, UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UnsupportedProxyProtocol: "its proxy is no HTTP proxy",
};

/**
 * Without a point at its end.
 *
 * @example
 * networkWords(error); // "connection refused"
 */
export function networkWords(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (Object.hasOwn(WORDS, code)) return WORDS[code] ?? "";
  if (error instanceof Error && error.name === "TimeoutError") return "no answer in time";
  const [first = ""] = messageOf(error).split(". For more information");
  return withoutQuestions(first).replace(/[.\s]*$/, "");
}

/** `ECONNREFUSED: Unable to connect. Is the computer able to access the url?`: the question is about nothing that a reader can see. */
function withoutQuestions(message: string): string {
  const sentences = message.replace(/^[A-Z_]+: /, "").split(/(?<=[.?!]) /);
  return sentences.filter((sentence) => !sentence.endsWith("?")).join(" ") || message;
}
