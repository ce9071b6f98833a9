// TypeScript types as JSON schema, from their syntax alone. What cannot be told from there has no keyword at all, which
// means anything goes: as the old engine has it for annotations it does not know.
import type { Json, JsonObject } from "#lib/json.ts";
import { docOf } from "./jsdoc.ts";
import { KEYWORDS, NAMED, NOTHING } from "./known-types.ts";
import { enumValues, literalValue, propertyName } from "./literals.ts";
import { constantOf, type Found, lookUp, lookUpMember, lookUpType } from "./lookup.ts";
import {
  dictionaryOf,
  enumOf,
  literalOf,
  mapped,
  merged,
  objectOf,
  partsOf,
  referenceIn,
  titleOf,
} from "./object-schemas.ts";
import { at, list, type Node, type SourceFile, text } from "./syntax.ts";

export interface TypeSchemas {
  /** The keywords of a type; `{}` when nothing is known. */
  schemaOf(type: Node | undefined, file: SourceFile): JsonObject;
  /** The same for an object, its fields in place of a reference to its definition. */
  inlined(schema: JsonObject): JsonObject;
  /** Interfaces and enums that were met, by name, flat. */
  definitions: JsonObject;
}

export function createTypeSchemas(): TypeSchemas {
  const definitions: JsonObject = {};
  const names = new Map<Node, string>();
  const open = new Set<Node>();

  function schemaOf(type: Node | undefined, file: SourceFile): JsonObject {
    if (!type) return {};
    const keyword = KEYWORDS[type.type];
    if (keyword) return { ...keyword };
    switch (type.type) {
      case "TSTypeAnnotation":
      case "TSParenthesizedType":
      case "TSOptionalType":
        return schemaOf(at(type, "typeAnnotation"), file);
      case "TSNamedTupleMember":
        return schemaOf(at(type, "elementType"), file);
      case "TSTypeOperator":
        return operatorOf(type, file);
      case "TSLiteralType":
        return literalOf(literalValue(at(type, "literal")));
      case "TSUnionType":
        return unionOf(list(type, "types"), file);
      case "TSIntersectionType":
        return intersectionOf(list(type, "types").map((part) => schemaOf(part, file)));
      case "TSArrayType":
        return { type: "array", items: schemaOf(at(type, "elementType"), file) };
      case "TSTupleType":
        return tupleOf(list(type, "elementTypes"), file);
      case "TSTypeLiteral":
        return membersOf(list(type, "members"), file);
      case "TSIndexedAccessType":
        return memberOf(type, file);
      case "TSTypeReference":
        return referenceOf(at(type, "typeName"), type, file);
      default:
        return {};
    }
  }

  function operatorOf(type: Node, file: SourceFile): JsonObject {
    const operand = at(type, "typeAnnotation");
    if (text(type, "operator") === "readonly") return schemaOf(operand, file);
    const keys = text(type, "operator") === "keyof" ? keysOf(operand, file) : [];
    return keys.length > 0 ? enumOf(keys) : {};
  }

  function keysOf(type: Node | undefined, file: SourceFile): string[] {
    const value = constantNamed(type, file);
    if (value !== undefined) return typeof value === "object" && value !== null ? Object.keys(value) : [];
    return Object.keys(partsOf(inlined(schemaOf(type, file))).properties);
  }

  /** `typeof NAME` of a constant. */
  function constantNamed(type: Node | undefined, file: SourceFile): Json | undefined {
    const found = type?.type === "TSTypeQuery" ? lookUp(file, text(at(type, "exprName"), "name")) : undefined;
    return found && constantOf(found.node, found.file);
  }

  function tupleOf(elements: Node[], file: SourceFile): JsonObject {
    const isOptional = (node: Node) => node.type === "TSOptionalType" || node["optional"] === true;
    const minItems = elements.filter((node) => node.type !== "TSRestType" && !isOptional(node)).length;
    if (elements.some((node) => node.type === "TSRestType")) return { type: "array", minItems, items: {} };
    const items = elements.map((element) => schemaOf(element, file));
    return { type: "array", minItems, maxItems: items.length, items };
  }

  function unionOf(branches: Node[], file: SourceFile): JsonObject {
    const schemas = branches.filter((branch) => !NOTHING.has(branch.type)).map((branch) => schemaOf(branch, file));
    const [first] = schemas;
    if (!first || schemas.some((schema) => Object.keys(schema).length === 0)) return {};
    if (schemas.length === 1) return first;
    const values = schemas.flatMap((schema) => (Array.isArray(schema["enum"]) ? schema["enum"] : []));
    return schemas.every((schema) => "enum" in schema) ? enumOf(values) : { anyOf: schemas };
  }

  /** Objects are merged. A text that is also something else, as branded types have it, is a text. */
  function intersectionOf(schemas: JsonObject[]): JsonObject {
    const whole = schemas.map(inlined);
    const objects = whole.filter((schema) => schema["type"] === "object");
    return objects.length === whole.length
      ? merged(objects)
      : (whole.find((schema) => !objects.includes(schema)) ?? {});
  }

  function membersOf(members: Node[], file: SourceFile): JsonObject {
    const index = members.find((member) => member.type === "TSIndexSignature");
    const fields = members.filter((member) => member.type === "TSPropertySignature");
    if (fields.length === 0) return dictionaryOf(index && schemaOf(at(index, "typeAnnotation"), file));
    const properties: Record<string, JsonObject> = {};
    const required: string[] = [];
    for (const field of fields) {
      const name = propertyName(field);
      if (name === undefined) continue;
      const { description } = docOf(field);
      const keywords = schemaOf(at(field, "typeAnnotation"), file);
      const title = "$ref" in keywords ? {} : { title: titleOf(name) };
      properties[name] = { ...title, ...(description ? { description } : {}), ...keywords };
      if (field["optional"] !== true) required.push(name);
    }
    return objectOf({ properties, required });
  }

  /** `Options["level"]`, `typeof COLORS[number]`, `typeof COLORS[keyof typeof COLORS]`. */
  function memberOf(type: Node, file: SourceFile): JsonObject {
    const [object, index] = [at(type, "objectType"), at(type, "indexType")];
    const name = literalValue(at(index, "literal"));
    const constant = constantNamed(object, file);
    if (typeof constant === "object" && constant !== null) {
      return enumOf(
        Object.entries(constant).flatMap(([key, value]) => (name === undefined || key === name ? [value] : [])),
      );
    }
    const {
      title: _,
      description: __,
      ...keywords
    } = partsOf(inlined(schemaOf(object, file))).properties[String(name)] ?? {};
    return keywords;
  }

  function referenceOf(target: Node | undefined, type: Node, file: SourceFile): JsonObject {
    const [space, member] = [at(target, "left") ?? at(target, "object"), at(target, "right") ?? at(target, "property")];
    if (space && member) return qualified(text(space, "name"), text(member, "name"), file);
    const name = text(target, "name");
    const found = lookUpType(file, name);
    if (found) return declared(name, found);
    return { ...(NAMED[name] ?? genericOf(name, list(at(type, "typeArguments"), "params"), file)) };
  }

  /** A type of a file that is imported whole, or one member of an enum. */
  function qualified(space: string, name: string, file: SourceFile): JsonObject {
    const found = lookUpMember(file, space, name);
    if (found) return declared(name, found);
    const owner = lookUpType(file, space);
    return literalOf(owner?.node.type === "TSEnumDeclaration" ? enumValues(owner.node).get(name) : undefined);
  }

  function declared(name: string, { node, file }: Found): JsonObject {
    if (node.type === "TSTypeAliasDeclaration") {
      const aliased = at(node, "typeAnnotation");
      if (aliased?.type !== "TSTypeLiteral") return aliasOf(node, () => schemaOf(aliased, file));
      return define(name, node, () => schemaOf(aliased, file));
    }
    if (node.type === "TSInterfaceDeclaration") return define(name, node, () => interfaceOf(node, file));
    if (node.type === "TSEnumDeclaration") return define(name, node, () => enumOf([...enumValues(node).values()]));
    return {};
  }

  /** What it stands for; anything, where it stands for itself: `type Json = string | Json[]`. */
  function aliasOf(node: Node, build: () => JsonObject): JsonObject {
    if (open.has(node)) return {};
    open.add(node);
    const schema = build();
    open.delete(node);
    return schema;
  }

  /** Noted before it is filled in, so that a type may mention itself. Two types of one name, from two files, stay two. */
  function define(name: string, node: Node, build: () => JsonObject): JsonObject {
    const known = names.get(node);
    if (known !== undefined) return { $ref: `#/definitions/${known}` };
    let free = name;
    for (let count = 2; free in definitions; count++) free = `${name}${count}`;
    names.set(node, free);
    definitions[free] = {};
    const description = docOf(node).description || (node.type === "TSEnumDeclaration" ? "An enumeration." : "");
    definitions[free] = { title: name, ...(description ? { description } : {}), ...build() };
    return { $ref: `#/definitions/${free}` };
  }

  function interfaceOf(node: Node, file: SourceFile): JsonObject {
    const inherited = list(node, "extends").map((parent) =>
      inlined(referenceOf(at(parent, "expression"), parent, file)),
    );
    const own = membersOf(list(at(node, "body"), "body"), file);
    return inherited.length > 0 ? merged([...inherited, own]) : own;
  }

  function genericOf(name: string, [first, second]: Node[], file: SourceFile): JsonObject {
    switch (name) {
      case "Array":
      case "ReadonlyArray":
      case "Iterable":
        return { type: "array", items: schemaOf(first, file) };
      case "Set":
      case "ReadonlySet":
        return { type: "array", items: schemaOf(first, file), uniqueItems: true };
      case "Record":
      case "Map":
        return dictionaryOf(schemaOf(second, file));
      case "Partial":
      case "Required":
      case "Readonly":
        return mapped(name, inlined(schemaOf(first, file)), []);
      case "Pick":
      case "Omit": {
        const keys = valuesOf(second, file);
        return keys ? mapped(name, inlined(schemaOf(first, file)), keys.map(String)) : { type: "object" };
      }
      case "Exclude":
      case "Extract": {
        const [all, some] = [valuesOf(first, file), valuesOf(second, file)];
        return all && some ? enumOf(all.filter((value) => some.includes(value) === (name === "Extract"))) : {};
      }
      case "NonNullable":
        return schemaOf(first, file);
      default:
        return {};
    }
  }

  /** The values of a union of literals. */
  function valuesOf(type: Node | undefined, file: SourceFile): Json[] | undefined {
    const values = schemaOf(type, file)["enum"];
    return Array.isArray(values) ? values : undefined;
  }

  function inlined(schema: JsonObject): JsonObject {
    const target = definitions[referenceIn(schema) ?? ""];
    const { title: _, description: __, ...rest } = (target as JsonObject | undefined) ?? schema; // definitions are objects
    return rest;
  }

  return { schemaOf, inlined, definitions };
}
