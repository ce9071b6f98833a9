// Makes a sentence of what Google Cloud Storage refused: what it was, where, and what to do. No token is in it.
import { OrchError } from "#lib/errors.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import { busyFailure, hidden, isBusy, withoutPoint } from "../http.ts";

/** What was asked for. */
export interface Attempted {
  /** `storage.objects.get`. */
  permission: string;
  /** `gs://bucket/key`. */
  location: string;
  bucket: string;
  /** `https://host:port`. */
  endpoint: string;
  /** Whether it was about one object. */
  isObject: boolean;
  /** Where the credentials are from; null where there are none. */
  source: string | null;
  /** Parts of the credentials, which never show. */
  secrets: readonly string[];
}

export interface Refused {
  status: number;
  headers: Headers;
  /** JSON, or text where a file's content was asked for. */
  body: string;
}

export function failureOf({ status, headers, body }: Refused, attempted: Attempted): Error {
  const { permission, location, bucket, endpoint, source, secrets } = attempted;
  const { message, reason } = readBody(body);
  const answer = withoutPoint(hidden(message, secrets));
  const whole = `${endpoint} answered ${status} to ${permission} on '${location}'${answer === "" ? "" : `: ${answer}`}.`;
  if (isBusy(status) || /rateLimitExceeded/i.test(reason)) return busyFailure(whole, headers);
  const detail = answer === "" ? "" : ` (${answer})`;
  const credentials = source === null ? "Requests without credentials" : `The Google credentials of ${source}`;
  if (status === 404) {
    const isFile =
      attempted.isObject && permission !== "storage.objects.create" && !/bucket does not exist/i.test(answer);
    if (isFile) return new OrchError("not_found", `There is no file '${location}'.`);
    const sentence = `There is no bucket '${bucket}' at ${endpoint}. Create it, or correct the name in the block.`;
    return new OrchError("invalid", sentence);
  }
  if (/requester pays/i.test(answer) && status === 400) {
    const todo = "Use a remote-file-system block, with the project that pays as requester_pays in its settings.";
    return new OrchError("invalid", `The bucket '${bucket}' requires the requester to pay${detail}. ${todo}`);
  }
  if (status === 401 && source !== null) {
    return new OrchError("forbidden", `${credentials} are refused by ${endpoint}${detail}.`);
  }
  if (status === 401 || status === 403) {
    return new OrchError("forbidden", `${credentials} do not allow ${permission} on '${location}'${detail}.`);
  }
  return new OrchError("invalid", whole);
}

/** Google's JSON of an error; else the text, unless it is a page. */
function readBody(body: string): { message: string; reason: string } {
  const parsed = tryParseJson(body);
  const error = isObject(parsed) ? parsed["error"] : undefined;
  if (!isObject(error)) return { message: /^\s*[<{]/.test(body) ? "" : body.trim(), reason: "" };
  const [first] = Array.isArray(error["errors"]) ? error["errors"] : [];
  const reason = isObject(first) ? first["reason"] : undefined;
  return { message: String(error["message"] ?? ""), reason: String(reason ?? "") };
}
