// TypeScript types as JSON schema, from their syntax alone. What cannot be told from there has no keyword at all, which
// means anything goes: as the old engine has it for annotations it does not know.
import type { Json, JsonObject } from "#lib/json.ts";
import { docOf } from "./jsdoc.ts";
import { literalValue, propertyName } from "./literals.ts";
import { at, list, lookUp, type Node, type SourceFile, text } from "./syntax.ts";

const KEYWORDS: Record<string, JsonObject> = {
  TSStringKeyword: { type: "string" },
  TSNumberKeyword: { type: "number" },
  TSBigIntKeyword: { type: "integer" },
  TSBooleanKeyword: { type: "boolean" },
  TSObjectKeyword: { type: "object" },
};

const NAMED: Record<string, JsonObject> = {
  Date: { type: "string", format: "date-time" },
  URL: { type: "string", format: "uri" },
  Uint8Array: { type: "string", format: "binary" },
  Buffer: { type: "string", format: "binary" },
  String: { type: "string" },
  Number: { type: "number" },
  Boolean: { type: "boolean" },
  Object: { type: "object" },
};

const NOTHING = new Set(["TSNullKeyword", "TSUndefinedKeyword", "TSVoidKeyword", "TSNeverKeyword"]);

export interface TypeSchemas {
  /** The keywords of a type; `{}` when nothing is known. */
  schemaOf(type: Node | undefined, file: SourceFile): JsonObject;
  /** Interfaces and enums that were met, by name, flat. */
  definitions: JsonObject;
}

export function createTypeSchemas(): TypeSchemas {
  const definitions: JsonObject = {};

  function schemaOf(type: Node | undefined, file: SourceFile): JsonObject {
    if (!type) return {};
    const keyword = KEYWORDS[type.type];
    if (keyword) return { ...keyword };
    switch (type.type) {
      case "TSTypeAnnotation":
      case "TSParenthesizedType":
      case "TSOptionalType":
        return schemaOf(at(type, "typeAnnotation"), file);
      case "TSTypeOperator": // readonly T[]
        return schemaOf(at(type, "typeAnnotation"), file);
      case "TSLiteralType":
        return enumOf([literalValue(at(type, "literal"))]);
      case "TSUnionType":
        return unionOf(list(type, "types"), file);
      case "TSArrayType":
        return { type: "array", items: schemaOf(at(type, "elementType"), file) };
      case "TSTupleType":
        return tupleOf(list(type, "elementTypes"), file);
      case "TSTypeLiteral":
        return objectOf(list(type, "members"), file);
      case "TSTypeReference":
        return referenceOf(type, file);
      default:
        return {};
    }
  }

  function tupleOf(elements: Node[], file: SourceFile): JsonObject {
    const items = elements.map((element) =>
      schemaOf(element.type === "TSNamedTupleMember" ? at(element, "elementType") : element, file),
    );
    return { type: "array", minItems: items.length, maxItems: items.length, items };
  }

  function unionOf(branches: Node[], file: SourceFile): JsonObject {
    const real = branches.filter((branch) => !NOTHING.has(branch.type));
    const literals = real.map((branch) =>
      branch.type === "TSLiteralType" ? literalValue(at(branch, "literal")) : undefined,
    );
    if (literals.length > 0 && literals.every((literal) => literal !== undefined)) return enumOf(literals);
    const schemas = real.map((branch) => schemaOf(branch, file));
    if (schemas.length === 1) return schemas[0] ?? {};
    return schemas.some((schema) => Object.keys(schema).length === 0) ? {} : { anyOf: schemas };
  }

  function objectOf(members: Node[], file: SourceFile): JsonObject {
    const index = members.find((member) => member.type === "TSIndexSignature");
    const fields = members.filter((member) => member.type === "TSPropertySignature");
    if (fields.length === 0) {
      const values = index ? schemaOf(at(index, "typeAnnotation"), file) : {};
      return Object.keys(values).length > 0 ? { type: "object", additionalProperties: values } : { type: "object" };
    }
    const properties: JsonObject = {};
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
    return { type: "object", properties, ...(required.length > 0 ? { required } : {}) };
  }

  function referenceOf(type: Node, file: SourceFile): JsonObject {
    const name = text(at(type, "typeName"), "name");
    const args = list(at(type, "typeParameters") ?? at(type, "typeArguments"), "params");
    const built = NAMED[name];
    if (built) return { ...built };
    const generic = genericOf(name, args, file);
    if (generic) return generic;
    const found = lookUp(file, name);
    if (!found) return {};
    return declared(name, found.node, found.file);
  }

  function declared(name: string, node: Node, file: SourceFile): JsonObject {
    if (node.type === "TSTypeAliasDeclaration") {
      const aliased = at(node, "typeAnnotation");
      if (aliased?.type !== "TSTypeLiteral") return schemaOf(aliased, file);
      return define(name, node, () => objectOf(list(aliased, "members"), file));
    }
    if (node.type === "TSInterfaceDeclaration") return define(name, node, () => interfaceOf(node, file));
    if (node.type === "TSEnumDeclaration") return define(name, node, () => enumMembers(node));
    return {};
  }

  /** Noted before it is filled in, so that a type may mention itself. */
  function define(name: string, node: Node, build: () => JsonObject): JsonObject {
    if (!(name in definitions)) {
      definitions[name] = {};
      const { description } = docOf(node);
      definitions[name] = { title: name, ...(description ? { description } : {}), ...build() };
    }
    return { $ref: `#/definitions/${name}` };
  }

  function interfaceOf(node: Node, file: SourceFile): JsonObject {
    const inherited = list(node, "extends").flatMap((parent) => {
      const found = lookUp(file, text(at(parent, "expression"), "name"));
      return found?.node.type === "TSInterfaceDeclaration" ? list(at(found.node, "body"), "body") : [];
    });
    return objectOf([...inherited, ...list(at(node, "body"), "body")], file);
  }

  function genericOf(name: string, [first, second]: Node[], file: SourceFile): JsonObject | undefined {
    switch (name) {
      case "Array":
      case "ReadonlyArray":
      case "Iterable":
        return { type: "array", items: schemaOf(first, file) };
      case "Set":
      case "ReadonlySet":
        return { type: "array", items: schemaOf(first, file), uniqueItems: true };
      case "Record":
      case "Map": {
        const values = schemaOf(second, file);
        return Object.keys(values).length > 0 ? { type: "object", additionalProperties: values } : { type: "object" };
      }
      case "Partial":
      case "Required":
      case "Readonly":
      case "Pick":
      case "Omit":
        return mapped(name, inlined(schemaOf(first, file)), namesIn(second));
      default:
        return undefined;
    }
  }

  /** The object behind a reference, to be changed without changing the definition. */
  function inlined(schema: JsonObject): JsonObject {
    const target = typeof schema["$ref"] === "string" ? definitions[schema["$ref"].split("/").at(-1) ?? ""] : undefined;
    const { title: _, description: __, ...rest } = (target as JsonObject | undefined) ?? schema; // definitions are objects
    return rest;
  }

  return { schemaOf, definitions };
}

