// Default values that are written out: what JSON can hold, and nothing that would have to be run.
import type { Json } from "#lib/json.ts";
import { at, list, type Node, text } from "./syntax.ts";

/** `undefined` for a default that is no literal. */
export function literalValue(node: Node | undefined): Json | undefined {
  switch (node?.type) {
    case "StringLiteral":
    case "NumericLiteral":
    case "BooleanLiteral":
      return node["value"] as Json; // a string, a number or a boolean, by its type
    case "NullLiteral":
      return null;
    case "TemplateLiteral":
      return list(node, "expressions").length === 0 ? templateText(node) : undefined;
    case "UnaryExpression":
      return negative(node);
    case "ArrayExpression":
      return all(list(node, "elements").map(literalValue));
    case "ObjectExpression":
      return objectValue(node);
    case "TSAsExpression":
    case "TSSatisfiesExpression":
      return literalValue(at(node, "expression"));
    default:
      return undefined;
  }
}

function templateText(node: Node): string {
  return list(node, "quasis")
    .map((quasi) => {
      const value = quasi["value"];
      return typeof value === "object" && value !== null && "cooked" in value ? String(value.cooked) : "";
    })
    .join("");
}

function negative(node: Node): Json | undefined {
  const value = literalValue(at(node, "argument"));
  return text(node, "operator") === "-" && typeof value === "number" ? -value : undefined;
}

function all(values: (Json | undefined)[]): Json[] | undefined {
  return values.every((value) => value !== undefined) ? values : undefined;
}

function objectValue(node: Node): Json | undefined {
  const entries = list(node, "properties").map((property): [string, Json] | undefined => {
    const value = literalValue(at(property, "value"));
    const key = propertyName(property);
    return property.type === "ObjectProperty" && key !== undefined && value !== undefined ? [key, value] : undefined;
  });
  return entries.every((entry) => entry !== undefined) ? Object.fromEntries(entries) : undefined;
}

/** The name of a property, written as a word or as text. */
export function propertyName(property: Node): string | undefined {
  const key = at(property, "key");
  if (property["computed"] === true || !key) return undefined;
  return key.type === "Identifier" ? text(key, "name") : String(key["value"]);
}
