// A source file as its parser sees it: just enough of a tree to find flows and types by name, across relative imports.
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "@babel/parser";

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

export interface SourceFile {
  path: string;
  /** Functions, variables, types and enums of the file, by their local names. */
  declarations: ReadonlyMap<string, Node>;
  /** Local names of what the file exports, by their exported names. */
  exports: ReadonlyMap<string, string>;
  /** Where an imported name comes from. */
  imports: ReadonlyMap<string, { from: string; name: string }>;
}

/** The default export when it has no name of its own. */
const DEFAULT = "*default*";

export function readSource(path: string): SourceFile {
  const tree = parse(readFileSync(path, "utf8"), {
    sourceType: "module",
    plugins: ["typescript", "decorators", ...(/x$/.test(path) ? (["jsx"] as const) : [])],
    errorRecovery: true,
  });
  const declarations = new Map<string, Node>();
  const exports = new Map<string, string>();
  const imports = new Map<string, { from: string; name: string }>();
  const body = list(tree.program as unknown as Node, "body"); // the parser's own types say less than `at` can ask
  for (const statement of body) readStatement(statement, { declarations, exports, imports });
  return { path, declarations, exports, imports };
}

interface Tables {
  declarations: Map<string, Node>;
  exports: Map<string, string>;
  imports: Map<string, { from: string; name: string }>;
}

function readStatement(statement: Node, tables: Tables): void {
  if (statement.type === "ImportDeclaration") readImport(statement, tables.imports);
  else if (statement.type === "ExportDefaultDeclaration") readDefault(statement, tables);
  else if (statement.type === "ExportNamedDeclaration") readExport(statement, tables);
  else declare(statement, statement, tables.declarations);
}

function readImport(statement: Node, imports: Tables["imports"]): void {
  const from = text(at(statement, "source"), "value");
  for (const specifier of list(statement, "specifiers")) {
    const local = text(at(specifier, "local"), "name");
    const imported = specifier.type === "ImportDefaultSpecifier" ? "default" : text(at(specifier, "imported"), "name");
    imports.set(local, { from, name: imported });
  }
}

function readDefault(statement: Node, { declarations, exports }: Tables): void {
  const declaration = at(statement, "declaration");
  if (!declaration) return;
  const name = declaration.type === "Identifier" ? text(declaration, "name") : text(at(declaration, "id"), "name");
  if (declaration.type !== "Identifier") declarations.set(name || DEFAULT, withComments(declaration, statement));
  exports.set("default", name || DEFAULT);
}

function readExport(statement: Node, { declarations, exports }: Tables): void {
  const declaration = at(statement, "declaration");
  if (declaration) for (const name of declare(declaration, statement, declarations)) exports.set(name, name);
  for (const specifier of list(statement, "specifiers")) {
    exports.set(text(at(specifier, "exported"), "name"), text(at(specifier, "local"), "name"));
  }
}

/** Notes what a statement declares, and gives its names; comments before `export` belong to what it exports. */
function declare(declaration: Node, statement: Node, declarations: Map<string, Node>): string[] {
  if (declaration.type === "VariableDeclaration") {
    return list(declaration, "declarations").flatMap((declarator) => {
      const name = text(at(declarator, "id"), "name");
      const value = at(declarator, "init");
      if (!name || !value) return [];
      declarations.set(name, withComments(value, statement));
      return [name];
    });
  }
  const name = text(at(declaration, "id"), "name");
  if (name) declarations.set(name, withComments(declaration, statement));
  return name ? [name] : [];
}

function withComments(node: Node, statement: Node): Node {
  const own = list(node, "leadingComments");
  return { ...node, leadingComments: own.length > 0 ? own : list(statement, "leadingComments") };
}

/** The declaration behind a name, here or in the file it is imported from by a relative path. */
export function lookUp(file: SourceFile, name: string): { node: Node; file: SourceFile } | undefined {
  const node = file.declarations.get(name);
  if (node) return { node, file };
  const source = file.imports.get(name);
  const path = source && relativeFile(file.path, source.from);
  if (!source || !path) return undefined;
  const other = readSource(path);
  return lookUp(other, other.exports.get(source.name) ?? source.name);
}

function relativeFile(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const base = resolve(dirname(from), specifier);
  const stem = base.replace(/\.[cm]?js$/, "");
  const candidates = [base, `${stem}.ts`, `${stem}.tsx`, `${stem}.d.ts`, `${base}/index.ts`];
  return candidates.find((path) => /\.[cm]?[jt]sx?$/.test(path) && existsSync(path));
}
