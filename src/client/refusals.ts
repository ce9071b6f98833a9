// Makes the error of an answer that is no success. The API gives its reason as JSON. An answer without one comes from a proxy, from
// another program or from a server that failed: its error names the address, and what to do.
import { OrchError } from "#lib/errors.ts";
import { errorOfAnswer, reasonIn } from "#wire/problems.ts";

const NAMES: Readonly<Record<number, string>> = {
  ...{ 301: "Moved Permanently", 302: "Found", 307: "Temporary Redirect", 308: "Permanent Redirect" },
  ...{ 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed" },
  ...{ 408: "Request Timeout", 413: "Content Too Large", 429: "Too Many Requests", 500: "Internal Server Error" },
  ...{ 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout" },
};
/** Names of earlier versions of HTTP, which programs still send. */
const OLD_NAMES = new Set(["Request Entity Too Large", "Payload Too Large"]);

/** The API has JSON for all of them. Proxies have pages for the other statuses. */
const NO_API = /^(?:[123]..|40[45])$/;

export interface Refusal {
  status: number;
  /** `undefined` for what is no JSON. */
  value: unknown;
}

/** `place`: the address of the API, or words for this process. */
export function refusalOf(place: string, { status, value }: Refusal): OrchError {
  const reason = reasonIn(value);
  const isReason = reason !== undefined && reason !== NAMES[status] && !OLD_NAMES.has(reason);
  if (isReason || !/^https?:/.test(place)) return errorOfAnswer(status, value);
  const answer = status in NAMES ? `${status} ${NAMES[status]}` : `${status}`;
  if (value === undefined && NO_API.test(`${status}`)) {
    const sentence = `What answers at ${place} (${answer}) is no API of orch or Prefect.`;
    return new OrchError("invalid", `${sentence} Check ORCH_API_URL: it ends in /api.`);
  }
  return errorOfAnswer(status, null, sentenceFor(status, `${place} answered ${answer}`, reason !== undefined));
}

function sentenceFor(status: number, answered: string, isJson: boolean): string {
  if (status === 404 || status === 405) {
    return `${answered}: it is an older server, or no API of orch or Prefect. Check ORCH_API_URL: it ends in /api.`;
  }
  if (status === 500 && isJson) return `${answered}. The log of the server says why.`;
  if (status === 413) return `${answered}: a proxy there takes no request of this size. Raise its limit.`;
  if (status === 408 || status === 429) return `${answered}: it is too busy. Try again later.`;
  if (status < 500) return `${answered}, without a reason. Check ORCH_API_URL, and what a proxy there asks for.`;
  const why = "a proxy there does not reach the server, or another program has the port";
  return `${answered}: ${why}. Check that the server runs, and ORCH_API_URL.`;
}
