// Reads the parameters of a flow from its text alone: that tells those of most flows, in 40 ms.
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { own } from "#lib/own.ts";
import { type Described, type Signature, signatureOf } from "./described.ts";
import { Inexact, inexact } from "./inexact.ts";
import { type Doc, docOf } from "./jsdoc.ts";
import { bare, literalValue, propertyName } from "./literals.ts";
import { constantOf, lookUp, lookUpExport } from "./lookup.ts";
import { partsOf, typeOfValue } from "./object-schemas.ts";
import { type Parameter, parametersSchema, UNSEEN } from "./parameters-schema.ts";
import { at, list, type Node, NotParsed, readSource, type SourceFile, text } from "./syntax.ts";
import { createTypeSchemas, mayMiss, type TypeSchemas } from "./type-schemas.ts";

/** What a flow says of itself, its parameters left out; `undefined` where only the checker finds it. */
export function wordsBySyntax(path: string, exportName: string): Signature | undefined {
  try {
    return signatureOf(callOf(path, exportName), () => UNSEEN);
  } catch (error) {
    if (error instanceof Inexact || error instanceof NotParsed) return undefined;
    throw error;
  }
}

/** Throws `Inexact` for what only the checker knows, `NotParsed` for a file that has to be read by it. */
export function signatureBySyntax(path: string, exportName: string): Signature {
  const call = callOf(path, exportName);
  return signatureOf(call, (docs) => schemaOf(call, docs));
}

function callOf(path: string, exportName: string): FlowCall {
  const found = lookUpExport(readSource(path), exportName) ?? inexact();
  return unwrapped(found.node, found.file);
}

interface FlowCall extends Described {
  fn: Node;
  /** Where the function is written. */
  file: SourceFile;
  /** Whether something beside it says what its parameters are: `const fn: Handler = (a) => …`, `flow<Handler>((a) => …)`. */
  hasContext: boolean;
}

const FUNCTIONS = new Set(["FunctionExpression", "ArrowFunctionExpression", "FunctionDeclaration"]);

/** `flow(function …, options)`, with the function written there or named; `.withOptions(…)` and types may follow. */
function unwrapped(given: Node, file: SourceFile): FlowCall {
  const node = bare(given);
  if (node.type === "Identifier") {
    const found = lookUp(file, text(node, "name"));
    return found && found.node !== node ? unwrapped(found.node, found.file) : inexact();
  }
  const callee = at(node, "callee");
  const [first, options] = list(node, "arguments");
  if (node.type === "CallExpression" && text(at(callee, "property"), "name") === "withOptions") {
    const call = unwrapped(at(callee, "object") ?? inexact(), file);
    const doc = docOf(given);
    return { ...call, doc: doc.description ? doc : call.doc, description: described(first) || call.description };
  }
  if (node.type !== "CallExpression" || !isFlow(callee, file) || !first) return inexact();
  const written = bare(first);
  const named = written.type === "Identifier" ? lookUp(file, text(written, "name")) : undefined;
  const fn = named?.node ?? written;
  if (!FUNCTIONS.has(fn.type)) return inexact();
  const hasContext = written !== first || fn["annotated"] === true || at(node, "typeArguments") !== undefined;
  const docs = { description: described(options), doc: docOf(given), ownDoc: docOf(fn) };
  return { ...docs, fn, hasContext, file: named?.file ?? file };
}

/** `flow`, by its name there or another, and `orch.flow`. */
function isFlow(callee: Node | undefined, file: SourceFile): boolean {
  const name = text(callee, "name");
  const imported = file.imports.get(name);
  if (imported) return imported.name === "flow";
  return (name || text(at(callee, "property"), "name")) === "flow";
}

function described(options: Node | undefined): string {
  const property = list(options, "properties").find((entry) => propertyName(entry) === "description");
  const value = literalValue(at(property, "value"));
  return typeof value === "string" ? value : "";
}

