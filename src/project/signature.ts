// The parameters of a flow, read from its TypeScript signature: the schema that deployments carry.
// Only building a deployment comes here; the parser costs 37 ms.
import { resolve } from "node:path";
import type { JsonObject } from "#lib/json.ts";
import { type Doc, docOf } from "./jsdoc.ts";
import { bare, literalValue, propertyName } from "./literals.ts";
import { constantOf, lookUp, lookUpExport } from "./lookup.ts";
import { partsOf, usedDefinitions } from "./object-schemas.ts";
import { at, list, type Node, readSource, type SourceFile, text } from "./syntax.ts";
import { createTypeSchemas, type TypeSchemas } from "./type-schemas.ts";

export interface Signature {
  /** `parameter_openapi_schema`: title, type, properties, and where there are any, required and definitions. */
  schema: JsonObject;
  /** The flow's own words about itself, if it has any. */
  description: string | null;
  /** From `@version` and `@tag` of its comment. */
  version: string | null;
  tags: readonly string[];
}

/**
 * Throws `invalid` for a file that cannot be parsed. A flow whose function cannot be seen there, `flow(wrapped(fn))`, has a
 * schema without `properties`: its runs take parameters by the function's own names, unchecked.
 */
export function readSignature(path: string, exportName: string): Signature {
  const found = lookUpExport(readSource(resolve(path)), exportName);
  const call = found && unwrapped(found.node, found.file);
  if (!call) return { schema: { title: "Parameters", type: "object" }, description: null, version: null, tags: [] };
  const doc = docOf(call.documented);
  const ownDoc = docOf(call.fn);
  const description = call.description || doc.description || ownDoc.description || null;
  return {
    schema: schemaOf(call, new Map([...ownDoc.params, ...doc.params])),
    description,
    version: doc.version || ownDoc.version || null,
    tags: doc.tags.length > 0 ? doc.tags : ownDoc.tags,
  };
}

interface FlowCall {
  fn: Node;
  /** Where the function is written. */
  file: SourceFile;
  /** Whose comment describes the flow. */
  documented: Node;
  description: string;
}

const FUNCTIONS = new Set(["FunctionExpression", "ArrowFunctionExpression", "FunctionDeclaration"]);

/** `flow(function …, options)`, with the function written there or named; `.withOptions(…)` and types may follow. */
function unwrapped(given: Node, file: SourceFile): FlowCall | undefined {
  const node = bare(given);
  if (node.type === "Identifier") {
    const found = lookUp(file, text(node, "name"));
    return found && found.node !== node ? unwrapped(found.node, found.file) : undefined;
  }
  if (node.type !== "CallExpression") return undefined;
  const callee = at(node, "callee");
  const [first, options] = list(node, "arguments");
  if (text(at(callee, "property"), "name") === "withOptions") {
    const object = at(callee, "object");
    const call = object && unwrapped(object, file);
    return (
      call && { ...call, documented: documentedOf(given, call), description: described(first) || call.description }
    );
  }
  const named = first && bare(first).type === "Identifier" ? lookUp(file, text(bare(first), "name")) : undefined;
  const fn = named?.node ?? (first && bare(first));
  if (!fn || !FUNCTIONS.has(fn.type)) return undefined;
  return { fn, documented: given, description: described(options), file: named?.file ?? file };
}

function documentedOf(node: Node, { documented }: FlowCall): Node {
  return docOf(node).description ? node : documented;
}

function described(options: Node | undefined): string {
  const property = list(options, "properties").find((entry) => propertyName(entry) === "description");
  const value = literalValue(at(property, "value"));
  return typeof value === "string" ? value : "";
}

interface Parameter {
  name: string;
  /** What its type says: keywords, and for a property of a pattern its description. */
  keywords: JsonObject;
  /** The node of the default, if there is one. */
  fallback: Node | undefined;
  optional: boolean;
}

