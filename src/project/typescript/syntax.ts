// A source file as its parser sees it: just enough of a tree to find flows and types by name.
import { readFileSync } from "node:fs";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isObject } from "#lib/json.ts";
import { parser } from "./parser.ts";

/** A node of the tree. What it holds depends on its type; look with `at`, `list` and `text`. */
export interface Node {
  type: string;
  [field: string]: unknown;
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** The node in a field, if there is one. */
export function at(node: Node | undefined, field: string): Node | undefined {
  const value = node?.[field];
  return isNode(value) ? value : undefined;
}

/** The nodes in a field that holds a list. */
export function list(node: Node | undefined, field: string): Node[] {
  const value = node?.[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The text in a field, or an empty one. */
export function text(node: Node | undefined, field: string): string {
  const value = node?.[field];
  return typeof value === "string" ? value : "";
}

/** What a name stands for: a name of the same file, or (`from`) one that another file exports; `*` is all of that file. */
export interface Alias {
  name: string;
  from: string | null;
}

interface Tables {
  /** Functions, variables, classes and enums of the file, by their local names. */
  values: Map<string, Node>;
  /** Interfaces and type aliases: names of their own, `const Color` and `type Color` may both be there. */
  types: Map<string, Node>;
  exports: Map<string, Alias>;
  imports: Map<string, Alias>;
  /** Files of which everything is exported again. */
  stars: string[];
}

export interface SourceFile extends Readonly<Tables> {
  path: string;
  text: string;
  /** All files that were read, by their paths. */
  read: Map<string, SourceFile>;
}

/** The default export when it has no name of its own. */
const DEFAULT = "*default*";

/** Throws `invalid` with the place, when the file cannot be read. */
export function readSource(path: string, read: Map<string, SourceFile> = new Map()): SourceFile {
  const known = read.get(path);
  if (known) return known;
  const tables: Tables = { values: new Map(), types: new Map(), exports: new Map(), imports: new Map(), stars: [] };
  const source = contentOf(path);
  for (const statement of parsed(path, source)) readStatement(statement, tables);
  const file = { path, text: source, read, ...tables };
  read.set(path, file);
  return file;
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new OrchError("invalid", `'${path}' cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** Thrown for a file that the parser does not read. Its message says where. */
export class NotParsed extends OrchError {}

function parsed(path: string, source: string): Node[] {
  try {
    const tree = parser().parse(source, {
      sourceType: "unambiguous",
      plugins: [...PLUGINS, ...(/(?:x|\.[cm]?js)$/.test(path) ? (["jsx"] as const) : [])],
      errorRecovery: true,
    });
    return list(tree.program as unknown as Node, "body"); // the parser's own types say less than `at` can ask
  } catch (error) {
    const { line, column } = placeOf(error);
    const message = messageOf(error).replace(/ \(\d+:\d+\)$/, "");
    throw new NotParsed("invalid", `${path}:${line}:${(column ?? 0) + 1}: ${message}`, { cause: error });
  }
}

/** What Bun runs beyond the standard. */
const PLUGINS = ["typescript", "decorators", "decoratorAutoAccessors"] as const;

function placeOf(error: unknown): { line?: number; column?: number } {
  const place = isObject(error) ? error["loc"] : undefined;
  if (!isObject(place) || typeof place["line"] !== "number") return {};
  return { line: place["line"], ...(typeof place["column"] === "number" ? { column: place["column"] } : {}) };
}

function readStatement(statement: Node, tables: Tables): void {
  if (statement.type === "ImportDeclaration") readImport(statement, tables.imports);
  else if (statement.type === "ExportDefaultDeclaration") readDefault(statement, tables);
  else if (statement.type === "ExportNamedDeclaration") readExport(statement, tables);
  else if (statement.type === "ExportAllDeclaration") tables.stars.push(text(at(statement, "source"), "value"));
  else if (statement.type === "ExpressionStatement") readAssignment(statement, tables);
  else declare(statement, statement, tables);
}

function readImport(statement: Node, imports: Tables["imports"]): void {
  const from = text(at(statement, "source"), "value");
  for (const specifier of list(statement, "specifiers")) {
    const local = text(at(specifier, "local"), "name");
    imports.set(local, { from, name: importedName(specifier) });
  }
}

function importedName(specifier: Node): string {
  if (specifier.type === "ImportDefaultSpecifier") return "default";
  return specifier.type === "ImportNamespaceSpecifier" ? "*" : text(at(specifier, "imported"), "name");
}

function readDefault(statement: Node, tables: Tables): void {
  const declaration = at(statement, "declaration");
  if (declaration) exportAs("default", declaration, statement, DEFAULT, tables);
}

function readExport(statement: Node, tables: Tables): void {
  const declaration = at(statement, "declaration");
  if (declaration) {
    for (const name of declare(declaration, statement, tables)) tables.exports.set(name, { name, from: null });
  }
  const from = text(at(statement, "source"), "value") || null;
  for (const specifier of list(statement, "specifiers")) {
    const exported = at(specifier, "exported");
    const name = text(exported, "name") || text(exported, "value");
    tables.exports.set(name, { name: text(at(specifier, "local"), "name") || "*", from });
  }
}

/** CommonJS: `exports.f = …`, `module.exports.f = …`, `module.exports = { f: …, g }`. */
function readAssignment(statement: Node, tables: Tables): void {
  const assignment = at(statement, "expression");
  const target = dotted(at(assignment, "left"));
  const value = at(assignment, "right");
  if (assignment?.type !== "AssignmentExpression" || !value) return;
  const name = /^(?:module\.)?exports\.(\w+)$/.exec(target)?.[1];
  if (name) exportAs(name, value, statement, `exports.${name}`, tables);
  if (target !== "module.exports") return;
  for (const property of list(value, "properties")) {
    const key = text(at(property, "key"), "name");
    const entry = at(property, "value");
    if (key && entry) exportAs(key, entry, property, `exports.${key}`, tables);
  }
}

function dotted(node: Node | undefined): string {
  if (node?.type === "Identifier") return text(node, "name");
  return node?.type === "MemberExpression" ? `${dotted(at(node, "object"))}.${dotted(at(node, "property"))}` : "";
}

/** Exports a value: one that has a name already, or one that gets the given one. */
function exportAs(exported: string, value: Node, statement: Node, fallback: string, tables: Tables): void {
  const name = value.type === "Identifier" ? text(value, "name") : text(at(value, "id"), "name") || fallback;
  if (value.type !== "Identifier") note(name, withComments(value, statement), tables);
  tables.exports.set(exported, { name, from: null });
}

/** Notes what a statement declares, and gives its names; comments before `export` belong to what it exports. */
function declare(declaration: Node, statement: Node, tables: Tables): string[] {
  if (declaration.type === "VariableDeclaration") {
    const constant = text(declaration, "kind") === "const";
    return list(declaration, "declarations").flatMap((declarator) => {
      const name = text(at(declarator, "id"), "name");
      const value = at(declarator, "init");
      if (!name || !value) return [];
      const annotated = at(at(declarator, "id"), "typeAnnotation") !== undefined;
      note(name, { ...withComments(value, statement), constant, annotated }, tables);
      return [name];
    });
  }
  const name = text(at(declaration, "id"), "name");
  if (name) note(name, withComments(declaration, statement), tables);
  return name ? [name] : [];
}

const TYPES = new Set(["TSInterfaceDeclaration", "TSTypeAliasDeclaration"]);

/** Declared in several places: their sum is not seen here. */
const MERGES = new Set(["TSInterfaceDeclaration", "TSEnumDeclaration", "ClassDeclaration"]);

function note(name: string, node: Node, { values, types }: Tables): void {
  const others = [types.get(name), values.get(name)].filter((other) => other !== undefined);
  const isMerged = MERGES.has(node.type) && others.some((other) => MERGES.has(other.type) || other.type === "Merged");
  const noted = isMerged ? { ...node, type: "Merged" } : node;
  if (TYPES.has(node.type) || isMerged) types.set(name, noted);
  if (!TYPES.has(node.type)) values.set(name, noted);
}

function withComments(node: Node, statement: Node): Node {
  const own = list(node, "leadingComments");
  return { ...node, leadingComments: own.length > 0 ? own : list(statement, "leadingComments") };
}
