// Says of a deployment's parameters what its runs would fail at: names that the flow does not have, values of the wrong type,
// required ones without a value.

import type { DeploymentSpec } from "#domain/deployment.ts";
import { languageAt } from "#domain/entrypoint.ts";
import { type ParameterFaults, parameterFaults } from "#domain/parameters/parameters.ts";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";

interface Called {
  parameter_openapi_schema: JsonObject | null;
  entrypoint: string | null;
}

/** Sentences about what is wrong; none when the flow can be called. Python has its own rules for types. */
function sentencesOf({ parameter_openapi_schema: schema, entrypoint }: Called, parameters: JsonObject): Sentences {
  const { unknown, missing, misfits }: ParameterFaults = parameterFaults(schema, parameters);
  const isPython = languageAt(entrypoint) === "python";
  const names = Object.keys((schema?.["properties"] as JsonObject | undefined) ?? {}); // JSON schema's own shape
  const has = names.length > 0 ? `It has ${names.join(", ")}.` : "It has none.";
  return {
    wrong: [
      ...(unknown.length > 0 ? [`the flow has no parameter ${quoted(unknown)}. ${has}`] : []),
      ...(isPython ? [] : misfits.map((misfit) => `${misfit}.`)),
    ],
    missing:
      missing.length > 0
        ? [`the flow requires ${quoted(missing)}, and has no value for ${missing.length > 1 ? "them" : "it"}.`]
        : [],
  };
}

interface Sentences {
  wrong: string[];
  missing: string[];
}

/** Not refused, as the old command does not: the flow may be changed next. A schedule gives no values. */
export function noteParameters(spec: DeploymentSpec, say: (line: string) => void): void {
  const { wrong, missing } = sentencesOf(spec, spec.parameters);
  const isScheduled = spec.schedule !== null && spec.is_schedule_active !== false;
  for (const sentence of wrong) say(`Note: ${sentence} Runs will fail.`);
  if (isScheduled) for (const sentence of missing) say(`Note: ${sentence} Scheduled runs will fail.`);
}

/** Throws `invalid` for a run that could only fail. */
export function refuseFailingRun(deployment: Called, parameters: JsonObject): void {
  const { wrong, missing } = sentencesOf(deployment, parameters);
  const [first, ...more] = [...wrong, ...missing];
  if (first === undefined) return;
  const sentences = [first, ...more.map((sentence) => sentence.replace(/^./, (letter) => letter.toUpperCase()))].join(
    " ",
  );
  throw new OrchError("invalid", `This run would fail: ${sentences} --force creates it all the same.`);
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(", ");
}
