// From what a client sends to what is stored, whichever release of Prefect it speaks: later names and fields become ours.

import { misfitOfSchema } from "#domain/parameters/schema-fit.ts";
import { createBudget } from "#domain/schedules/budget.ts";
import { OrchError } from "#lib/errors.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import type { DeploymentCreate, DeploymentUpdate } from "#wire/deployments/deployments.ts";
import type { DeploymentScheduleCreate } from "#wire/deployments/schedules.ts";
import { checkedSchedule } from "./schedule.ts";
import { newSchedule, newSchedules, type StoredSchedule } from "./schedules.ts";

type LaterNames = "paused" | "job_variables" | "schedules" | "enforce_parameter_schema";

/** What is stored of a deployment besides its queue. */
export type NewDeployment = Omit<DeploymentCreate, LaterNames | "schedule"> & {
  schedules: readonly StoredSchedule[];
  /** Null when it was sent by a client that knows of none of the later fields. */
  enforce_parameter_schema: boolean | null;
};

export type DeploymentChange = Omit<DeploymentUpdate, LaterNames | "schedule"> & {
  /** Of a client of 2.10: the one it sees. */
  schedule?: DeploymentUpdate["schedule"];
  /** Instead of those there are. */
  schedules?: readonly StoredSchedule[];
  enforce_parameter_schema?: boolean;
};

/** `text` is the whole request. Throws a ProblemError of status 422 for a schedule that is none. */
export function acceptedDeployment(given: DeploymentCreate, now: Timestamp, text: string): NewDeployment {
  const { paused, job_variables, schedules, enforce_parameter_schema, schedule, ...plain } = given;
  const one = checkedSchedule(schedule, now, text);
  const several = checkedSchedules(schedules ?? [], now, text);
  const deployment: NewDeployment = {
    ...plain,
    infra_overrides: (hasSome(job_variables) ? job_variables : undefined) ?? plain.infra_overrides,
    is_schedule_active: isSet(paused) ? !paused : plain.is_schedule_active,
    schedules: several.length > 0 || !one ? newSchedules(several, now) : [newSchedule(one, now)],
    enforce_parameter_schema: isLater(given) ? (enforce_parameter_schema ?? false) : null,
  };
  requireFittingParameters(deployment);
  return deployment;
}

/** The same of a change: only what was sent. */
export function acceptedChange(given: DeploymentUpdate, now: Timestamp, text: string): DeploymentChange {
  const { paused, job_variables, schedules, enforce_parameter_schema, schedule, ...plain } = given;
  const one = checkedSchedule(schedule, now, text);
  return {
    ...plain,
    ...(one === undefined ? {} : { schedule: one }),
    ...(isSet(job_variables) ? { infra_overrides: job_variables } : {}),
    ...(isSet(paused) ? { is_schedule_active: !paused } : {}),
    ...(isSet(schedules) ? { schedules: newSchedules(checkedSchedules(schedules, now, text), now) } : {}),
    ...(isSet(enforce_parameter_schema) ? { enforce_parameter_schema } : {}),
  };
}

/** `at`: where the list stands in the request. */
export function checkedSchedules(
  given: readonly DeploymentScheduleCreate[],
  now: Timestamp,
  text: string,
  at: readonly string[] = ["schedules"],
): DeploymentScheduleCreate[] {
  const budget = createBudget();
  return given.map((one, index) => ({
    ...one,
    schedule: checkedSchedule(one.schedule, now, text, [...at, index, "schedule"], budget),
  }));
}

/** A run fills in what its deployment leaves out, so no parameter is required here. */
function requireFittingParameters(deployment: NewDeployment): void {
  if (!deployment.enforce_parameter_schema) return;
  const misfit = misfitOfParameters(deployment.parameter_openapi_schema, deployment.parameters, { complete: false });
  if (misfit) throw new OrchError("invalid", `Error creating deployment: ${misfit}.`);
}

/** A sentence about the first parameter that does not fit. `complete`: required ones must be there. */
export function misfitOfParameters(
  schema: Record<string, unknown> | null | undefined,
  parameters: Record<string, unknown>,
  { complete }: { complete: boolean },
): string | undefined {
  if (!schema) return "parameters are checked against the flow's schema, and the deployment has none";
  return misfitOfSchema(complete ? schema : { ...schema, required: [] }, parameters, "parameters");
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

function hasSome(value: object | null | undefined): boolean {
  return isSet(value) && Object.keys(value).length > 0;
}

function isLater(given: DeploymentCreate): boolean {
  return [given.paused, given.job_variables, given.schedules, given.enforce_parameter_schema].some(isSet);
}
