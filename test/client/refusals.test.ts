// What people read when something else than the API answered: who it was, and what to do.
import { expect, test } from "bun:test";
import { refusalOf } from "#client/refusals.ts";

const PLACE = "http://orch.test:4200/api";
const NO_API = "is no API of orch or Prefect. Check ORCH_API_URL: it ends in /api.";
const UNREACHED =
  "a proxy there does not reach the server, or another program has the port. Check that the server runs, and ORCH_API_URL.";

const CASES: [status: number, value: unknown, code: string, message: string][] = [
  [200, undefined, "invalid", `What answers at ${PLACE} (200) ${NO_API}`],
  [302, undefined, "invalid", `What answers at ${PLACE} (302 Found) ${NO_API}`],
  [404, undefined, "invalid", `What answers at ${PLACE} (404 Not Found) ${NO_API}`],
  [
    404,
    { detail: "Not Found" },
    "not_found",
    `${PLACE} answered 404 Not Found: it is an older server, or no API of orch or Prefect. Check ORCH_API_URL: it ends in /api.`,
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
