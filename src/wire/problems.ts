// Failures as they travel: error code ↔ status, and schema issues ↔ the 422 body of the old server (pydantic 1 words).
import type * as v from "valibot";
import { type ErrorCode, OrchError } from "#lib/errors.ts";
import { isObject } from "#lib/json.ts";
import { MOST_FAULTS, MOST_SENTENCE_LENGTH, shortened } from "#lib/limits.ts";

const STATUS: Record<ErrorCode, number> = {
  invalid: 422,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  no_longer_yours: 410,
  unavailable: 503,
  internal: 500,
};

export function statusOf(code: ErrorCode): number {
  return STATUS[code];
}

/** Answers that may be another one soon. */
const TRY_LATER = new Set([408, 429]);

/** The error a client throws for an answer that is no success. `otherwise`: its sentence where the body has no reason. */
export function errorOfAnswer(status: number, body: unknown, otherwise = `The server answered ${status}.`): OrchError {
  const known = Object.entries(STATUS).find(([, value]) => value === status)?.[0] as ErrorCode | undefined;
  // A proxy's own page may have that status too.
  if (known === "no_longer_yours" && Object(body).code !== known) return errorOfAnswer(400, body, otherwise);
  const code = known ?? (status > 500 || TRY_LATER.has(status) ? "unavailable" : "invalid");
  return new OrchError(code, reasonIn(body) ?? otherwise, { cause: { status } });
}

/** Whether it is what a server answered; otherwise no answer came. */
export function isAnswer(error: unknown): boolean {
  return error instanceof OrchError && isObject(error.cause) && typeof error.cause["status"] === "number";
}

/** Whether a server refused the id in an address because no thing can have it: `/flow_runs/abc`. */
export function isNoId(body: unknown): boolean {
  const details = isObject(body) ? body["exception_detail"] : undefined;
  if (!Array.isArray(details)) return false;
  return details.some((one) => isObject(one) && one["type"] === "type_error.uuid" && Object(one["loc"])[0] === "path");
}

/** What the body of an answer says about why; `undefined` when it says nothing. */
export function reasonIn(body: unknown): string | undefined {
  if (!isObject(body)) return undefined;
  if (isNoId(body)) return "There is nothing at this address: its id is not a whole id.";
  if (typeof body["detail"] === "string") return body["detail"];
  if (Array.isArray(body["exception_detail"])) {
    return listed(issuesOf(body["exception_detail"]));
  }
  return typeof body["exception_message"] === "string" ? body["exception_message"] : undefined;
}

const MOST_SAID = 5;

function listed(issues: string[]): string {
  const others = issues.length - MOST_SAID;
  const listed = issues.slice(0, MOST_SAID).join("; ");
  return others > 0 ? `${listed}; and ${others} more` : listed;
}

/** A refusal by a rule says more than the branches of a union beside it that do not fit either. */
function issuesOf(details: { loc?: unknown[]; msg?: string; type?: string }[]): string[] {
  const rules = details.filter(({ type }) => type === "value_error").map(({ msg }) => `${msg}`);
  return rules.length > 0 ? rules : details.map(({ loc, msg }) => `${loc?.slice(1).join(".")}: ${msg}`);
}

export interface ValidationDetail {
  loc: (string | number)[];
  msg: string;
  type: string;
  ctx?: Record<string, unknown>;
}

export interface ValidationProblem {
  exception_message: "Invalid request received.";
  exception_detail: ValidationDetail[];
  request_body: unknown;
}

/**
 * The 422 body. `place` is `body`, `path` or `query`: the first step of every `loc`. It lists 100 faults at most; `echo` is
 * what it repeats of the body.
 */
export function validationProblem(
  place: "body" | "path" | "query",
  issues: readonly v.BaseIssue<unknown>[],
  echo: unknown,
): ValidationProblem {
  return {
    exception_message: "Invalid request received.",
    exception_detail: issues
      .slice(0, MOST_FAULTS)
      .flatMap((issue) => detailsOf(issue, [place]))
      .slice(0, MOST_FAULTS),
    request_body: echo,
  };
}

/** Unions contribute the issues of every branch, as the old server's did. */
function detailsOf(issue: v.BaseIssue<unknown>, base: (string | number)[]): ValidationDetail[] {
  const steps = (issue.path ?? []).map((step) => step.key as string | number); // JSON has no other keys
  const loc = [...base, ...steps.map((step) => (typeof step === "string" ? shortened(step) : step))];
  if (issue.type === "union" && issue.issues) return issue.issues.flatMap((inner) => detailsOf(inner, loc));
  return [{ loc, ...wordsOf(issue) }];
}

function wordsOf(issue: v.BaseIssue<unknown>): Omit<ValidationDetail, "loc"> {
  if (issue.expected === TOO_MANY) return { msg: issue.message, type: TOO_MANY, ...contextOf(issue) };
  switch (issue.type) {
    case "raw_transform":
      return {
        msg: shortened(issue.message, MOST_SENTENCE_LENGTH),
        type: issue.expected ?? "value_error",
        ...contextOf(issue),
      };
    case "strict_object":
    case "record":
    case "object":
      if (issue.expected === "never") return { msg: "extra fields not permitted", type: "value_error.extra" };
      if (issue.received === "undefined") return { msg: "field required", type: "value_error.missing" };
      if (issue.received === "null") return NULL_REFUSED;
      return { msg: "value is not a valid dict", type: "type_error.dict" };
    case "array":
      return issue.received === "null" ? NULL_REFUSED : { msg: "value is not a valid list", type: "type_error.list" };
    default:
      return { msg: shortened(issue.message), type: "value_error" };
  }
}

const TOO_MANY = "value_error.list.max_items";
const NULL_REFUSED = { msg: "none is not an allowed value", type: "type_error.none.not_allowed" };

/** pydantic adds the limit or the permitted values beside the sentence. */
function contextOf(issue: v.BaseIssue<unknown>): { ctx?: Record<string, unknown> } {
  if (issue.expected === "type_error.enum") {
    return { ctx: { enum_values: [...issue.message.matchAll(/'([^']*)'/g)].map((match) => match[1]) } };
  }
  const limit = /(?:than|to|most) (-?\d+(?:\.\d+)?)/.exec(issue.message)?.[1];
  if (limit && issue.expected?.startsWith("value_error.")) return { ctx: { limit_value: Number(limit) } };
  return {};
}