/** Types that are written in comments. */
const TYPED_COMMENT = /^\s*(?:\/\*)?\*.*@(?:param|type|template|typedef|callback)\s*\{/m;

/** Adds to types that are declared elsewhere. */
const AUGMENTS = /^\s*declare\s+(?:module|global)\b/m;

function schemaOf({ fn, file, hasContext }: FlowCall, docs: Doc["params"]): JsonObject {
  const isCommented = /\.[cm]?jsx?$/.test(file.path) && TYPED_COMMENT.test(file.text);
  if (at(fn, "typeParameters") || isCommented) return inexact();
  const types = createTypeSchemas();
  const params = list(fn, "params").filter((param) => text(param, "name") !== "this");
  if (hasContext && params.some((param) => !at(withoutDefault(param), "typeAnnotation"))) return inexact();
  const [only] = params;
  const parameters =
    only && params.length === 1 && withoutDefault(only).type === "ObjectPattern"
      ? destructured(only, types, file)
      : params.map((param, index) => positional(param, index, types, file));
  if ([...file.read.values()].some((source) => AUGMENTS.test(source.text))) return inexact();
  return parametersSchema(parameters, types.definitions.all, docs);
}

function withoutDefault(param: Node): Node {
  return (param.type === "AssignmentPattern" ? at(param, "left") : undefined) ?? param;
}

function defaultOf(param: Node | undefined): Node | undefined {
  return param?.type === "AssignmentPattern" ? at(param, "right") : undefined;
}

/** A pattern beside other parameters has no name: it is called by its place, as `domain/parameter-names` does. */
function positional(param: Node, index: number, types: TypeSchemas, file: SourceFile): Parameter {
  const target = withoutDefault(param);
  const isRest = param.type === "RestElement";
  const fallback = defaultOf(param);
  const value = constantOf(fallback, file);
  return {
    name: text(isRest ? at(param, "argument") : target, "name") || `arg${index}`,
    keywords: typed(types.schemaOf(at(isRest ? param : target, "typeAnnotation"), file), target, fallback, value),
    value,
    optional: fallback !== undefined || target["optional"] === true || isRest || mayMiss(at(target, "typeAnnotation")),
  };
}

/** Without a type TypeScript takes that of the default, which is seen where that is written out. */
function typed(keywords: JsonObject, target: Node, fallback: Node | undefined, value: Parameter["value"]): JsonObject {
  if (!fallback || value === null || at(target, "typeAnnotation")) return keywords;
  return (isWrittenOut(fallback) && value !== undefined ? typeOfValue(value) : undefined) ?? inexact();
}

/** Literals. The type of a name may be narrower than that of its value. */
function isWrittenOut(fallback: Node): boolean {
  return literalValue(fallback) !== undefined && bare(fallback) === fallback;
}

/** `({ name, num = 42, ...kwargs }: { name: string; num?: number } = {})`: each property is a parameter. */
function destructured(param: Node, types: TypeSchemas, file: SourceFile): Parameter[] {
  const pattern = withoutDefault(param);
  const annotation = at(pattern, "typeAnnotation");
  const whole = defaultOf(param);
  if (whole && !annotation) return inexact();
  const { properties, required } = partsOf(types.definitions.inlined(types.schemaOf(annotation, file)));
  const entries = list(pattern, "properties");
  const names = new Set(entries.map((entry) => propertyName(entry)));
  const isSeen = entries.every((entry) => {
    const name = propertyName(entry);
    return entry.type === "RestElement"
      ? annotation && Object.keys(properties).every((known) => names.has(known))
      : name !== undefined && (!annotation || Object.hasOwn(properties, name));
  });
  if (!isSeen) return inexact();
  return entries.map((entry): Parameter => {
    if (entry.type === "RestElement") {
      return {
        name: text(at(entry, "argument"), "name"),
        keywords: { type: "object" },
        value: undefined,
        optional: true,
      };
    }
    const name = propertyName(entry) ?? inexact();
    const target = at(entry, "value");
    const fallback = defaultOf(target);
    const given = whole && givenBy(whole, name, file);
    const value = given ? given.value : constantOf(fallback, file);
    const isOptional = annotation !== undefined && !required.includes(name);
    return {
      name,
      keywords: own(properties, name) ?? (target ? typed({}, target, fallback, value) : {}),
      value,
      optional: fallback !== undefined || whole !== undefined || isOptional,
    };
  });
}

/** What the default of the whole object gives a property; `value` is `undefined` where that cannot be seen. */
function givenBy(whole: Node, name: string, file: SourceFile): { value: Json | undefined } | undefined {
  const object = bare(whole);
  if (object.type !== "ObjectExpression") {
    const value = constantOf(object, file);
    if (!isObject(value)) return { value: undefined };
    return Object.hasOwn(value, name) ? { value: value[name] } : undefined;
  }
  const entries = list(object, "properties");
  const place = entries.findLastIndex((entry) => propertyName(entry) === name);
  const isHidden = entries.some((entry, index) => index > place && propertyName(entry) === undefined);
  if (isHidden) return { value: undefined };
  return place < 0 ? undefined : { value: constantOf(at(entries[place], "value"), file) };
}
