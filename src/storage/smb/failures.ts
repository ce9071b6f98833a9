// Makes a sentence of what a server of shares refused: what it was, where, and what to do. No name or password is in it.
import { OrchError } from "#lib/errors.ts";
import { TryAgain } from "../file-store.ts";

/** What was asked for. */
export interface Attempted {
  /** `smb://host/share/folder/file`. */
  location: string;
  /** `host` or `host:port`. */
  server: string;
  share: string;
}

const ACCOUNTS: Readonly<Record<string, string>> = {
  ACCOUNT_DISABLED: "this user is disabled",
  ACCOUNT_EXPIRED: "this user's time is over",
  ACCOUNT_LOCKED_OUT: "this user is locked after too many wrong passwords",
  ACCOUNT_RESTRICTION: "this user may not log in this way",
  INVALID_LOGON_HOURS: "this user may not log in at this hour",
  LOGON_FAILURE: "the name or the password is wrong",
  LOGON_TYPE_NOT_GRANTED: "this user may not log in over the network",
  NO_SUCH_USER: "there is no such user",
  PASSWORD_EXPIRED: "the password must be changed",
  PASSWORD_MUST_CHANGE: "the password must be changed",
  WRONG_PASSWORD: "the password is wrong",
};

const MISSING = ["OBJECT_NAME_NOT_FOUND", "OBJECT_PATH_NOT_FOUND", "NO_SUCH_FILE", "NOT_A_DIRECTORY"];
const REFUSED = ["ACCESS_DENIED", "MEDIA_WRITE_PROTECTED", "NETWORK_ACCESS_DENIED", "CANNOT_DELETE"];
const FULL = ["DISK_FULL", "QUOTA_EXCEEDED"];
const BUSY = [
  ...["SHARING_VIOLATION", "FILE_LOCK_CONFLICT", "DELETE_PENDING", "INSUFF_SERVER_RESOURCES", "TOO_MANY_SESSIONS"],
  ...["INSUFFICIENT_RESOURCES", "REQUEST_NOT_ACCEPTED", "NETWORK_NAME_DELETED", "USER_SESSION_DELETED"],
  ...["NETWORK_SESSION_EXPIRED", "IO_TIMEOUT", "NETWORK_BUSY", "RETRY", "SERVER_UNAVAILABLE"],
];

/** `output`: all that smbclient printed for it. Undefined where no failure is in it. */
export function failureOf(output: string, { location, server, share }: Attempted): Error | undefined {
  const status = /NT_STATUS_(\w+)/.exec(output)?.[1];
  if (status === undefined) return undefined;
  const invalid = (sentence: string) => new OrchError("invalid", sentence);
  const isOfServer = /^do_connect: Connection to/m.test(output);
  if (isOfServer && ["UNSUCCESSFUL", "NOT_FOUND", "NO_SUCH_DOMAIN", "BAD_NETWORK_NAME"].includes(status)) {
    return new TryAgain(`The server '${server}' cannot be reached: no address has this name.`);
  }
  const words = status.toLowerCase().replaceAll("_", " ");
  if (
    isOfServer ||
    /^(CONNECTION|HOST|NETWORK|PORT)_(\w+_)?(REFUSED|RESET|DISCONNECTED|UNREACHABLE|ABORTED)$/.test(status)
  ) {
    return new TryAgain(`The server '${server}' cannot be reached: ${words}.`);
  }
  if (BUSY.includes(status)) return new TryAgain(`The server '${server}' is busy with '${location}': ${words}.`);
  const account = ACCOUNTS[status];
  if (account) {
    return invalid(
      `The server '${server}' refuses the block's user: ${account}. Correct the name and the password there.`,
    );
  }
  if (status === "BAD_NETWORK_NAME") {
    return invalid(`There is no share '${share}' at '${server}'. Create it, or correct the path in the block.`);
  }
  if (MISSING.includes(status)) return new OrchError("not_found", `There is no file '${location}'.`);
  if (REFUSED.includes(status)) {
    return new OrchError("forbidden", `The block's user may not do this with '${location}': ${words}.`);
  }
  if (FULL.includes(status)) return invalid(`There is no space left for '${location}' on '${server}'.`);
  if (status === "FILE_IS_A_DIRECTORY") return invalid(`'${location}' is a folder.`);
  return invalid(`The server '${server}' refuses what was asked for '${location}': ${words}.`);
}
