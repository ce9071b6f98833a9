// The parameters of a flow, read from its TypeScript signature: the schema that deployments carry.
// Only building a deployment comes here; the parser costs 37 ms.
import { resolve } from "node:path";
import { messageOf, OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import { docOf } from "./jsdoc.ts";
import { literalValue, propertyName } from "./literals.ts";
import { at, list, lookUp, type Node, readSource, type SourceFile, text } from "./syntax.ts";
import { createTypeSchemas, type TypeSchemas } from "./type-schemas.ts";

export interface Signature {
  /** `parameter_openapi_schema`: title, type, properties, and where there are any, required and definitions. */
  schema: JsonObject;
  /** The flow's own words about itself, if it has any. */
  description: string | null;
}

/** Throws `invalid` for a file that cannot be parsed; a flow that cannot be found there has no known parameters. */
export function readSignature(path: string, exportName: string): Signature {
  const file = read(resolve(path));
  const found = lookUp(file, file.exports.get(exportName) ?? exportName);
  const call = found && unwrapped(found.node, found.file);
  if (!call) return { schema: { title: "Parameters", type: "object", properties: {} }, description: null };
  const doc = docOf(call.documented);
  const ownDoc = docOf(call.fn);
  const params = new Map([...ownDoc.params, ...doc.params]);
  const description = call.description || doc.description || ownDoc.description || null;
  return { schema: schemaOf(list(call.fn, "params"), params, call.file), description };
}

function read(path: string): SourceFile {
  try {
    return readSource(path);
  } catch (error) {
    throw new OrchError("invalid", `'${path}' cannot be parsed: ${messageOf(error)}`, { cause: error });
  }
}

interface FlowCall {
  fn: Node;
  /** Whose comment describes the flow. */
  documented: Node;
  description: string;
  file: SourceFile;
}

const FUNCTIONS = new Set(["FunctionExpression", "ArrowFunctionExpression", "FunctionDeclaration"]);

/** `flow(function …, options)`, with the function written there or named. */
function unwrapped(node: Node, file: SourceFile): FlowCall | undefined {
  if (node.type !== "CallExpression") return undefined;
  const [first, options] = list(node, "arguments");
  const named = first?.type === "Identifier" ? lookUp(file, text(first, "name")) : undefined;
  const fn = named?.node ?? first;
  if (!fn || !FUNCTIONS.has(fn.type)) return undefined;
  return { fn, documented: node, description: descriptionIn(options), file: named?.file ?? file };
}

function descriptionIn(options: Node | undefined): string {
  const property = list(options, "properties").find((entry) => propertyName(entry) === "description");
  const value = literalValue(at(property, "value"));
  return typeof value === "string" ? value : "";
}

interface Parameter {
  name: string;
  type: Node | undefined;
  /** The node of the default, if there is one. */
  fallback: Node | undefined;
  optional: boolean;
  rest: boolean;
}

function schemaOf(params: Node[], docs: ReadonlyMap<string, string>, file: SourceFile): JsonObject {
  const types = createTypeSchemas();
  const pattern = inner(params[0]);
  const parameters =
    pattern?.type === "ObjectPattern" ? destructured(pattern, file) : params.map((param) => positional(param));
  const properties: JsonObject = {};
  const required: string[] = [];
  for (const [position, parameter] of parameters.entries()) {
    const { name, fallback, optional } = parameter;
    properties[name] = propertyOf(parameter, position, docs.get(name), types, file);
    if (!fallback && !optional) required.push(name);
  }
  return {
    title: "Parameters",
    type: "object",
    properties,
    ...(required.length > 0 ? { required } : {}),
    ...(Object.keys(types.definitions).length > 0 ? { definitions: types.definitions } : {}),
  };
}

function propertyOf(
  { name, type, fallback, rest }: Parameter,
  position: number,
  description: string | undefined,
  types: TypeSchemas,
  file: SourceFile,
): JsonObject {
  const value = literalValue(fallback);
  const keywords = type || rest ? types.schemaOf(type, file) : typeOfDefault(value);
  const { $ref, ...plain } = keywords;
  return {
    title: name,
    ...(description ? { description } : {}),
    // A default of null is none, as the old engine has it.
    ...(value === undefined || value === null ? {} : { default: value }),
    position,
    ...($ref === undefined ? plain : { allOf: [{ $ref }] }),
    ...(rest && Object.keys(keywords).length === 0 ? { type: "object" } : {}),
  };
}

/** Without a type TypeScript takes that of the default. */
function typeOfDefault(value: unknown): JsonObject {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return { type: typeof value };
  if (Array.isArray(value)) return { type: "array", items: {} };
  return typeof value === "object" && value !== null ? { type: "object" } : {};
}

/** What is left of a parameter without its default. */
function inner(param: Node | undefined): Node | undefined {
  return param?.type === "AssignmentPattern" ? at(param, "left") : param;
}

function positional(param: Node): Parameter {
  const target = inner(param);
  const rest = param.type === "RestElement";
  const named = rest ? at(param, "argument") : target;
  return {
    name: text(named, "name") || "arg",
    type: at(at(rest ? param : target, "typeAnnotation"), "typeAnnotation"),
    fallback: param.type === "AssignmentPattern" ? at(param, "right") : undefined,
    optional: target?.["optional"] === true || rest,
    rest: false,
  };
}

/** `({ name, num = 42, ...kwargs }: { name: string; num?: number })`: each property is a parameter. */
function destructured(pattern: Node, file: SourceFile): Parameter[] {
  const members = membersOf(at(at(pattern, "typeAnnotation"), "typeAnnotation"), file);
  return list(pattern, "properties").map((property) => {
    if (property.type === "RestElement") {
      return {
        name: text(at(property, "argument"), "name"),
        type: undefined,
        fallback: undefined,
        optional: true,
        rest: true,
      };
    }
    const name = propertyName(property) ?? "";
    const member = members.get(name);
    const value = at(property, "value");
    return {
      name,
      type: at(at(member, "typeAnnotation"), "typeAnnotation"),
      fallback: value?.type === "AssignmentPattern" ? at(value, "right") : undefined,
      optional: member?.["optional"] === true,
      rest: false,
    };
  });
}

function membersOf(type: Node | undefined, file: SourceFile): Map<string, Node> {
  const found = type?.type === "TSTypeReference" ? lookUp(file, text(at(type, "typeName"), "name"))?.node : type;
  const literal = found?.type === "TSTypeAliasDeclaration" ? at(found, "typeAnnotation") : found;
  const members =
    literal?.type === "TSInterfaceDeclaration" ? list(at(literal, "body"), "body") : list(literal, "members");
  return new Map(members.flatMap((member) => (propertyName(member) ? [[propertyName(member) ?? "", member]] : [])));
}
