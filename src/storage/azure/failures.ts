// Makes a sentence of what Azure Blob Storage refused: what it was, where, and what to do. No part of a key is in it.
import { OrchError } from "#lib/errors.ts";
import { busyFailure, hidden, isBusy, withoutPoint } from "../http.ts";
import { elementText } from "../xml.ts";

/** What was asked for. */
export interface Attempted {
  /** As Microsoft calls it: `Put Blob`. */
  operation: string;
  /** `az://container/key`. */
  location: string;
  container: string;
  /** For people. */
  endpoint: string;
  /** `The account key of the block`; null where there are no credentials. */
  login: string | null;
  /** Parts of the credentials, which never show. */
  secrets: readonly string[];
}

export interface Refused {
  status: number;
  headers: Headers;
  body: string;
}

/** What another program does at the same time; blocks that it has taken away are sent again. */
const PASSING = ["ContainerBeingDeleted", "InvalidBlockList", "InvalidBlobOrBlock", "OperationTimedOut", "ServerBusy"];
const WITHOUT = "Give the block a key, or set azure_storage_anon to false where this machine has an identity.";

export function failureOf({ status, headers, body }: Refused, attempted: Attempted): Error {
  const { operation, location, container, endpoint, login, secrets } = attempted;
  const code = elementText(body, "Code") ?? headers.get("x-ms-error-code") ?? "";
  // Further lines are numbers of the request, and the text that was signed.
  const [first = ""] = (elementText(body, "Message") ?? "").split(/\r?\n/);
  const answer = withoutPoint(hidden(first, secrets));
  const invalid = (sentence: string) => new OrchError("invalid", sentence);
  const forbidden = (sentence: string) => new OrchError("forbidden", sentence);
  const whole = [`${endpoint} answered ${status}`, code, `to ${operation} on '${location}'`].filter(Boolean).join(" ");
  const sentence = answer === "" ? `${whole}.` : `${whole}: ${answer}.`;
  if (isBusy(status) || PASSING.includes(code)) return busyFailure(sentence, headers);
  if (code === "ContainerNotFound") {
    return invalid(`There is no container '${container}' at ${endpoint}. Create it, or correct the name in the block.`);
  }
  if (code === "BlobNotFound") return new OrchError("not_found", `There is no file '${location}'.`);
  if (code === "KeyBasedAuthenticationNotPermitted") {
    return forbidden("The account takes no keys. Give the block a service principal, or use this machine's identity.");
  }
  const isRefused =
    /^(AuthenticationFailed|InvalidAuthenticationInfo)$/.test(code) || /failed to authenticate/i.test(answer);
  if (isRefused && login !== null) {
    const detail = elementText(body, "AuthenticationErrorDetail") ?? "";
    return forbidden(`${login} is refused by ${endpoint}. ${todoOf(detail)}`);
  }
  if (status === 404 && operation === "Get Blob" && login !== null) {
    return new OrchError("not_found", `There is no file '${location}'.`);
  }
  const isOpen = login === null && (status === 404 || code === "PublicAccessNotPermitted");
  if (status === 401 || status === 403 || isOpen) {
    const who = login ?? "A request without credentials";
    const detail = [code, answer].filter(Boolean).join(": ");
    const reason = detail === "" ? "" : ` (${detail})`;
    return forbidden(
      `${who} does not allow ${operation} on '${location}'${reason}.${login === null ? ` ${WITHOUT}` : ""}`,
    );
  }
  return invalid(sentence);
}

/** By what Azure says about a signature that it does not take. */
function todoOf(detail: string): string {
  if (/too old|date header|clock/i.test(detail)) return "The clock of this machine is wrong: set it right.";
  if (/time frame|expired/i.test(detail)) return "It has ended, or is not valid yet: make a new one.";
  return "Copy it again from the account's pages.";
}
