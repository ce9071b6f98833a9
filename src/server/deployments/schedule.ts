// What a pattern cannot check of a schedule: the refusal has the shape of a failed pattern all the same.
import * as v from "valibot";
import type { Budget } from "#domain/schedules/budget.ts";
import { checkSchedule } from "#domain/schedules/expand.ts";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import { MOST_SENTENCE_LENGTH, shortened } from "#lib/limits.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import { cronSchedule, intervalSchedule, rruleSchedule, type Schedule } from "#wire/deployments/schedules.ts";
import { type ValidationDetail, validationProblem } from "#wire/problems.ts";
import { echoOf, ProblemError } from "../http/problem.ts";

const KINDS = { interval: intervalSchedule, cron: cronSchedule, rrule: rruleSchedule };

type Path = readonly (string | number)[];

/** `text` is the whole request, `at` where the schedule stands in it. Throws a ProblemError of status 422. */
export function checkedSchedule<S extends Schedule | null | undefined>(
  schedule: S,
  now: Timestamp,
  text: string,
  at: Path = ["schedule"],
  budget?: Budget,
): S {
  try {
    return (schedule && checkSchedule(schedule, now, budget)) as S; // of the same kind
  } catch (error) {
    if (!(error instanceof OrchError && error.code === "invalid")) throw error;
    const body: unknown = JSON.parse(text);
    const found = at.reduce<unknown>((part, step) => (part as Record<string | number, unknown>)[step], body); // it was parsed before, and has a schedule there
    const problem = {
      ...validationProblem("body", [], echoOf({ text, value: body })),
      exception_detail: detailsOf(found as JsonObject, shortened(error.message, MOST_SENTENCE_LENGTH), ["body", ...at]), // as above
    };
    throw new ProblemError(422, problem);
  }
}

/** Every kind says why it is not this one; its own says what is wrong. All of them have a time zone. */
function detailsOf(schedule: JsonObject, msg: string, at: (string | number)[]): ValidationDetail[] {
  return Object.entries(KINDS).flatMap(([kind, schema]): ValidationDetail[] => {
    const field = msg.startsWith("Invalid timezone") ? "timezone" : kind;
    const rule = Object.hasOwn(schedule, field) ? [{ loc: [...at, field], msg, type: "value_error" }] : [];
    const { exception_detail } = validationProblem("body", v.safeParse(schema(), schedule).issues ?? [], null);
    const others = exception_detail.map(({ loc, ...rest }) => ({
      ...rest,
      loc: [...at, ...loc.slice(1)],
    }));
    const isExtra = ({ type }: ValidationDetail) => type === "value_error.extra";
    return [...others.filter((detail) => !isExtra(detail)), ...rule, ...others.filter(isExtra)];
  });
}
