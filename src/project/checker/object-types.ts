// Makes the schemas of types with parts: lists, objects, and the classes of the language that parameters may be of.
import type { ts } from "@ts-morph/common";
import type { JsonObject } from "#lib/json.ts";
import { own, setOwn } from "#lib/own.ts";
import { NAMED } from "../typescript/known-types.ts";
import { dictionaryOf, fieldOf, mapOf, NEVER, objectOf } from "../typescript/object-schemas.ts";
import type { TypeDefinitions } from "../typescript/type-definitions.ts";
import { docOfNode } from "./docs.ts";
import { fileOf } from "./nodes.ts";
import type { Program } from "./program.ts";
import { aliasIn, itemNode } from "./written.ts";

export interface CheckedTypes {
  /** `node` is how the type is written, where that is known. */
  schemaOf(type: ts.Type, node?: ts.TypeNode): JsonObject;
  definitions: TypeDefinitions;
}

type ObjectType = (type: ts.Type, node: ts.TypeNode | undefined) => JsonObject;

export function createObjectTypes(program: Program, { schemaOf, definitions }: CheckedTypes): ObjectType {
  const { compiler, checker, isPlatform } = program;
  const { TypeFlags, SymbolFlags, ElementFlags } = compiler;

  function objectType(type: ts.Type, node: ts.TypeNode | undefined): JsonObject {
    const list = listType(type, node);
    if (list) return list;
    const builtIn = builtInType(type);
    if (builtIn) return builtIn;
    const part = type.flags & TypeFlags.Intersection ? wholePart(type as ts.IntersectionType) : undefined; // by its flags
    if (part) return part;
    if (checker.getPropertiesOfType(type).some(isPlatformMethod)) return instanceBehind(type);
    if (isOpen(type)) return {};
    const named = nameOf(type, node);
    if (!named) return fieldsOf(type);
    return definitions.refer(type, named.name, () => {
      const { description } = docOfNode(compiler, named.declaration);
      return { title: named.title, ...(description ? { description } : {}), ...fieldsOf(type) };
    });
  }

  function listType(type: ts.Type, node: ts.TypeNode | undefined): JsonObject | undefined {
    if (checker.isTupleType(type)) return tupleType(type as ts.TupleTypeReference); // just looked at
    if (!checker.isArrayType(type)) return undefined;
    const [item] = checker.getTypeArguments(type as ts.TypeReference); // as above
    return { type: "array", items: item ? schemaOf(item, itemNode(program, node)) : {} };
  }

  function tupleType(type: ts.TupleTypeReference): JsonObject {
    const { elementFlags, minLength, hasRestElement } = type.target;
    const schemas = checker.getTypeArguments(type).map((item) => schemaOf(item));
    if (!hasRestElement && !elementFlags.some((flag) => flag & ElementFlags.Variadic)) {
      return { type: "array", minItems: minLength, maxItems: schemas.length, items: schemas };
    }
    const first = elementFlags.findIndex((flag) => flag & ElementFlags.Variable);
    const rest = first === schemas.length - 1 && elementFlags[first] === ElementFlags.Rest ? schemas[first] : undefined;
    if (!rest) return { type: "array", minItems: minLength, items: {} };
    const further = Object.keys(rest).length > 0 ? { additionalItems: rest } : {};
    return { type: "array", minItems: minLength, items: schemas.slice(0, first), ...further };
  }

  /** Of the language, of bun and of node. */
  function builtInType(type: ts.Type): JsonObject | undefined {
    const { symbol } = type;
    if (!symbol?.declarations?.some((declaration) => isPlatform(fileOf(declaration)))) return undefined;
    const name = compiler.symbolName(symbol);
    const [first, second] = checker.getTypeArguments(type as ts.TypeReference).map((argument) => schemaOf(argument)); // without any it gives none
    switch (name) {
      case "Set":
      case "ReadonlySet":
        return { type: "array", items: first ?? {}, uniqueItems: true };
      case "Map":
      case "ReadonlyMap":
        return mapOf(first ?? {}, second ?? {});
      case "Promise":
      case "PromiseLike":
        return first ?? {};
      default:
        return own(NAMED, name);
    }
  }

  /** `string & { __brand: "Id" }` is a text. */
  function wholePart({ types }: ts.IntersectionType): JsonObject | undefined {
    const part = types.find((type) => !(type.flags & (TypeFlags.Object | TypeFlags.NonPrimitive)) || isWhole(type));
    return part && schemaOf(part);
  }

  function isWhole(type: ts.Type): boolean {
    return checker.isArrayLikeType(type) || builtInType(type) !== undefined;
  }

  /** What no JSON value is; and what texts and numbers are too. */
  function isOpen(type: ts.Type): boolean {
    const calls = [compiler.SignatureKind.Call, compiler.SignatureKind.Construct];
    if (calls.some((kind) => checker.getSignaturesOfType(type, kind).length > 0)) return true;
    if (type.symbol && isClass(type.symbol)) return true;
    const primitives = [checker.getStringType(), checker.getNumberType(), checker.getBooleanType()];
    return primitives.some((primitive) => checker.isTypeAssignableTo(primitive, type));
  }

  /** `Readonly<Map<…>>`, and all that is made so of a class of the platform; anything for other instances. */
  function instanceBehind(type: ts.Type): JsonObject {
    for (const argument of type.aliasTypeArguments ?? []) {
      const schema = checker.isTypeAssignableTo(argument, type) ? builtInType(argument) : undefined;
      if (schema) return schema;
    }
    return {};
  }

  /** Whatever has one is an instance of something, or made of one. */
  function isPlatformMethod({ declarations: [declaration] = [] }: ts.Symbol): boolean {
    return declaration !== undefined && compiler.isMethodSignature(declaration) && isPlatform(fileOf(declaration));
  }

  /** Classes, and the interfaces of those that are declared as a variable. */
  function isClass(symbol: ts.Symbol): boolean {
    if (symbol.flags & SymbolFlags.Class) return true;
    if (!(symbol.flags & SymbolFlags.Variable)) return false;
    return checker.getSignaturesOfType(checker.getTypeOfSymbol(symbol), compiler.SignatureKind.Construct).length > 0;
  }

  function nameOf(type: ts.Type, node: ts.TypeNode | undefined) {
    const { symbol, aliasSymbol } = type;
    if (symbol && symbol.flags & SymbolFlags.Interface) {
      const declaration = symbol.declarations?.find(compiler.isInterfaceDeclaration);
      const name = declaration ? compiler.idText(declaration.name) : compiler.symbolName(symbol);
      const isGeneric = checker.getTypeArguments(type as ts.TypeReference).length > 0; // without any it gives none
      return { name, title: isGeneric ? checker.typeToString(type) : name, declaration };
    }
    const written = aliasIn(program, node);
    if (written && checker.getTypeFromTypeNode(written.type) === type) {
      const name = compiler.idText(written.name);
      return { name, title: name, declaration: written };
    }
    const declaration = aliasSymbol?.declarations?.find(compiler.isTypeAliasDeclaration);
    if (!declaration || !program.own.includes(fileOf(declaration))) return undefined;
    const isGeneric = (type.aliasTypeArguments ?? []).length > 0;
    const name = compiler.idText(declaration.name);
    return { name, title: isGeneric ? checker.typeToString(type) : name, declaration };
  }

  function fieldsOf(type: ts.Type): JsonObject {
    const properties: Record<string, JsonObject> = {};
    const required: string[] = [];
    for (const field of inOrder(type)) {
      const name = compiler.symbolName(field);
      if (field.flags & SymbolFlags.Method || name.startsWith("__@")) continue;
      const declaration = field.declarations?.[0];
      const node = declaration && compiler.isPropertySignature(declaration) ? declaration.type : undefined;
      const { description } = docOfNode(compiler, declaration);
      const fieldType = checker.getTypeOfSymbol(field);
      const isOptional = (field.flags & SymbolFlags.Optional) !== 0;
      const isNever = isOptional && (fieldType.flags & (TypeFlags.Undefined | TypeFlags.Never)) !== 0;
      setOwn(properties, name, fieldOf(name, description, isNever ? NEVER : schemaOf(fieldType, node)));
      if (!isOptional) required.push(name);
    }
    const values = valuesOf(type);
    if (Object.keys(properties).length === 0) return values ? dictionaryOf(values) : {};
    return objectOf({ properties, required }, values);
  }

  /** What is inherited comes first, as it is read in the text. */
  function inOrder(type: ts.Type): ts.Symbol[] {
    const inherited = inheritedNames(type);
    const place = ({ escapedName }: ts.Symbol) =>
      inherited.includes(escapedName) ? inherited.indexOf(escapedName) : inherited.length;
    return [...checker.getPropertiesOfType(type)].sort((a, b) => place(a) - place(b));
  }

  function inheritedNames(type: ts.Type): ts.__String[] {
    if (!type.symbol || !(type.symbol.flags & SymbolFlags.Interface)) return [];
    const { target = type } = type as ts.TypeReference; // only generic ones have a target
    return checker
      .getBaseTypes(target as ts.InterfaceType)
      .flatMap((base) => inOrder(base).map(({ escapedName }) => escapedName)); // by its flags
  }

  /** Of other keys. */
  function valuesOf(type: ts.Type): JsonObject | undefined {
    const infos = checker.getIndexInfosOfType(type);
    const info =
      infos.find(({ keyType }) => keyType.flags & TypeFlags.String) ??
      infos.find(({ keyType }) => keyType.flags & TypeFlags.Number);
    return info && schemaOf(info.type);
  }

  return objectType;
}
