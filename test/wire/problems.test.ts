import { expect, test } from "bun:test";
import * as v from "valibot";
import { OrchError } from "#lib/errors.ts";
import { createDeployment } from "#wire/deployments/deployments.ts";
import { errorOfAnswer, isAnswer, statusOf, validationProblem } from "#wire/problems.ts";
import { createFlowRun } from "#wire/runs/flow-runs.ts";

function problemsOf(schema: v.GenericSchema, input: unknown) {
  const result = v.safeParse(schema, input);
  if (result.success) throw new Error("the input was accepted");
  return validationProblem("body", result.issues, input).exception_detail;
}

test("a wrong body gets the old server's 422: where, what, and the type of the error", () => {
  expect(problemsOf(createFlowRun.body(), { bogus: 1, state: { type: "X" }, tags: null })).toMatchObject([
    {
      loc: ["body", "state", "type"],
      type: "type_error.enum",
      ctx: { enum_values: expect.arrayContaining(["PENDING"]) },
    },
    { loc: ["body", "flow_id"], msg: "field required", type: "value_error.missing" },
    { loc: ["body", "tags"], msg: "none is not an allowed value", type: "type_error.none.not_allowed" },
    { loc: ["body", "bogus"], msg: "extra fields not permitted", type: "value_error.extra" },
  ]);
});

test("a schedule that fits none of the three kinds gets the errors of each, at the same place", () => {
  const input = { name: "x", flow_id: "0191e5a0-0000-7000-8000-00000000000a", schedule: { every: 5 } };
  const problems = problemsOf(createDeployment.body(), input);
  expect(problems.map(({ loc, type }) => [loc.join("."), type])).toEqual([
    ["body.schedule.interval", "value_error.missing"],
    ["body.schedule.every", "value_error.extra"],
    ["body.schedule.cron", "value_error.missing"],
    ["body.schedule.every", "value_error.extra"],
    ["body.schedule.rrule", "value_error.missing"],
    ["body.schedule.every", "value_error.extra"],
  ]);
});

test("a list or an object in the wrong place is named as such", () => {
  expect(problemsOf(createFlowRun.body(), { flow_id: "x", tags: "a", state: 5 }).map(({ msg }) => msg)).toEqual([
    "value is not a valid dict",
    "value is not a valid uuid",
    "value is not a valid list",
  ]);
});

test("statuses and codes are each other's inverse", () => {
  for (const code of ["invalid", "unauthorized", "forbidden", "not_found", "conflict", "unavailable"] as const) {
    const error = errorOfAnswer(statusOf(code), { detail: "so" });
    expect([error instanceof OrchError, error.code, error.message, isAnswer(error)]).toEqual([true, code, "so", true]);
  }
});

const ANSWERS: [status: number, body: unknown, code: string, message: string][] = [
  [404, { detail: "Flow not found" }, "not_found", "Flow not found"],
  [404, { exception_message: "Flow run with id X not found" }, "not_found", "Flow run with id X not found"],
  [502, null, "unavailable", "The server answered 502."],
  [504, null, "unavailable", "The server answered 504."],
  [429, null, "unavailable", "The server answered 429."],
  [500, { exception_message: "Internal Server Error" }, "internal", "Internal Server Error"],
  [400, "what?", "invalid", "The server answered 400."],
  [
    422,
    {
      exception_message: "Invalid request received.",
      exception_detail: [{ loc: ["body", "name"], msg: "field required" }],
    },
    "invalid",
    "name: field required",
  ],
  [
    422,
    { exception_detail: [{ loc: ["path", "id"], msg: "value is not a valid uuid", type: "type_error.uuid" }] },
    "invalid",
    "There is nothing at this address: its id is not a whole id.",
  ],
  [
    422,
    { exception_detail: [{ loc: ["body", "flow_id"], msg: "value is not a valid uuid", type: "type_error.uuid" }] },
    "invalid",
    "flow_id: value is not a valid uuid",
  ],
];
for (const [status, body, code, message] of ANSWERS) {
  test(`an answer ${status} ${JSON.stringify(body)} becomes ${code}: ${message}`, () => {
    expect(errorOfAnswer(status, body)).toMatchObject({ code, message });
  });
}

test("R4: a client says five faults at most, and how many others there are", () => {
  const exception_detail = Array.from({ length: 100 }, (_, at) => ({
    ...{ loc: ["body", at, "level"], msg: "field required", type: "value_error.missing" },
  }));
  expect(errorOfAnswer(422, { exception_detail }).message).toBe(
    "0.level: field required; 1.level: field required; 2.level: field required; 3.level: field required; " +
      "4.level: field required; and 95 more",
  );
});
