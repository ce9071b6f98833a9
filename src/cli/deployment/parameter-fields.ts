// Says in a line each what a flow takes: the parameters of a deployment's schema.

import { type JsonObject, objectOf } from "#lib/json.ts";
import { type Field, inline } from "../details/draw.ts";

/** `Parameter name`: `string, default "Marvin"`. In the order of the schema. */
export function parameterFields(schema: JsonObject | null): Field[] {
  const required = schema?.["required"];
  return Object.entries(objectOf(schema?.["properties"])).map(([name, value]) => {
    const property = objectOf(value);
    const isRequired = Array.isArray(required) && required.includes(name);
    const fallback = Object.hasOwn(property, "default") ? `default ${inline(property["default"])}` : undefined;
    const parts = [typeText(property), isRequired ? "required" : (fallback ?? "optional")];
    const about = typeof property["description"] === "string" ? `: ${property["description"]}` : "";
    return { label: `Parameter ${name}`, value: parts.filter((part) => part !== "").join(", ") + about };
  });
}

/** `string`, `one of "a", "b"`, `string or integer`; nothing where anything may be given. */
function typeText(property: JsonObject): string {
  const { type, enum: choices, anyOf, allOf, $ref } = property;
  if (Array.isArray(choices)) return `one of ${choices.map(inline).join(", ")}`;
  if (typeof type === "string") return type;
  if (typeof $ref === "string") return $ref.slice($ref.lastIndexOf("/") + 1);
  const parts = [anyOf, allOf].flatMap((list) => (Array.isArray(list) ? list : []));
  return parts
    .map((part) => typeText(objectOf(part)))
    .filter((text) => text !== "")
    .join(" or ");
}
