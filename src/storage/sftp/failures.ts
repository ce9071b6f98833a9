// Makes a sentence of what a server refused by SFTP, or of a connection that broke.
import { messageOf, OrchError } from "#lib/errors.ts";
import { TryAgain } from "../file-store.ts";
import { withoutPoint } from "../http.ts";

export const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;

/** What was asked for. */
interface Attempted {
  username: string;
  /** `write`. */
  verb: string;
  /** `sftp://host/folder/file`. */
  location: string;
  /** `sftp://host`. */
  server: string;
}

/** Whether it is an answer of the server with this status. */
export function isStatus(error: unknown, status: number): boolean {
  return error instanceof Error && "code" in error && error.code === status;
}

export function failureOf(error: unknown, { username, verb, location, server }: Attempted): unknown {
  if (!(error instanceof Error) || error instanceof OrchError || error instanceof TryAgain) return error;
  if (error.name === "AbortError") return error;
  if (isStatus(error, NO_SUCH_FILE))
    return new OrchError("not_found", `There is no file '${location}'.`, { cause: error });
  if (isStatus(error, PERMISSION_DENIED)) {
    return new OrchError("forbidden", `'${username}' may not ${verb} '${location}'.`, { cause: error });
  }
  const reason = withoutPoint(messageOf(error));
  if ("code" in error && typeof error.code === "number") {
    const sentence = `${server} could not ${verb} '${location}': ${reason}. Its disk may be full, or a file is where a folder must be.`;
    return new OrchError("invalid", sentence, { cause: error });
  }
  return new TryAgain(`The connection to ${server} broke: ${reason}.`, { cause: error });
}
