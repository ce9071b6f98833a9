// The fields of a block as user code names and gives them, and as they travel.
import type { BlockTypeDefinition } from "#blocks/block-type.ts";
import { hideSecrets, hideSettings } from "#blocks/secrets.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, objectOf } from "#lib/json.ts";

export interface Field {
  /** `aws_access_key_id` */
  wire: string;
  /** `awsAccessKeyId` */
  name: string;
  schema: JsonObject;
  isSecret: boolean;
}

export function fieldsOf({ fields }: BlockTypeDefinition): Field[] {
  const secrets = new Set(listOf(fields["secret_fields"]).map((path) => path.split(".")[0]));
  const properties = objectOf(fields["properties"]);
  return Object.entries(properties).map(([wire, schema]) => ({
    wire,
    name: camelCase(wire),
    schema: schema as JsonObject, // each property has one
    isSecret: secrets.has(wire),
  }));
}

export function camelCase(wire: string): string {
  return wire.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function listOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** What was given, checked; defaults filled in, `null` where there is none. Throws `invalid` naming the field. */
export function completed(definition: BlockTypeDefinition, given: Record<string, unknown>): Record<string, unknown> {
  const fields = fieldsOf(definition);
  const unknown = Object.keys(given).find((name) => !fields.some((field) => field.name === name));
  if (unknown !== undefined) {
    const names = fields.map(({ name }) => name).join(", ");
    throw new OrchError("invalid", `${definition.name} blocks have no field '${unknown}'. Their fields are: ${names}.`);
  }
  const required = new Set(listOf(definition.fields["required"]));
  return Object.fromEntries(
    fields.map((field) => {
      const value = given[field.name] ?? null;
      // Null is a value of a field that holds anything, as JSON's does.
      const isNone = value === null && (given[field.name] === undefined || "type" in field.schema);
      if (isNone && required.has(field.wire)) {
        throw new OrchError("invalid", `${definition.name} blocks need '${field.name}'.`);
      }
      if (value !== null) check(definition, field, value);
      return [field.name, value ?? structuredClone(field.schema["default"]) ?? null];
    }),
  );
}

const IS: Record<string, [is: (value: unknown) => boolean, kind: string]> = {
  string: [(value) => typeof value === "string", "text"],
  boolean: [(value) => typeof value === "boolean", "true or false"],
  integer: [(value) => typeof value === "bigint" || Number.isInteger(value), "a whole number"],
  number: [(value) => typeof value === "bigint" || typeof value === "number", "a number"],
  array: [Array.isArray, "a list"],
  object: [isObject, "an object"],
};

function check(definition: BlockTypeDefinition, { name, schema }: Field, value: unknown): void {
  // Never the value itself: it may be a secret.
  const refuse = (kind: string) => new OrchError("invalid", `'${name}' of ${definition.name} blocks must be ${kind}.`);
  const choices = schema["enum"];
  if (Array.isArray(choices) && !choices.includes(value as Json)) throw refuse(`one of: ${choices.join(", ")}`); // compared only
  if (schema["format"] === "date-time" && value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw refuse("a moment");
    return;
  }
  const [is, kind] = IS[String(schema["type"])] ?? [];
  if (is && !is(value)) throw refuse(kind ?? "");
}

/** As the console and JSON show it: secrets as asterisks. */
export function shown(definition: BlockTypeDefinition, data: JsonObject): JsonObject {
  const hidden = hideSettings(definition.slug, hideSecrets(data, definition.fields));
  return Object.fromEntries(
    Object.entries(hidden)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [camelCase(key), value]),
  );
}
