// Reads the values of defaults that are written out, or that their type tells: of a constant, of a member of an enum.
import type { ts } from "@ts-morph/common";
import type { Json } from "#lib/json.ts";
import { isWritten } from "../typescript/lookup.ts";
import { fileOf, sourceOf } from "./nodes.ts";
import type { Program } from "./program.ts";

/** Constants that name each other in a circle are none. */
const DEEPEST = 10;

/** `undefined` where something would have to be run. */
export function valueIn(program: Program, expression: ts.Expression | undefined, depth = 0): Json | undefined {
  if (!expression || depth > DEEPEST) return undefined;
  const { compiler } = program;
  const node = bareExpression(program, expression);
  if (node.kind === compiler.SyntaxKind.NullKeyword) return null;
  if (compiler.isArrayLiteralExpression(node)) {
    const items = node.elements.map((item) => valueIn(program, item, depth + 1));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  if (compiler.isObjectLiteralExpression(node)) return objectValue(program, node, depth);
  const constant = compiler.isIdentifier(node) ? constantValue(program, node, depth) : undefined;
  return constant === undefined ? unitValue(program, node) : constant;
}

/** Without what says something about its type alone: `x as T`, `x!`. */
export function bareExpression(program: Program, node: ts.Expression): ts.Expression {
  const { compiler } = program;
  const isWrapped =
    compiler.isParenthesizedExpression(node) ||
    compiler.isAsExpression(node) ||
    compiler.isSatisfiesExpression(node) ||
    compiler.isNonNullExpression(node);
  return isWrapped ? bareExpression(program, node.expression) : node;
}

function objectValue(program: Program, node: ts.ObjectLiteralExpression, depth: number): Json | undefined {
  const entries = node.properties.map((property): [string, Json] | undefined => {
    const name = nameOfProperty(program, property);
    const value = name === undefined ? undefined : valueIn(program, givenIn(program, property), depth + 1);
    return name === undefined || value === undefined ? undefined : [name, value];
  });
  return entries.every((entry) => entry !== undefined) ? Object.fromEntries(entries) : undefined;
}

/** `undefined` for what is computed or spread. */
export function nameOfProperty({ compiler }: Program, { name }: ts.ObjectLiteralElementLike): string | undefined {
  if (!name || compiler.isComputedPropertyName(name)) return undefined;
  return compiler.isIdentifier(name) || compiler.isPrivateIdentifier(name) ? compiler.idText(name) : name.text;
}

/** The expression of `name: value`, and of `name` alone. */
export function givenIn({ compiler }: Program, property: ts.ObjectLiteralElementLike): ts.Expression | undefined {
  if (compiler.isPropertyAssignment(property)) return property.initializer;
  return compiler.isShorthandPropertyAssignment(property) ? property.name : undefined;
}

/** Objects and lists by what they are made of, where nothing in their file changes them. */
function constantValue(program: Program, node: ts.Identifier, depth: number): Json | undefined {
  const declaration = declarationOf(program, node);
  const { compiler } = program;
  if (!declaration || !compiler.isVariableDeclaration(declaration) || !isConstant(program, declaration))
    return undefined;
  const value = valueIn(program, declaration.initializer, depth + 1);
  return typeof value === "object" && isWritten(fileOf(declaration), compiler.idText(node)) ? undefined : value;
}

function isConstant({ compiler }: Program, { parent }: ts.VariableDeclaration): boolean {
  return (parent.flags & compiler.NodeFlags.Const) !== 0;
}

/** The declaration of a name, behind its imports. */
export function declarationOf(program: Program, node: ts.Node): ts.Declaration | undefined {
  return symbolOf(program, node)?.valueDeclaration;
}

/** Of a name that of its declaration: what is around it is not looked at. */
export function typeOfExpression(program: Program, node: ts.Expression): ts.Type {
  const symbol = program.compiler.isIdentifier(node) ? symbolOf(program, node) : undefined;
  return symbol ? program.checker.getTypeOfSymbol(symbol) : program.checker.getTypeAtLocation(node);
}

function symbolOf({ compiler, checker }: Program, node: ts.Node): ts.Symbol | undefined {
  const given = compiler.isShorthandPropertyAssignment(node.parent)
    ? checker.getShorthandAssignmentValueSymbol(node.parent)
    : checker.getSymbolAtLocation(node);
  return given && given.flags & compiler.SymbolFlags.Alias ? checker.getAliasedSymbol(given) : given;
}

/** Of a type with one value. What is called, or of the environment, has none. */
function unitValue({ compiler, checker }: Program, node: ts.Expression): Json | undefined {
  const mayBeOne =
    compiler.isIdentifier(node) ||
    compiler.isPropertyAccessExpression(node) ||
    compiler.isElementAccessExpression(node) ||
    compiler.isLiteralExpression(node) ||
    compiler.isPrefixUnaryExpression(node) ||
    compiler.isTemplateExpression(node) ||
    node.kind === compiler.SyntaxKind.TrueKeyword ||
    node.kind === compiler.SyntaxKind.FalseKeyword;
  if (!mayBeOne || ENVIRONMENT.test(sourceOf(node))) return undefined;
  const type = checker.getTypeAtLocation(node);
  const { TypeFlags } = compiler;
  if (type.flags & TypeFlags.BooleanLiteral) return type === checker.getTrueType();
  if (!(type.flags & (TypeFlags.StringLiteral | TypeFlags.NumberLiteral))) return undefined;
  const { value } = type as ts.LiteralType; // by its flags
  return typeof value === "string" || (typeof value === "number" && Number.isFinite(value)) ? value : undefined;
}

const ENVIRONMENT = /^\s*(?:process|Bun|globalThis|import)\b/;
