// Makes JSON schema of TypeScript types, as the type checker knows them. What JSON cannot say is left open: functions, symbols,
// instances of classes.
import type { ts } from "@ts-morph/common";
import type { JsonObject } from "#lib/json.ts";
import { enumOf, unionOf } from "../typescript/object-schemas.ts";
import { createTypeDefinitions } from "../typescript/type-definitions.ts";
import { docOfNode } from "./docs.ts";
import { type CheckedTypes, createObjectTypes } from "./object-types.ts";
import { plainType } from "./plain-types.ts";
import type { Program } from "./program.ts";
import { inWrittenOrder, symbolIn } from "./written.ts";

/** Types may go on forever, `type Deep<T> = { next: Deep<T[]> }`, or be as large as a browser: there anything goes. */
const DEEPEST = 15;
const MOST_TYPES = 5000;

export function createCheckedTypes(program: Program): CheckedTypes {
  const { compiler, checker } = program;
  const { TypeFlags } = compiler;
  const definitions = createTypeDefinitions();
  /** What is being read, and whether it was met again inside of itself. */
  const open = new Map<ts.Type, { isRecursive: boolean }>();
  const objectType = createObjectTypes(program, { schemaOf, definitions });
  let count = 0;

  function schemaOf(type: ts.Type, node?: ts.TypeNode): JsonObject {
    if (open.size > DEEPEST || ++count > MOST_TYPES) return {};
    const enumeration = enumOfType(type, node);
    if (enumeration) return enumeration;
    const plain = plainType(program, type);
    if (plain) return plain;
    const known = definitions.known(type);
    if (known) return known;
    const again = open.get(type);
    if (again) {
      again.isRecursive = true;
      return definitions.refer(type, nameOf(type), () => ({}));
    }
    const state = { isRecursive: false };
    open.set(type, state);
    const schema = compoundOf(type, node);
    open.delete(type);
    if (!state.isRecursive) return schema;
    return definitions.fill(type, { title: nameOf(type), ...schema });
  }

  function compoundOf(type: ts.Type, node: ts.TypeNode | undefined): JsonObject {
    if (isUnion(type)) return unionType(type, node);
    if (isInstantiable(type)) {
      const constraint = checker.getBaseConstraintOfType(type);
      return constraint && constraint !== type ? schemaOf(constraint) : {};
    }
    return objectType(type, node);
  }

  function unionType(type: ts.UnionType, node: ts.TypeNode | undefined): JsonObject {
    const nothing = TypeFlags.Undefined | TypeFlags.Void | TypeFlags.Never;
    const branches = type.types.filter(({ flags }) => !(flags & nothing));
    const alias = type.aliasSymbol?.declarations?.find(compiler.isTypeAliasDeclaration);
    const written = inWrittenOrder(program, withWholeEnums(branches), node ?? alias?.type);
    return unionOf(written.map((branch) => schemaOf(branch.type, branch.node)));
  }

  /** The compiler takes enums in unions apart: those with all their members are put together again. */
  function withWholeEnums(branches: readonly ts.Type[]): ts.Type[] {
    const whole = branches.map((branch) => {
      if (!(branch.flags & TypeFlags.EnumLiteral)) return branch;
      const base = checker.getBaseTypeOfLiteralType(branch);
      return isUnion(base) && base.types.every((member) => branches.includes(member)) ? base : branch;
    });
    return [...new Set(whole)];
  }

  function enumOfType(type: ts.Type, node: ts.TypeNode | undefined): JsonObject | undefined {
    const { SymbolFlags } = compiler;
    const named = symbolIn(program, node); // an enum with one member is that member, to the compiler
    const symbol = named && named.flags & SymbolFlags.Enum ? named : type.symbol;
    if (!(type.flags & TypeFlags.EnumLike) || !(symbol?.flags & SymbolFlags.Enum)) return undefined;
    const name = compiler.symbolName(symbol);
    return definitions.refer(symbol, name, () => {
      const description = docOfNode(compiler, symbol.declarations?.[0]).description || "An enumeration.";
      return { title: name, description, ...membersOf(isUnion(type) ? type.types : [type]) };
    });
  }

  /** One that has to be computed is some number. */
  function membersOf(members: readonly ts.Type[]): JsonObject {
    const values = members.flatMap((member) => ("value" in member ? [(member as ts.LiteralType).value] : []));
    const known = values.filter((value) => typeof value === "string" || typeof value === "number");
    if (known.length === members.length) return enumOf(known);
    return known.some((value) => typeof value === "string") ? {} : { type: "number" };
  }

  function nameOf({ aliasSymbol }: ts.Type): string {
    return aliasSymbol ? compiler.symbolName(aliasSymbol) : "Recursive";
  }

  /** Type parameters and what is made of them. */
  function isInstantiable(type: ts.Type): boolean {
    if (type.flags & TypeFlags.Intersection) return (type as ts.IntersectionType).types.some(isInstantiable); // by its flags
    return (type.flags & TypeFlags.Instantiable) !== 0;
  }

  function isUnion(type: ts.Type): type is ts.UnionType {
    return (type.flags & TypeFlags.Union) !== 0;
  }

  return { schemaOf, definitions };
}
