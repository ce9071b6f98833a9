// Makes a sentence of what S3 or the network refused: what it was, where, and what to do. No part of a key is in it.
import { messageOf, OrchError } from "#lib/errors.ts";
import { TryAgain } from "../file-store.ts";
import { elementText } from "./xml.ts";

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

const BUSY_STATUSES = [429, 500, 502, 503, 504];
const BUSY_CODES = [
  ...["SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "Throttling", "ThrottlingException"],
  ...["RequestLimitExceeded", "TooManyRequestsException", "OperationAborted", "BadDigest", "XAmzContentSHA256Mismatch"],
];
const MOST_WAIT_SECONDS = 60;

export function failureOf({ status, headers, body }: Answer, attempted: Attempted): Error {
  const { action, location, bucket, endpoint, source } = attempted;
  const code = elementText(body, "Code") ?? headers.get("x-amz-error-code") ?? "";
  const message = hidden(elementText(body, "Message") ?? "", attempted.secrets);
  const answer = [`${endpoint} answered ${status}`, code, `to ${action} on '${location}'`].filter(Boolean).join(" ");
  const whole = message === "" ? `${answer}.` : `${answer}: ${message.replace(/[.\s]*$/, "")}.`;
  if (BUSY_STATUSES.includes(status) || BUSY_CODES.includes(code)) {
    const after = Number(headers.get("retry-after") ?? Number.NaN);
    return new TryAgain(whole, after >= 0 ? { afterSeconds: Math.min(after, MOST_WAIT_SECONDS) } : {});
  }
  const invalid = (sentence: string) => new OrchError("invalid", sentence);
  const credentials = source === null ? "Requests without credentials" : `The credentials of ${source}`;
  switch (code) {
    case "NoSuchKey":
      return new OrchError("not_found", `There is no file '${location}'.`);
    case "NoSuchBucket":
      return invalid(`There is no bucket '${bucket}' at ${endpoint}. Create it, or mend the name in the block.`);
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
      const detail =
        /^access denied\.?$/i.test(message) || message === "" ? "" : ` (${message.replace(/[.\s]*$/, "")})`;
      return new OrchError("forbidden", `${credentials} do not allow ${action} on '${location}'${detail}.`);
    }
  }
  if (status === 404 && action === "s3:GetObject") return new OrchError("not_found", `There is no file '${location}'.`);
  if (status === 401 || status === 403) {
    const reason = message === "" ? "" : ` (${message.replace(/[.\s]*$/, "")})`;
    return new OrchError("forbidden", `${credentials} do not allow ${action} on '${location}'${reason}.`);
  }
  return invalid(whole);
}

/** Of a request that got no answer, or no whole one. */
export function networkFailure(error: unknown, endpoint: string): Error {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason =
    messageOf(error)
      .split(". For more information")[0]
      ?.replace(/[.\s]*$/, "") ?? "";
  if (/CERT|SIGNATURE|SSL|TLS/.test(code) || /certificate/i.test(reason)) {
    const todo = "Name the file of its authority in AWS_CA_BUNDLE, or in the block's settings as client_kwargs.verify.";
    return new OrchError("invalid", `The certificate of ${endpoint} is not trusted: ${reason}. ${todo}`, {
      cause: error,
    });
  }
  return new TryAgain(`${endpoint} cannot be reached: ${reason}.`, { cause: error });
}

function hidden(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => (secret === "" ? shown : shown.replaceAll(secret, "***")), text);
}
