// Values that are written out: what JSON can hold, and nothing that would have to be run.
import type { Json } from "#lib/json.ts";
import { at, list, type Node, text } from "./syntax.ts";

/** The value of a name, or of a member, where it is known. */
type Resolve = (reference: Node) => Json | undefined;

/** `undefined` for what is no literal. */
export function literalValue(node: Node | undefined, resolve?: Resolve): Json | undefined {
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
      return all(list(node, "elements").map((element) => literalValue(element, resolve)));
    case "ObjectExpression":
      return objectValue(node, resolve);
    case "Identifier":
    case "MemberExpression":
      return resolve?.(node);
    default:
      return node && bare(node) !== node ? literalValue(bare(node), resolve) : undefined;
  }
}

const WRAPPERS = new Set([
  ...["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression", "TSInstantiationExpression"],
  "ParenthesizedExpression",
]);

/** An expression without what says something about its type alone: `x as T`, `x!`. */
export function bare(node: Node): Node {
  const inner = WRAPPERS.has(node.type) ? at(node, "expression") : undefined;
  return inner ? bare(inner) : node;
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

function objectValue(node: Node, resolve?: Resolve): Json | undefined {
  const entries = list(node, "properties").map((property): [string, Json] | undefined => {
    const value = literalValue(at(property, "value"), resolve);
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

/**
 * The members of an enum. One without a value counts on from the one before, as TypeScript numbers them. `undefined` where
 * one has to be computed.
 */
export function enumValues(node: Node): ReadonlyMap<string, Json> | undefined {
  const values = new Map<string, Json>();
  let next = 0;
  for (const member of list(at(node, "body"), "members")) {
    const [id, initializer] = [at(member, "id"), at(member, "initializer")];
    const value = initializer ? literalValue(initializer) : next;
    if (value === undefined) return undefined;
    if (typeof value === "number") next = value + 1;
    values.set(text(id, "name") || text(id, "value"), value);
  }
  return values;
}
