// Parameters of a run to the arguments of its flow: known, complete, and of the right type, with the coercions of the old
// engine ("5" to 5). The schema was read from the signature when the deployment was built.
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, objectOf, objectWithNumbers } from "#lib/json.ts";
import { own } from "#lib/own.ts";
import { coerce, MISSING } from "./coercion.ts";
import type { UserFunction } from "./parameter-names.ts";
import { callShape } from "./parameter-names.ts";

interface ParametersSchema {
  properties: Record<string, JsonObject>;
  required: string[];
  definitions: JsonObject;
}

function readSchema(schema: JsonObject): ParametersSchema {
  const { properties, required, definitions } = schema;
  return {
    properties: objectOf(properties) as Record<string, JsonObject>, // JSON schema's own shape
    required: Array.isArray(required) ? required.filter((name) => typeof name === "string") : [],
    definitions: objectOf(definitions),
  };
}

/**
 * The given names that a schema does not know. One without `properties` is that of a flow whose parameters could not be
 * read, one with `additionalProperties` of a flow that takes others too: they take any.
 */
export function unknownNames(schema: JsonObject, names: readonly string[]): string[] {
  const { properties, additionalProperties: others = false } = schema;
  if (!isObject(properties) || others !== false) return [];
  return names.filter((name) => !Object.hasOwn(properties, name));
}

/** Throws `invalid`, naming the parameters that the flow does not have and the ones it has. */
export function checkParameterNames(schema: JsonObject, names: readonly string[]): void {
  const known = Object.keys(readSchema(schema).properties);
  const unknown = unknownNames(schema, names);
  if (unknown.length === 0) return;
  const given = unknown.map((name) => `'${name}'`).join(", ");
  const there = known.length > 0 ? `It accepts: ${known.map((name) => `'${name}'`).join(", ")}.` : "";
  const sentence = `The following parameters were specified but not found on the deployment: ${given}.`;
  throw new OrchError("invalid", `${sentence} ${there || "This deployment does not accept parameters."}`);
}

export interface ParameterFaults {
  /** Names that the flow does not have. */
  unknown: string[];
  /** Required, and not given. */
  missing: string[];
  /** A sentence for each value of the wrong type, without its full stop. */
  misfits: string[];
}

/** What keeps a flow from being called with these values, as `bindParameters` finds it. Nothing where no schema is known. */
export function parameterFaults(schema: JsonObject | null, parameters: JsonObject): ParameterFaults {
  if (!schema?.["properties"]) return { unknown: [], missing: [], misfits: [] };
  const read = readSchema(schema);
  const known = Object.entries(parameters).filter(([name]) => Object.hasOwn(read.properties, name));
  return {
    unknown: unknownNames(schema, Object.keys(parameters)),
    missing: missingNames(read, parameters),
    misfits: known.flatMap(([name, value]) => misfitOf(read, name, value)),
  };
}

function misfitOf(read: ParametersSchema, name: string, value: Json): string[] {
  try {
    checked(read, name, value);
    return [];
  } catch (error) {
    if (!(error instanceof OrchError)) throw error;
    return [error.message];
  }
}

function missingNames({ required }: ParametersSchema, parameters: JsonObject): string[] {
  return required.filter((name) => !Object.hasOwn(parameters, name));
}

/**
 * The arguments of a call. What is not given is `undefined`, so that the function's own default applies.
 * Without a schema values are passed as they are, by the names in the function's text.
 *
 * @example
 * bindParameters((name: string, num = 42) => …, schema, { name: "Ada" }); // ["Ada", undefined]
 */
export function bindParameters(fn: UserFunction, schema: JsonObject | null, parameters: JsonObject): unknown[] {
  const values = schema?.["properties"]
    ? checkedValues(readSchema(schema), schema, parameters)
    : objectWithNumbers(parameters);
  const { style, hasDefault, names, rest } = callShape(fn);
  const order = schema?.["properties"] && style === "positional" ? inOrder(readSchema(schema), rest) : names;
  if (style === "object") {
    const { [rest ?? ""]: others, ...named } = values;
    const given = isObject(others) ? { ...named, ...others } : named;
    return hasDefault ? withDefaults(given, readSchema(schema ?? {})) : [given];
  }
  // A parameter may be called `toString`, which every object has.
  const given = (name: string) => (Object.hasOwn(values, name) ? values[name] : undefined);
  const positional = order.map(given);
  const further = rest === null ? [] : given(rest);
  return [...positional, ...(Array.isArray(further) ? further : further === undefined ? [] : [further])];
}

/** The default of the whole object counts where nothing is given, and fills in what is not. */
function withDefaults(given: Record<string, unknown>, schema: ParametersSchema): unknown[] {
  if (Object.keys(given).length === 0) return [];
  const defaults = Object.entries(schema.properties).flatMap(([name, { default: usual }]) =>
    usual === undefined || Object.hasOwn(given, name) ? [] : [[name, checked(schema, name, usual)] as const],
  );
  return [{ ...Object.fromEntries(defaults), ...given }];
}

function inOrder({ properties }: ParametersSchema, rest: string | null): string[] {
  const names = Object.keys(properties).filter((name) => name !== rest);
  return names.toSorted((a, b) => Number(properties[a]?.["position"] ?? 0) - Number(properties[b]?.["position"] ?? 0));
}

function checkedValues(read: ParametersSchema, schema: JsonObject, parameters: JsonObject): Record<string, unknown> {
  checkParameterNames(schema, Object.keys(parameters));
  const missing = missingNames(read, parameters);
  if (missing.length > 0) {
    throw new OrchError(
      "invalid",
      `missing required parameter${missing.length > 1 ? "s" : ""} '${missing.join("', '")}'`,
    );
  }
  const entries = Object.entries(parameters).map(([name, value]) => [name, checked(read, name, value)]);
  return Object.fromEntries(entries);
}

function checked({ properties, definitions, required }: ParametersSchema, name: string, value: Json): unknown {
  const schema = own(properties, name) ?? {};
  const result = coerce(value, schema, definitions);
  if ("value" in result) return result.value;
  // Clients in Python send None for what they leave out: their `Optional[…] = None` looks like `x?: …`.
  if (value === null && !required.includes(name) && schema["default"] === undefined) return undefined;
  const path = [name, ...result.path].join(".");
  const colon = result.problem === MISSING ? "" : ":";
  throw new OrchError("invalid", `parameter '${path}'${colon} ${result.problem}${gotAt(value, result.path)}`);
}

const MOST_SHOWN = 200;

/** The value that did not fit, shortened; nothing for one that is missing. */
function gotAt(value: Json, path: readonly string[]): string {
  let found: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(found)) found = found[Number(step)];
    else found = isObject(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }
  if (found === undefined) return "";
  const text = JSON.stringify(found);
  return `, got ${text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text}`;
}
