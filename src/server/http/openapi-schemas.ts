// Shapes of the wire as JSON schemas: those that are exported have a name, and others refer to them.
import { toJsonSchema } from "@valibot/to-json-schema";
import { isObject } from "#lib/json.ts";
import type { Lazy, Schema } from "#wire/endpoint.ts";
import { SHAPES } from "#wire/index.ts";

export type JsonSchema = Record<string, unknown>;
/** What a caller may send, or what is answered. */
type Mode = "input" | "output";

export interface Schemas {
  of(shape: Lazy, mode: Mode): JsonSchema;
  /** All that were referred to so far, by their names. */
  components(): Record<string, JsonSchema>;
}

const REFERENCE = "#/components/schemas/";

export function createSchemas(): Schemas {
  const definitions = Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [titleOf(name), shape()]));
  const components = new Map<string, JsonSchema>();

  function of(shape: Lazy, mode: Mode): JsonSchema {
    const schema = shape();
    const name = Object.keys(definitions).find((known) => definitions[known] === schema);
    return name === undefined ? converted(schema, mode) : referenceTo(name, mode);
  }

  function referenceTo(name: string, mode: Mode): JsonSchema {
    if (!components.has(name)) {
      components.set(name, {}); // it may contain itself
      const schema = definitions[name];
      if (schema) components.set(name, converted(schema, mode, name));
    }
    return { $ref: REFERENCE + name };
  }

  function converted(schema: Schema, mode: Mode, itself?: string): JsonSchema {
    const { [itself ?? ""]: _, ...others } = definitions;
    const {
      $schema: _schema,
      $defs: _defs,
      ...made
    } = toJsonSchema(schema, {
      ...{ target: "openapi-3.0", typeMode: mode, errorMode: "ignore", definitions: others },
      overrideRef: ({ referenceId }) => String(referenceTo(referenceId, mode)["$ref"]),
      overrideAction: ({ valibotAction, jsonSchema }) => described(valibotAction, jsonSchema),
    }) as JsonSchema; // an object, as JSON schemas are
    return withoutNulls(made) as JsonSchema; // as above
  }

  return {
    of,
    components: () => Object.fromEntries([...components].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** `flowRun` to `FlowRun`. */
function titleOf(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** Our primitives check in code, so they carry their own JSON schema as metadata. */
function described(action: object, made: object): JsonSchema {
  // The library copies metadata as it is.
  const { openapi: _, ...rest } = made as JsonSchema; // an object, as above
  const metadata = "metadata" in action && isObject(action.metadata) ? action.metadata : {};
  return isObject(metadata["openapi"]) ? { ...rest, ...metadata["openapi"] } : rest;
}

/** That something left out reads as null goes without saying. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key, inner]) => !(key === "default" && inner === null));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNulls(inner)]));
}
