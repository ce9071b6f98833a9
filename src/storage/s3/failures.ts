// Makes a sentence of what S3 or the network refused: what it was, where, and what to do. No part of a key is in it.
import { OrchError } from "#lib/errors.ts";
import { busyFailure, hidden, isBusy, withoutPoint } from "../http.ts";
import { elementText } from "../xml.ts";

/** What was asked for. */
export interface Attempted {
  /** As policies name it: `s3:PutObject`. */
  action: string;
  /** `s3://bucket/key`. */
  location: string;
  bucket: string;
  /** `https://host:port`. */
  endpoint: string;
  /** Where the credentials are from; null where there are none. */
  source: string | null;
  /** Parts of the credentials, which never show. */
  secrets: readonly string[];
}

export interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

const BUSY_CODES = [
  ...["SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "Throttling", "ThrottlingException"],
  ...["RequestLimitExceeded", "TooManyRequestsException", "OperationAborted", "BadDigest", "XAmzContentSHA256Mismatch"],
];

export function failureOf({ status, headers, body }: Answer, attempted: Attempted): Error {
  const { action, location, bucket, endpoint, source } = attempted;
  const code = elementText(body, "Code") ?? headers.get("x-amz-error-code") ?? "";
  const message = hidden(elementText(body, "Message") ?? "", attempted.secrets);
  const answer = [`${endpoint} answered ${status}`, code, `to ${action} on '${location}'`].filter(Boolean).join(" ");
  const whole = message === "" ? `${answer}.` : `${answer}: ${withoutPoint(message)}.`;
  if (isBusy(status) || BUSY_CODES.includes(code)) return busyFailure(whole, headers);
  const invalid = (sentence: string) => new OrchError("invalid", sentence);
  const credentials = source === null ? "Requests without credentials" : `The credentials of ${source}`;
  switch (code) {
    case "NoSuchKey":
      return new OrchError("not_found", `There is no file '${location}'.`);
    case "NoSuchBucket":
      return invalid(`There is no bucket '${bucket}' at ${endpoint}. Create it, or correct the name in the block.`);
    case "InvalidAccessKeyId":
      return invalid(`${credentials} are refused by ${endpoint}: it does not know this access key ID.`);
    case "SignatureDoesNotMatch":
      return invalid(
        `${credentials} are refused by ${endpoint}: the secret access key is not that of the access key ID.`,
      );
    case "ExpiredToken":
    case "TokenRefreshRequired":
    case "RequestExpired":
      return invalid(`${credentials} have expired. Log in again, or take a new session token.`);
    case "InvalidToken":
      return invalid(`${credentials} are refused by ${endpoint}: the session token is not valid.`);
    case "RequestTimeTooSkewed": {
      const [ours, theirs] = ["RequestTime", "ServerTime"].map((name) => elementText(body, name) ?? "unknown");
      return invalid(`The clock of this machine says ${ours}, that of ${endpoint} ${theirs}: set the clock right.`);
    }
    case "AccessDenied":
    case "AllAccessDisabled":
    case "AccountProblem": {
      const detail = /^access denied\.?$/i.test(message) || message === "" ? "" : ` (${withoutPoint(message)})`;
      return new OrchError("forbidden", `${credentials} do not allow ${action} on '${location}'${detail}.`);
    }
  }
  if (status === 404 && action === "s3:GetObject") return new OrchError("not_found", `There is no file '${location}'.`);
  if (status === 401 || status === 403) {
    const reason = message === "" ? "" : ` (${withoutPoint(message)})`;
    return new OrchError("forbidden", `${credentials} do not allow ${action} on '${location}'${reason}.`);
  }
  return invalid(whole);
}
