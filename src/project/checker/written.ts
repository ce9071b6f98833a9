// Finds how a type is written: the compiler orders the branches of a union by when it met them, and forgets names for others.
import type { ts } from "@ts-morph/common";
import type { Program } from "./program.ts";

export interface Written {
  type: ts.Type;
  node: ts.TypeNode | undefined;
}

/** The branches of a union in the order in which they are written, each with how it is written itself. */
export function inWrittenOrder(
  program: Program,
  branches: readonly ts.Type[],
  node: ts.TypeNode | undefined,
): Written[] {
  const written = node ? writtenBranches(program, node, 0) : [];
  const placed = branches.map((type) => {
    const place = written.findIndex((branch) => branch.type === type || holds(branch.type, type));
    const found = written[place];
    return { type, node: found?.type === type ? found.node : undefined, place: place < 0 ? written.length : place };
  });
  return placed.toSorted((a, b) => a.place - b.place);
}

function holds(type: ts.Type, branch: ts.Type): boolean {
  return "types" in type && (type as ts.UnionType).types.includes(branch); // unions have them
}

const DEEPEST = 10;

function writtenBranches(program: Program, node: ts.TypeNode, depth: number): Written[] {
  const { compiler, checker } = program;
  if (compiler.isUnionTypeNode(node)) return node.types.flatMap((part) => writtenBranches(program, part, depth + 1));
  if (compiler.isParenthesizedTypeNode(node)) return writtenBranches(program, node.type, depth + 1);
  const type = checker.getTypeFromTypeNode(node);
  const alias = depth < DEEPEST && "types" in type ? aliasIn(program, node) : undefined;
  return alias ? writtenBranches(program, alias.type, depth + 1) : [{ type, node }];
}

/** The alias that a node names, if it has no parameters. */
export function aliasIn(program: Program, node: ts.TypeNode | undefined): ts.TypeAliasDeclaration | undefined {
  const symbol = symbolIn(program, node);
  const declaration = symbol?.declarations?.find(program.compiler.isTypeAliasDeclaration);
  return declaration?.typeParameters ? undefined : declaration;
}

/** What a node names, behind its imports. */
export function symbolIn({ compiler, checker }: Program, node: ts.TypeNode | undefined): ts.Symbol | undefined {
  if (!node || !compiler.isTypeReferenceNode(node)) return undefined;
  const symbol = checker.getSymbolAtLocation(node.typeName);
  return symbol && symbol.flags & compiler.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** How the items of a list are written. */
export function itemNode({ compiler }: Program, node: ts.TypeNode | undefined): ts.TypeNode | undefined {
  if (!node) return undefined;
  if (compiler.isArrayTypeNode(node)) return node.elementType;
  if (compiler.isTypeOperatorNode(node) || compiler.isParenthesizedTypeNode(node))
    return itemNode({ compiler } as Program, node.type); // no more is asked of it
  return compiler.isTypeReferenceNode(node) ? node.typeArguments?.[0] : undefined;
}
