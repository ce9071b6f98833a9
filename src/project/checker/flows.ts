// Finds a flow in its file, as the type checker sees it: the function, or where that cannot be seen, its type.
import type { ts } from "@ts-morph/common";
import type { Described } from "../typescript/described.ts";
import { docIn } from "../typescript/jsdoc.ts";
import { docOfNode } from "./docs.ts";
import { sourceOf } from "./nodes.ts";
import type { Program } from "./program.ts";
import { bareExpression, declarationOf, givenIn, nameOfProperty, typeOfExpression, valueIn } from "./values.ts";

/** A parameter of the function. */
export interface FlowParameter {
  type: ts.Type;
  /** Where it is written, where that is the function's own declaration. */
  declaration: ts.ParameterDeclaration | undefined;
  name: string;
  isRest: boolean;
  isOptional: boolean;
}

export interface CheckedFlow extends Described {
  /** `undefined` where they cannot be known. */
  parameters: readonly FlowParameter[] | undefined;
  /** What its schema takes, if it declares one: an object of all parameters. */
  input?: ts.Type | undefined;
}

const NOTHING = { description: "", doc: docIn(""), ownDoc: docIn("") };

export function findFlow(program: Program, source: ts.SourceFile, exportName: string): CheckedFlow {
  const expression = exported(program, source, exportName);
  const call = expression && unwrapped(program, expression, 0);
  if (call) return call;
  const type = expression && program.checker.getTypeAtLocation(expression);
  const doc = docOfNode(program.compiler, expression);
  return { ...NOTHING, doc, parameters: type && parametersOf(program, type) };
}

/** The expression of an export, or the name it is declared under. */
function exported(program: Program, source: ts.SourceFile, exportName: string): ts.Expression | undefined {
  const { compiler, checker } = program;
  const module = checker.getSymbolAtLocation(source);
  const exports = module ? checker.getExportsOfModule(module) : [];
  const whole = module?.exports?.get("export=" as ts.__String); // the compiler's own name for it
  const named = exports.find((symbol) => compiler.symbolName(symbol) === exportName);
  const given = named ?? (whole && checker.getPropertyOfType(checker.getTypeOfSymbol(whole), exportName));
  const symbol = given && given.flags & compiler.SymbolFlags.Alias ? checker.getAliasedSymbol(given) : given;
  return (
    (symbol?.valueDeclaration && expressionOf(program, symbol.valueDeclaration)) ??
    assigned(program, source, exportName)
  );
}

function expressionOf({ compiler }: Program, declaration: ts.Declaration): ts.Expression | undefined {
  if (compiler.isVariableDeclaration(declaration) || compiler.isPropertyAssignment(declaration)) {
    return declaration.initializer ?? undefined;
  }
  if (compiler.isExportAssignment(declaration)) return declaration.expression;
  if (compiler.isShorthandPropertyAssignment(declaration)) return declaration.name;
  if (compiler.isBindingElement(declaration) && compiler.isIdentifier(declaration.name)) return declaration.name;
  const { parent } = declaration;
  return compiler.isBinaryExpression(parent) ? parent.right : undefined;
}

/** CommonJS in a file of TypeScript, where the compiler does not look for it: `exports.f = …`, `module.exports = { f }`. */
function assigned(program: Program, source: ts.SourceFile, exportName: string): ts.Expression | undefined {
  const { compiler } = program;
  for (const statement of source.statements) {
    const assignment = compiler.isExpressionStatement(statement) ? statement.expression : undefined;
    if (!assignment || !compiler.isBinaryExpression(assignment)) continue;
    const target = sourceOf(assignment.left).replaceAll(/\s/g, "");
    if (target === `exports.${exportName}` || target === `module.exports.${exportName}`) return assignment.right;
    if (target !== "module.exports" || !compiler.isObjectLiteralExpression(assignment.right)) continue;
    const property = assignment.right.properties.find((entry) => nameOfProperty(program, entry) === exportName);
    if (property) return givenIn(program, property);
  }
  return undefined;
}

