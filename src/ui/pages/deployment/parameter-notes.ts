// Says of parameters what a run would fail at: names that the flow does not have, required ones without a value.
import { isObject, type JsonObject } from "#lib/json.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";

type Schema = Deployment["parameter_openapi_schema"];

/** As the server and the commands judge it: a schema with `additionalProperties` takes any name. */
export function unknownNames(schema: Schema, parameters: JsonObject): string[] {
  const { properties, additionalProperties: others = false } = isObject(schema) ? schema : {};
  if (!isObject(properties) || others !== false) return [];
  return Object.keys(parameters).filter((name) => !Object.hasOwn(properties, name));
}

/** Required, and without a value. */
export function missingNames(schema: Schema, parameters: JsonObject): string[] {
  const required = isObject(schema) && Array.isArray(schema["required"]) ? schema["required"] : [];
  return required.flatMap((name) => (typeof name === "string" && !Object.hasOwn(parameters, name) ? [name] : []));
}

/** Sentences about a deployment; a schedule gives no values, a run by hand may. */
export function parameterNotes({ parameter_openapi_schema: schema, parameters }: Deployment, isScheduled: boolean) {
  const [unknown, missing] = [unknownNames(schema, parameters), isScheduled ? missingNames(schema, parameters) : []];
  return [
    ...(unknown.length > 0 ? [`The flow has no parameter ${quoted(unknown)}: runs will fail.`] : []),
    ...(missing.length > 0
      ? [`The flow requires ${quoted(missing)}, and has no value for it: scheduled runs will fail.`]
      : []),
  ];
}

export function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(", ");
}
