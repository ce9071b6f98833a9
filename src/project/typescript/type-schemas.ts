// Makes JSON schema of TypeScript types from their syntax alone: of those that it tells exactly. Else it throws `Inexact`.
import type { JsonObject } from "#lib/json.ts";
import { own, setOwn } from "#lib/own.ts";
import { inexact } from "./inexact.ts";
import { docOf } from "./jsdoc.ts";
import { KEYWORDS, NAMED, NOTHING } from "./known-types.ts";
import { enumValues, literalValue, propertyName } from "./literals.ts";
import { type Found, lookUp, lookUpMember, lookUpType } from "./lookup.ts";
import { dictionaryOf, enumOf, fieldOf, mapOf, merged, NEVER, objectOf, unionOf } from "./object-schemas.ts";
import { at, list, type Node, type SourceFile, text } from "./syntax.ts";
import { createTypeDefinitions, type TypeDefinitions } from "./type-definitions.ts";

export interface TypeSchemas {
  /** The keywords of a type; `{}` for anything. Throws `Inexact`. */
  schemaOf(type: Node | undefined, file: SourceFile): JsonObject;
  /** Interfaces and enums that were met. */
  definitions: TypeDefinitions;
}

export function createTypeSchemas(): TypeSchemas {
  const definitions = createTypeDefinitions();
  const open = new Set<Node>();

  function schemaOf(type: Node | undefined, file: SourceFile): JsonObject {
    if (!type || NOTHING.has(type.type)) return {};
    const keyword = KEYWORDS[type.type];
    if (keyword) return keyword;
    switch (type.type) {
      case "TSTypeAnnotation":
      case "TSParenthesizedType":
      case "TSOptionalType":
        return schemaOf(at(type, "typeAnnotation"), file);
      case "TSNamedTupleMember":
        return schemaOf(at(type, "elementType"), file);
      case "TSTypeOperator":
        return text(type, "operator") === "readonly" ? schemaOf(at(type, "typeAnnotation"), file) : inexact();
      case "TSLiteralType":
        return enumOf([literalValue(at(type, "literal")) ?? inexact()]);
      case "TSUnionType": {
        const branches = list(type, "types").filter((branch) => !NOTHING.has(branch.type));
        return unionOf(branches.map((branch) => schemaOf(branch, file)));
      }
      case "TSArrayType":
        return { type: "array", items: schemaOf(at(type, "elementType"), file) };
      case "TSTupleType":
        return tupleOf(list(type, "elementTypes"), file);
      case "TSTypeLiteral":
        return membersOf(list(type, "members"), file);
      case "TSTypeReference":
        return referenceOf(at(type, "typeName"), list(at(type, "typeArguments"), "params"), file);
      default:
        return inexact();
    }
  }

  function tupleOf(elements: Node[], file: SourceFile): JsonObject {
    const isOptional = (node: Node) => node.type === "TSOptionalType" || node["optional"] === true;
    if (elements.some((node) => node.type === "TSRestType")) return inexact();
    const minItems = elements.filter((node) => !isOptional(node)).length;
    const items = elements.map((element) => schemaOf(element, file));
    return { type: "array", minItems, maxItems: items.length, items };
  }

  function membersOf(members: Node[], file: SourceFile): JsonObject {
    const further = members.find((member) => member.type === "TSIndexSignature");
    const fields = members.filter((member) => member.type === "TSPropertySignature");
    if (members.some((member) => !isMember(member))) return inexact();
    const properties: Record<string, JsonObject> = {};
    const required: string[] = [];
    for (const field of fields) {
      const name = propertyName(field) ?? inexact();
      const isOptional = field["optional"] === true;
      const type = at(at(field, "typeAnnotation"), "typeAnnotation");
      const keywords = isOptional && type && NOTHING.has(type.type) ? NEVER : schemaOf(type, file);
      setOwn(properties, name, fieldOf(name, docOf(field).description, keywords));
      if (!isOptional) required.push(name);
    }
    const values = further && valuesOf(further, file);
    if (fields.length === 0) return further ? dictionaryOf(values) : {};
    return hasTextsFields(properties, required) ? inexact() : objectOf({ properties, required }, values);
  }

  function valuesOf(signature: Node, file: SourceFile): JsonObject {
    const [key] = list(signature, "parameters");
    const kind = at(at(key, "typeAnnotation"), "typeAnnotation")?.type;
    return kind === "TSStringKeyword" ? schemaOf(at(signature, "typeAnnotation"), file) : inexact();
  }

  function referenceOf(target: Node | undefined, given: Node[], file: SourceFile): JsonObject {
    const [space, member] = [at(target, "left"), at(target, "right")];
    const name = text(target, "name");
    if (member) return given.length > 0 ? inexact() : memberOf(text(space, "name"), text(member, "name"), file);
    const found = lookUpType(file, name);
    if (found) return given.length > 0 ? inexact() : declared(found);
    if (file.imports.has(name)) return inexact();
    return given.length > 0 ? genericOf(name, given, file) : (own(NAMED, name) ?? inexact());
  }

  /** `Types.Color` of a whole file, and `Color.Red` of an enum. */
  function memberOf(space: string, name: string, file: SourceFile): JsonObject {
    const enumeration = lookUp(file, space);
    if (enumeration?.node.type === "TSEnumDeclaration") {
      return enumOf([enumValues(enumeration.node)?.get(name) ?? inexact()]);
    }
    return declared(lookUpMember(file, space, name) ?? inexact());
  }

  function declared({ node, file }: Found): JsonObject {
    const name = text(at(node, "id"), "name");
    if (at(node, "typeParameters")) return inexact();
    if (node.type === "TSTypeAliasDeclaration") {
      const aliased = at(node, "typeAnnotation");
      if (aliased?.type !== "TSTypeLiteral") return aliasOf(node, () => schemaOf(aliased, file));
      return define(name, node, () => schemaOf(aliased, file));
    }
    if (node.type === "TSInterfaceDeclaration") return define(name, node, () => interfaceOf(node, file));
    if (node.type === "TSEnumDeclaration") {
      const values = enumValues(node) ?? inexact();
      return define(name, node, () => enumOf([...values.values()]));
    }
    return node.type === "ClassDeclaration" ? {} : inexact();
  }

  /** The type behind the name; not where that is the name again, `type Json = string | Json[]`, or where it may be missing. */
  function aliasOf(node: Node, build: () => JsonObject): JsonObject {
    if (open.has(node) || mayMiss(at(node, "typeAnnotation"))) return inexact();
    open.add(node);
    const schema = build();
    open.delete(node);
    return schema;
  }

  function define(name: string, node: Node, build: () => JsonObject): JsonObject {
    const description = docOf(node).description || (node.type === "TSEnumDeclaration" ? "An enumeration." : "");
    return definitions.refer(node, name, () => ({
      title: name,
      ...(description ? { description } : {}),
      ...build(),
    }));
  }

  function interfaceOf(node: Node, file: SourceFile): JsonObject {
    const inherited = list(node, "extends").map((parent) => {
      const given = list(at(parent, "typeArguments"), "params");
      const schema = definitions.inlined(referenceOf(at(parent, "expression"), given, file));
      return "properties" in schema && !("additionalProperties" in schema) ? schema : inexact();
    });
    const own = membersOf(list(at(node, "body"), "body"), file);
    if (inherited.length > 0 && "additionalProperties" in own) return inexact();
    return inherited.length > 0 ? merged([...inherited, own]) : own;
  }

  function genericOf(name: string, [first, second]: Node[], file: SourceFile): JsonObject {
    switch (name) {
      case "Array":
      case "ReadonlyArray":
        return { type: "array", items: schemaOf(first, file) };
      case "Set":
      case "ReadonlySet":
        return { type: "array", items: schemaOf(first, file), uniqueItems: true };
      case "Map":
      case "ReadonlyMap":
        return mapOf(schemaOf(first, file), schemaOf(second, file));
      case "Record":
        return first?.type === "TSStringKeyword" ? dictionaryOf(schemaOf(second, file)) : inexact();
      default:
        return inexact();
    }
  }

  return { schemaOf, definitions };
}

/** `string | undefined`, as it is written. */
export function mayMiss(type: Node | undefined): boolean {
  if (!type) return false;
  if (type.type === "TSTypeAnnotation") return mayMiss(at(type, "typeAnnotation"));
  return NOTHING.has(type.type) || (type.type === "TSUnionType" && list(type, "types").some(mayMiss));
}

/** Fields, and methods, which are left out: nothing that JSON holds has them. */
function isMember(member: Node): boolean {
  const isMethod = member.type === "TSMethodSignature" && text(member, "kind") === "method";
  return isMethod || member.type === "TSPropertySignature" || member.type === "TSIndexSignature";
}

const OF_PRIMITIVES = new Set(
  [String, Number, Boolean, Array].flatMap((kind) => Object.getOwnPropertyNames(kind.prototype)),
);

/** `{ length: number }` is also a text, or a list. */
function hasTextsFields(properties: Record<string, JsonObject>, required: readonly string[]): boolean {
  const names = required.length > 0 ? required : Object.keys(properties);
  const isTheirs = (name: string) =>
    OF_PRIMITIVES.has(name) && (name === "length" || !("type" in (own(properties, name) ?? {})));
  return required.length > 0 ? names.every(isTheirs) : names.some(isTheirs);
}