const DEEPEST = 20;

/** `flow(function …, options)`, with the function written there or named; `.withOptions(…)` and types may follow. */
function unwrapped(program: Program, given: ts.Expression, depth: number): CheckedFlow | undefined {
  const { compiler, checker } = program;
  const node = bareExpression(program, given);
  if (depth > DEEPEST) return undefined;
  if (compiler.isIdentifier(node)) {
    const declaration = declarationOf(program, node);
    const next = declaration && expressionOf(program, declaration);
    return next && next !== node ? unwrapped(program, next, depth + 1) : undefined;
  }
  if (!compiler.isCallExpression(node)) return undefined;
  const { expression: callee } = node;
  const [first, options] = node.arguments;
  if (compiler.isPropertyAccessExpression(callee) && nameIn(program, callee.name) === "withOptions") {
    const call = unwrapped(program, callee.expression, depth + 1);
    const doc = docOfNode(compiler, given);
    const description = described(program, first) || call?.description || "";
    return call && { ...call, doc: doc.description ? doc : call.doc, description };
  }
  if (!first || !isFlow(program, callee)) return undefined;
  const fn = functionIn(program, bareExpression(program, first));
  const input = inputOf(program, optionIn(program, options, "parameters"));
  const parametersOfFunction = () =>
    fn ? declared(program, fn) : parametersOf(program, checker.getTypeAtLocation(first));
  return {
    description: described(program, options),
    doc: docOfNode(compiler, given),
    ownDoc: docOfNode(compiler, fn),
    // Those of a function without types come from the call, with all that is in it.
    parameters: input ? undefined : parametersOfFunction(),
    input,
  };
}

/** By its own name, another or as a member. The types of "orch" declare it without a body. */
function isFlow(program: Program, callee: ts.Expression): boolean {
  const { compiler } = program;
  const name = compiler.isPropertyAccessExpression(callee) ? callee.name : callee;
  if (!compiler.isIdentifier(name)) return false;
  const declaration = declarationOf(program, name);
  if (!declaration || !compiler.isFunctionDeclaration(declaration)) return nameIn(program, name) === "flow";
  return nameIn(program, declaration.name) === "flow" && declaration.body === undefined;
}

function described(program: Program, options: ts.Expression | undefined): string {
  const value = valueIn(program, optionIn(program, options, "description"));
  return typeof value === "string" ? value : "";
}

function optionIn(program: Program, options: ts.Expression | undefined, name: string): ts.Expression | undefined {
  const object = options && bareExpression(program, options);
  if (!object || !program.compiler.isObjectLiteralExpression(object)) return undefined;
  const property = object.properties.find((entry) => nameOfProperty(program, entry) === name);
  return property && givenIn(program, property);
}

/** By the Standard Schema interface, or by zod before it had that. */
function inputOf(program: Program, schema: ts.Expression | undefined): ts.Type | undefined {
  const { checker } = program;
  const type = schema && typeOfExpression(program, schema);
  const steps = (names: readonly string[]) =>
    names.reduce<ts.Type | undefined>((holder, name) => {
      const property = holder && checker.getPropertyOfType(checker.getNonNullableType(holder), name);
      return property && checker.getTypeOfSymbol(property);
    }, type);
  return steps(["~standard", "types", "input"]) ?? steps(["_input"]);
}

type FunctionNode = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction;

/** Of overloads the one with a body. */
function functionIn(program: Program, node: ts.Expression): FunctionNode | undefined {
  const { compiler } = program;
  if (compiler.isFunctionExpression(node) || compiler.isArrowFunction(node)) return node;
  const declaration = compiler.isIdentifier(node) ? declarationOf(program, node) : undefined;
  if (!declaration) return undefined;
  if (compiler.isFunctionDeclaration(declaration)) {
    const all = program.checker.getSymbolAtLocation(declaration.name ?? declaration)?.declarations ?? [];
    const whole = all.filter(compiler.isFunctionDeclaration).find(({ body }) => body !== undefined);
    return whole ?? declaration;
  }
  const value = compiler.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  return value && functionIn(program, bareExpression(program, value));
}

