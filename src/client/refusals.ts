// Makes the error of an answer that is no success. The API gives its reason as JSON. An answer without one comes from a proxy, from
// another program or from a server that failed: its error names the address, and what to do.
import { OrchError } from "#lib/errors.ts";
import { errorOfAnswer, reasonIn } from "#wire/problems.ts";
import { NOT_THE_API } from "./transport.ts";

const NAMES: Readonly<Record<number, string>> = {
  ...{ 301: "Moved Permanently", 302: "Found", 307: "Temporary Redirect", 308: "Permanent Redirect" },
  ...{ 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed" },
  ...{ 408: "Request Timeout", 413: "Content Too Large", 429: "Too Many Requests", 500: "Internal Server Error" },
  ...{ 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout" },
};
/** Names of earlier versions of HTTP, which programs still send. */
const OLD_NAMES = new Set(["Request Entity Too Large", "Payload Too Large"]);

/** The API has JSON with a reason for all of them. Proxies have pages for the other statuses. */
const NO_API = /^(?:[123]..|40[45])$/;
/** How servers with TLS answer a request without it: nginx, Go, Apache. */
const WANTS_TLS = /HTTP request (?:was sent )?to (?:an )?HTTPS|speaking plain HTTP to an SSL/i;
const PAGE = /^\s*<(?:!doctype html|html)/i;

export interface Refusal {
  status: number;
  /** `undefined` for what is no JSON. */
  value: unknown;
  text?: string;
}

/** `place`: the address of the API, or words for this process. */
export function refusalOf(place: string, { status, value, text = "" }: Refusal): OrchError {
  const reason = reasonIn(value);
  const isReason = reason !== undefined && reason !== NAMES[status] && !OLD_NAMES.has(reason);
  if (isReason || !/^https?:/.test(place)) return errorOfAnswer(status, value);
  const answer = status in NAMES ? `${status} ${NAMES[status]}` : `${status}`;
  if (status === 400 && WANTS_TLS.test(text)) {
    const secure = place.replace(/^http:/, "https:");
    return foreign(status, `What answers at ${place} speaks TLS alone. Set ORCH_API_URL=${secure}.`);
  }
  if (reason === undefined && (value === undefined || status >= 400) && NO_API.test(`${status}`)) {
    const kind = value !== undefined || !PAGE.test(text) ? "" : `, but a web page: ${pageOf(status)}`;
    return foreign(
      status,
      `What answers at ${place} (${answer}) is no API of orch or Prefect${kind}. ${advice(place)}`,
    );
  }
  return errorOfAnswer(
    status,
    null,
    sentenceFor(status, { answered: `${place} answered ${answer}`, place, isJson: reason !== undefined }),
  );
}

/** For an answer that is JSON, and another than the API would give. */
export function notTheApi(place: string): OrchError {
  return foreign(200, `What answers at ${place} is no API of orch or Prefect: it sends other JSON. ${advice(place)}`);
}

/**
 * Unavailable and misaddressed: nothing of the API has answered. A proxy answers so while its server is away, so what has had an
 * answer before may wait.
 */
function foreign(status: number, sentence: string): OrchError {
  return new OrchError("unavailable", sentence, { cause: { status, code: NOT_THE_API } });
}

function pageOf(status: number): string {
  return status < 400 ? "of a proxy that asks for a login, or of another program" : "of a proxy, or of another program";
}

function advice(place: string): string {
  return place.replace(/\/+$/, "").endsWith("/api")
    ? "Check ORCH_API_URL: its host, its port, and a path that a proxy there may want before /api."
    : "Check ORCH_API_URL: it ends in /api.";
}

interface Answered {
  answered: string;
  place: string;
  isJson: boolean;
}

function sentenceFor(status: number, { answered, place, isJson }: Answered): string {
  if (status === 404 || status === 405) {
    return `${answered}: it is an older server, or no API of orch or Prefect. ${advice(place)}`;
  }
  if (status === 500 && isJson) return `${answered}. The log of the server says why.`;
  if (status === 413) return `${answered}: a proxy there takes no request of this size. Raise its limit.`;
  if (status === 408 || status === 429) return `${answered}: it is too busy. Try again later.`;
  if (status < 500) return `${answered}, without a reason. Check ORCH_API_URL, and what a proxy there asks for.`;
  const why = "a proxy there does not reach the server, or another program has the port";
  return `${answered}: ${why}. Check that the server runs, and ORCH_API_URL.`;
}