function mapped(kind: string, object: JsonObject, names: string[]): JsonObject {
  const properties = (object["properties"] ?? {}) as JsonObject; // JSON schema's own shape
  const required = Array.isArray(object["required"]) ? object["required"].map(String) : [];
  const keeps = (name: string) =>
    kind === "Pick" ? names.includes(name) : kind === "Omit" ? !names.includes(name) : true;
  const kept = Object.fromEntries(Object.entries(properties).filter(([name]) => keeps(name)));
  const needed =
    kind === "Partial" ? [] : kind === "Required" ? Object.keys(kept) : required.filter((name) => name in kept);
  return { type: "object", properties: kept, ...(needed.length > 0 ? { required: needed } : {}) };
}

function namesIn(type: Node | undefined): string[] {
  const branches = type?.type === "TSUnionType" ? list(type, "types") : type ? [type] : [];
  return branches.flatMap((branch) => {
    const value = literalValue(at(branch, "literal"));
    return typeof value === "string" ? [value] : [];
  });
}

function enumOf(values: (Json | undefined)[]): JsonObject {
  const known = values.filter((value): value is Json => value !== undefined);
  const kinds = new Set(known.map((value) => typeof value));
  const type = kinds.size === 1 ? [...kinds][0] : undefined;
  return { enum: known, ...(type === "string" || type === "number" || type === "boolean" ? { type } : {}) };
}

/** Members without a value count on from the one before, as TypeScript numbers them. */
function enumMembers(node: Node): JsonObject {
  const members = [...list(node, "members"), ...list(at(node, "body"), "members")];
  let next = 0;
  const values = members.map((member) => {
    const value = literalValue(at(member, "initializer")) ?? next;
    if (typeof value === "number") next = value + 1;
    return value;
  });
  return { ...(docOf(node).description ? {} : { description: "An enumeration." }), ...enumOf(values) };
}

/** `maxItems` to `Max Items`: the words of a field's name. */
function titleOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").split(/[_\s]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}