function declared(program: Program, fn: FunctionNode): FlowParameter[] {
  const { checker } = program;
  const own = fn.parameters.filter(({ name }) => nameIn(program, name) !== "this");
  return own.map((declaration, index) => ({
    type: checker.getTypeAtLocation(declaration),
    ...{ declaration, name: nameOf(program, declaration, index) },
    isRest: declaration.dotDotDotToken !== undefined,
    isOptional: isOptional(program, declaration),
  }));
}

/** Also one with a default before others without. */
function isOptional({ checker }: Program, declaration: ts.ParameterDeclaration): boolean {
  return declaration.initializer !== undefined || checker.isOptionalParameter(declaration);
}

/** A pattern beside other parameters has no name: it is called by its place, as `domain/parameter-names` does. */
function nameOf(program: Program, declaration: ts.NamedDeclaration | undefined, index: number): string {
  return nameIn(program, declaration?.name) ?? `arg${index}`;
}

function nameIn({ compiler }: Program, name: ts.Node | undefined): string | undefined {
  return name && compiler.isIdentifier(name) ? compiler.idText(name) : undefined;
}

/** By the type of a flow, or of a function that is made into one: `flow(traced(fn))`. */
function parametersOf(program: Program, type: ts.Type): FlowParameter[] | undefined {
  const { compiler, checker } = program;
  const [made = type] = type.aliasSymbol?.escapedName === "Flow" ? (type.aliasTypeArguments ?? []) : [];
  const [signature] = checker.getSignaturesOfType(made, compiler.SignatureKind.Call);
  const parameters = signature?.parameters.flatMap((symbol, index) => parameterOf(program, symbol, index));
  const isAny = parameters?.some(({ type: { flags }, isRest }) => isRest && flags & compiler.TypeFlags.Any);
  return isAny || parameters?.some((parameter) => isNever(program, parameter)) ? undefined : parameters;
}

/** `(...args: never[]) => unknown`: any function. */
function isNever({ compiler, checker }: Program, { type, isRest }: FlowParameter): boolean {
  const item = isRest && checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference)[0] : undefined; // just looked at
  return item !== undefined && (item.flags & (compiler.TypeFlags.Never | compiler.TypeFlags.Any)) !== 0;
}

function parameterOf(program: Program, symbol: ts.Symbol, index: number): FlowParameter[] {
  const { compiler, checker } = program;
  const { valueDeclaration } = symbol;
  const declaration = valueDeclaration && compiler.isParameter(valueDeclaration) ? valueDeclaration : undefined;
  const type = checker.getTypeOfSymbol(symbol);
  const isRest = declaration?.dotDotDotToken !== undefined;
  if (isRest && checker.isTupleType(type)) return spread(program, type as ts.TupleTypeReference, index); // just looked at
  const mayMiss = declaration ? isOptional(program, declaration) : (symbol.flags & compiler.SymbolFlags.Optional) !== 0;
  return [{ type, declaration, name: nameOf(program, declaration, index), isRest, isOptional: mayMiss }];
}

/** `(...args: [name: string, num?: number])` */
function spread(program: Program, type: ts.TupleTypeReference, start: number): FlowParameter[] {
  const { ElementFlags } = program.compiler;
  const { elementFlags, labeledElementDeclarations } = type.target;
  return program.checker.getTypeArguments(type).map((item, index) => ({
    type: item,
    declaration: undefined,
    name: nameOf(program, labeledElementDeclarations?.[index], start + index),
    isRest: ((elementFlags[index] ?? 0) & ElementFlags.Variable) !== 0,
    isOptional: ((elementFlags[index] ?? 0) & ElementFlags.Required) === 0,
  }));
}
