// What people read when something else than the API answered: who it was, and what to do.
import { expect, test } from "bun:test";
import { refusalOf } from "#client/refusals.ts";
import { isMisaddressed } from "#client/transport.ts";
import { isAnswer } from "#wire/problems.ts";

const PLACE = "http://orch.test:4200/api";
const ADVICE = "Check ORCH_API_URL: its host, its port, and a path that a proxy there may want before /api.";
const NO_API = `is no API of orch or Prefect. ${ADVICE}`;
const UNREACHED =
  "a proxy there does not reach the server, or another program has the port. Check that the server runs, and ORCH_API_URL.";

const CASES: [status: number, value: unknown, code: string, message: string][] = [
  [200, undefined, "unavailable", `What answers at ${PLACE} (200) ${NO_API}`],
  [302, undefined, "unavailable", `What answers at ${PLACE} (302 Found) ${NO_API}`],
  [404, undefined, "unavailable", `What answers at ${PLACE} (404 Not Found) ${NO_API}`],
  [
    404,
    { message: "no Route matched with those values" },
    "unavailable",
    `What answers at ${PLACE} (404 Not Found) ${NO_API}`,
  ],
  [
    404,
    { detail: "Not Found" },
    "not_found",
    `${PLACE} answered 404 Not Found: it is an older server, or no API of orch or Prefect. ${ADVICE}`,
  ],
  [404, { detail: "Flow not found" }, "not_found", "Flow not found"],
  [
    401,
    undefined,
    "unauthorized",
    `${PLACE} answered 401 Unauthorized, without a reason. Check ORCH_API_URL, and what a proxy there asks for.`,
  ],
  [401, { detail: "Set ORCH_API_KEY." }, "unauthorized", "Set ORCH_API_KEY."],
  [
    413,
    undefined,
    "invalid",
    `${PLACE} answered 413 Content Too Large: a proxy there takes no request of this size. Raise its limit.`,
  ],
  [
    413,
    { detail: "Request Entity Too Large" },
    "invalid",
    `${PLACE} answered 413 Content Too Large: a proxy there takes no request of this size. Raise its limit.`,
  ],
  [429, null, "unavailable", `${PLACE} answered 429 Too Many Requests: it is too busy. Try again later.`],
  [
    500,
    { exception_message: "Internal Server Error" },
    "internal",
    `${PLACE} answered 500 Internal Server Error. The log of the server says why.`,
  ],
  [500, undefined, "internal", `${PLACE} answered 500 Internal Server Error: ${UNREACHED}`],
  [502, undefined, "unavailable", `${PLACE} answered 502 Bad Gateway: ${UNREACHED}`],
  [503, { error: 1 }, "unavailable", `${PLACE} answered 503 Service Unavailable: ${UNREACHED}`],
  [503, { detail: "The disk is full." }, "unavailable", "The disk is full."],
  [504, undefined, "unavailable", `${PLACE} answered 504 Gateway Timeout: ${UNREACHED}`],
  [521, undefined, "unavailable", `${PLACE} answered 521: ${UNREACHED}`],
];
for (const [status, value, code, message] of CASES) {
  test(`an answer ${status} with ${JSON.stringify(value) ?? "a page"} becomes ${code}`, () => {
    expect(refusalOf(PLACE, { status, value })).toMatchObject({ code, message });
  });
}

test("in this process there is no address to check", () => {
  const refusal = { status: 500, value: { exception_message: "Internal Server Error" } };
  expect(refusalOf("this process", refusal).message).toBe("Internal Server Error");
});

const WEB_PAGE = "<!DOCTYPE html>\n<html><title>Sign in</title></html>";
const PAGES: [place: string, status: number, text: string, message: string][] = [
  [
    PLACE,
    200,
    WEB_PAGE,
    `What answers at ${PLACE} (200) is no API of orch or Prefect, but a web page: of a proxy that asks for a login, or of another program. ${ADVICE}`,
  ],
  [
    PLACE,
    404,
    "<html><h1>404</h1></html>",
    `What answers at ${PLACE} (404 Not Found) is no API of orch or Prefect, but a web page: of a proxy, or of another program. ${ADVICE}`,
  ],
  [PLACE, 404, "404 page not found\n", `What answers at ${PLACE} (404 Not Found) ${NO_API}`],
  [
    "http://orch.test/flows",
    404,
    "404 page not found\n",
    "What answers at http://orch.test/flows (404 Not Found) is no API of orch or Prefect. Check ORCH_API_URL: it ends in /api.",
  ],
  ...[
    "<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>",
    "Client sent an HTTP request to an HTTPS server.\n",
    "Reason: You're speaking plain HTTP to an SSL-enabled server port.",
  ].map((text): [string, number, string, string] => [
    PLACE,
    400,
    text,
    `What answers at ${PLACE} speaks TLS alone. Set ORCH_API_URL=https://orch.test:4200/api.`,
  ]),
];
for (const [place, status, text, message] of PAGES) {
  test(`${place} answers ${status} with ${JSON.stringify(text.slice(0, 40))}: it is no API, and may be one later`, () => {
    const error = refusalOf(place, { status, value: undefined, text });
    expect(error).toMatchObject({ code: "unavailable", message });
    expect([isMisaddressed(error), isAnswer(error)]).toEqual([true, true]);
  });
}
