// Reads the parameters of a flow as the type checker knows them: for signatures that the syntax alone does not tell.
import { join } from "node:path";
import type { ts } from "@ts-morph/common";
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { type Signature, signatureOf } from "../typescript/described.ts";
import { type Parameter, parametersSchema, UNSEEN } from "../typescript/parameters-schema.ts";
import type { NotParsed } from "../typescript/syntax.ts";
import { type Checker, openChecker } from "./compiler.ts";
import { docOfNode } from "./docs.ts";
import { type CheckedFlow, type FlowParameter, findFlow } from "./flows.ts";
import { keptSignatures, type Wanted } from "./kept.ts";
import type { CheckedTypes } from "./object-types.ts";
import { openProgram, type Program } from "./program.ts";
import { createCheckedTypes } from "./types.ts";
import { bareExpression, givenIn, nameOfProperty, valueIn } from "./values.ts";
import { watched } from "./watched.ts";

/**
 * The next time it is the same file the signature is there at once: `home` is the folder in which they are kept.
 * Throws `refusal`, if there is one, for a file that the checker does not read either.
 */
export async function signatureByChecker(
  wanted: Wanted,
  home: string,
  refusal?: NotParsed,
  open: () => Promise<Checker> = openChecker,
): Promise<Signature> {
  const kept = keptSignatures(join(home, "signatures"));
  const known = kept.find(wanted);
  if (known) return known;
  const checker = await open();
  const { sys, seen } = watched(checker.compiler.sys);
  const signature = checkedSignature(checker, wanted, sys, refusal);
  kept.keep(wanted, seen, signature);
  return signature;
}

/** Most types need no more than the language, which takes a third of the time: all others are read once more, with everything. */
export function checkedSignature(
  checker: Checker,
  wanted: Wanted,
  sys: ts.System = checker.compiler.sys,
  refusal?: NotParsed,
): Signature {
  const read = (hasPlatform: boolean) => {
    const program = openProgram(checker, wanted.path, { sys, hasPlatform });
    if (refusal && program.isBroken()) throw refusal;
    return signatureIn(program, wanted);
  };
  const { missed } = checker.compiler;
  const before = missed.count;
  const signature = read(false);
  return missed.count === before ? signature : read(true);
}

/** Of one file of a program. */
export function signatureIn(program: Program, { path, exportName, style }: Wanted): Signature {
  const flow = findFlow(program, program.fileAt(path), exportName);
  return signatureOf(flow, (docs) => {
    const types = createCheckedTypes(program);
    const parameters = flow.input ? fieldsOf(program, flow.input, types) : parametersOf(program, flow, style, types);
    return parameters ? parametersSchema(parameters, types.definitions.all, docs) : UNSEEN;
  });
}

/** Of a flow with a schema: what that takes. */
function fieldsOf(program: Program, input: ts.Type, types: CheckedTypes): Parameter[] | undefined {
  const { compiler, checker } = program;
  if (!(input.flags & (compiler.TypeFlags.Object | compiler.TypeFlags.Intersection))) return undefined;
  return checker.getPropertiesOfType(input).map((field) => ({
    name: compiler.symbolName(field),
    keywords: fieldType(field, types, program),
    value: undefined,
    optional: (field.flags & compiler.SymbolFlags.Optional) !== 0,
  }));
}

function parametersOf(
  program: Program,
  flow: CheckedFlow,
  style: Wanted["style"],
  types: CheckedTypes,
): Parameter[] | undefined {
  const { parameters: found } = flow;
  const only = found?.length === 1 ? found[0] : undefined;
  const isPattern = only?.declaration && program.compiler.isObjectBindingPattern(only.declaration.name);
  if (only?.declaration && isPattern && style !== "positional") {
    return destructured(only.type, only.declaration, types, program);
  }
  // A wrapper that takes an object apart, as the function that it wraps does not.
  if (only && !isPattern && style === "object") return fieldsOf(program, only.type, types);
  return found?.map((parameter) => positional(parameter, types, program));
}

function positional(parameter: FlowParameter, types: CheckedTypes, program: Program): Parameter {
  const { type, declaration, name, isRest, isOptional } = parameter;
  const keywords = types.schemaOf(type, declaration?.type);
  const isItem = isRest && !program.checker.isArrayLikeType(type);
  return {
    name,
    keywords: isItem ? { type: "array", items: keywords } : keywords,
    value: valueIn(program, declaration?.initializer),
    optional: isOptional || isRest || mayMiss(type, program),
  };
}

/** `({ name, num = 42, ...kwargs }: Options = {})`: each property is a parameter. */
function destructured(
  type: ts.Type,
  { name: pattern, initializer: whole }: ts.ParameterDeclaration,
  types: CheckedTypes,
  program: Program,
): Parameter[] {
  const { compiler, checker } = program;
  if (!compiler.isObjectBindingPattern(pattern)) return [];
  return pattern.elements.map((element): Parameter => {
    const key = element.propertyName ?? element.name;
    const name = compiler.isIdentifier(key) ? compiler.idText(key) : compiler.isStringLiteral(key) ? key.text : "";
    if (element.dotDotDotToken) {
      const others = types.schemaOf(checker.getTypeAtLocation(element));
      const keywords = others["type"] === "object" ? others : { type: "object" };
      return { name, keywords, value: undefined, optional: whole !== undefined || !("required" in others) };
    }
    const field = checker.getPropertyOfType(type, name);
    const given = whole && givenBy(program, whole, name);
    const isOptional = field !== undefined && (field.flags & compiler.SymbolFlags.Optional) !== 0;
    return {
      name,
      keywords: field ? fieldType(field, types, program) : types.schemaOf(checker.getTypeAtLocation(element)),
      value: given ? given.value : valueIn(program, element.initializer),
      optional: isOptional || element.initializer !== undefined || whole !== undefined,
    };
  });
}

/** Left out, it is `undefined`. */
function mayMiss(type: ts.Type, { compiler }: Program): boolean {
  const { Undefined, Void, Union } = compiler.TypeFlags;
  const branches = type.flags & Union ? (type as ts.UnionType).types : [type]; // by its flags
  return branches.some(({ flags }) => (flags & (Undefined | Void)) !== 0);
}

function fieldType(field: ts.Symbol, types: CheckedTypes, { compiler, checker }: Program): JsonObject {
  const declaration = field.declarations?.[0];
  const node = declaration && compiler.isPropertySignature(declaration) ? declaration.type : undefined;
  const { description } = docOfNode(compiler, declaration);
  return { ...(description ? { description } : {}), ...types.schemaOf(checker.getTypeOfSymbol(field), node) };
}

/** What the default of the whole object gives a property; `value` is `undefined` where that cannot be seen. */
function givenBy(program: Program, whole: ts.Expression, name: string): { value: Json | undefined } | undefined {
  const object = bareExpression(program, whole);
  if (!program.compiler.isObjectLiteralExpression(object)) {
    const value = valueIn(program, object);
    if (!isObject(value)) return { value: undefined };
    return Object.hasOwn(value, name) ? { value: value[name] } : undefined;
  }
  const names = object.properties.map((property) => nameOfProperty(program, property));
  const place = names.lastIndexOf(name);
  if (names.some((other, index) => index > place && other === undefined)) return { value: undefined };
  const property = object.properties[place];
  return property && { value: valueIn(program, givenIn(program, property)) };
}
