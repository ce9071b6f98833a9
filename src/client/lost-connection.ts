// Tells a connection that broke from a server that cannot be reached at all.

/** Nothing was sent: no program listens there, or there is no such machine. */
const UNREACHABLE = new Set(["ECONNREFUSED", "ConnectionRefused", "FailedToOpenSocket", "ENOTFOUND", "EHOSTUNREACH"]);

/** True for an error that says, or was caused by one that says, that a connection ended before its answer. */
export function connectionWasLost(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (!("code" in cause) || typeof cause.code !== "string") continue;
    if (UNREACHABLE.has(cause.code)) return false;
    if (cause.code === "ECONNRESET" || cause.code === "EPIPE" || cause.code === "ConnectionClosed") return true;
  }
  return false;
}