function schemaOf({ fn, file }: FlowCall, docs: Doc["params"]): JsonObject {
  const types = createTypeSchemas();
  const params = list(fn, "params").filter((param) => text(param, "name") !== "this");
  const [only] = params;
  const pattern = params.length === 1 ? withoutDefault(only) : undefined;
  const parameters =
    pattern?.type === "ObjectPattern"
      ? destructured(pattern, types, file)
      : params.map((param, index) => positional(param, index, types, file));
  const properties: JsonObject = {};
  for (const [position, parameter] of parameters.entries()) {
    properties[parameter.name] = propertyOf(parameter, position, docs, file);
  }
  const required = parameters.filter(({ fallback, optional }) => !fallback && !optional).map(({ name }) => name);
  const definitions = usedDefinitions(properties, types.definitions);
  return {
    title: "Parameters",
    type: "object",
    properties,
    ...(required.length > 0 ? { required } : {}),
    ...(Object.keys(definitions).length > 0 ? { definitions } : {}),
  };
}

function propertyOf(parameter: Parameter, position: number, docs: Doc["params"], file: SourceFile): JsonObject {
  const { name, fallback } = parameter;
  const value = constantOf(fallback, file);
  const { title: _, description: typed, $ref, ...plain } = parameter.keywords;
  const description = docs.get(name) ?? nestedDoc(name, docs) ?? typed;
  const keywords = $ref === undefined ? plain : { allOf: [{ $ref }] };
  return {
    title: name,
    ...(description ? { description } : {}),
    // A default of null is none, as the old engine has it.
    ...(value === undefined || value === null ? {} : { default: value }),
    position,
    ...(Object.keys(parameter.keywords).length === 0 ? typeOfDefault(value) : keywords),
  };
}

/** `@param options.name` of a pattern. */
function nestedDoc(name: string, docs: Doc["params"]): string | undefined {
  return [...docs].find(([key]) => key.endsWith(`.${name}`))?.[1];
}

/** Without a type TypeScript takes that of the default. */
function typeOfDefault(value: unknown): JsonObject {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return { type: typeof value };
  if (Array.isArray(value)) return { type: "array", items: {} };
  return typeof value === "object" && value !== null ? { type: "object" } : {};
}

function withoutDefault(param: Node | undefined): Node | undefined {
  return param?.type === "AssignmentPattern" ? at(param, "left") : param;
}

/** A pattern beside other parameters has no name: it is called by its place, as `domain/parameter-names` does. */
function positional(param: Node, index: number, types: TypeSchemas, file: SourceFile): Parameter {
  const target = withoutDefault(param);
  const rest = param.type === "RestElement";
  return {
    name: text(rest ? at(param, "argument") : target, "name") || `arg${index}`,
    keywords: types.schemaOf(at(rest ? param : target, "typeAnnotation"), file),
    fallback: param.type === "AssignmentPattern" ? at(param, "right") : undefined,
    optional: target?.["optional"] === true || rest,
  };
}

/** `({ name, num = 42, ...kwargs }: { name: string; num?: number })`: each property is a parameter. */
function destructured(pattern: Node, types: TypeSchemas, file: SourceFile): Parameter[] {
  const type = types.inlined(types.schemaOf(at(pattern, "typeAnnotation"), file));
  const { properties, required } = partsOf(type);
  const isTyped = Object.keys(properties).length > 0;
  return list(pattern, "properties").map((property) => {
    if (property.type === "RestElement") {
      const name = text(at(property, "argument"), "name");
      return { name, keywords: { type: "object" }, fallback: undefined, optional: true };
    }
    const name = propertyName(property) ?? "";
    const value = at(property, "value");
    return {
      name,
      keywords: properties[name] ?? {},
      fallback: value?.type === "AssignmentPattern" ? at(value, "right") : undefined,
      optional: isTyped && name in properties && !required.includes(name),
    };
  });
}
