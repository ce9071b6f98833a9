// What a name means in a file: its declaration, there or behind relative imports, and the value of a constant.
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Json } from "#lib/json.ts";
import { enumValues, literalValue } from "./literals.ts";
import { type Alias, at, type Node, readSource, type SourceFile, text } from "./syntax.ts";

export interface Found {
  node: Node;
  /** Where it is declared: the names in it mean what they mean there. */
  file: SourceFile;
}

/** The declaration of a value. */
export function lookUp(file: SourceFile, name: string): Found | undefined {
  return find(file, name, false, new Set());
}

/** The declaration of a type; an enum is both. */
export function lookUpType(file: SourceFile, name: string): Found | undefined {
  return find(file, name, true, new Set());
}

/** What a file exports under a name. */
export function lookUpExport(file: SourceFile, name: string): Found | undefined {
  return findExport(file, name, false, new Set());
}

/** `Types.Color`, where `Types` is all of a file: `import * as Types`. */
export function lookUpMember(file: SourceFile, space: string, name: string): Found | undefined {
  const alias = file.imports.get(space);
  return alias?.name === "*" ? follow(file, { ...alias, name }, true, new Set()) : undefined;
}

function find(file: SourceFile, name: string, type: boolean, seen: Set<string>): Found | undefined {
  const node = (type ? file.types.get(name) : undefined) ?? file.values.get(name);
  if (node) return { node, file };
  const alias = file.imports.get(name);
  return alias && follow(file, alias, type, seen);
}

/** `seen` ends files that export each other's names in a circle. */
function findExport(file: SourceFile, name: string, type: boolean, seen: Set<string>): Found | undefined {
  const key = `${file.path}:${name}`;
  if (seen.has(key)) return undefined;
  seen.add(key);
  const alias = file.exports.get(name);
  if (alias) return alias.from === null ? find(file, alias.name, type, seen) : follow(file, alias, type, seen);
  for (const from of file.stars) {
    const found = follow(file, { name, from }, type, seen);
    if (found) return found;
  }
  return undefined;
}

function follow(file: SourceFile, { name, from }: Alias, type: boolean, seen: Set<string>): Found | undefined {
  const path = relativeFile(file.path, from ?? "");
  return path === undefined ? undefined : findExport(readSource(path, file.read), name, type, seen);
}

const ENDINGS = [".ts", ".tsx", ".mts", ".cts", ".d.ts", ".js", ".jsx", ".mjs", ".cjs"];

function relativeFile(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const base = resolve(dirname(from), specifier);
  const stems = [base.replace(/\.[cm]?jsx?$/, ""), base, `${base}/index`];
  const candidates = [base, ...stems.flatMap((stem) => ENDINGS.map((ending) => stem + ending))];
  return candidates.find((path) => /\.[cm]?[jt]sx?$/.test(path) && existsSync(path));
}

/** Constants that name each other in a circle are none. */
const DEEPEST = 10;

/** The value of an expression that is a literal, or made of literals, constants and members of enums. */
export function constantOf(node: Node | undefined, file: SourceFile, depth = 0): Json | undefined {
  if (depth > DEEPEST) return undefined;
  return literalValue(node, (reference) => {
    if (reference.type === "Identifier") {
      const name = text(reference, "name");
      const found = lookUp(file, name);
      const value = found?.node["constant"] === true ? constantOf(found.node, found.file, depth + 1) : undefined;
      return typeof value === "object" && found && isWritten(found.file, name) ? undefined : value;
    }
    const found = lookUp(file, text(at(reference, "object"), "name"));
    if (found?.node.type !== "TSEnumDeclaration" || reference["computed"] === true) return undefined;
    return enumValues(found.node)?.get(text(at(reference, "property"), "name"));
  });
}

/** Whether a constant object is changed after all, as far as its file shows. */
export function isWritten({ text: source }: Pick<SourceFile, "text">, name: string): boolean {
  const word = `\\b${name.replaceAll("$", "\\$")}\\b`;
  const member = "(?:\\s*(?:\\.\\s*\\w+|\\[[^\\]]*\\]))";
  const set = `${word}${member}+\\s*(?:[-+*/%&|^?]{0,2}=(?![=>])|\\+\\+|--)`;
  const called = `${word}${member}*?\\s*\\.\\s*(?:push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin)\\(`;
  const handed = `(?:delete\\s+|Object\\.(?:assign|define\\w+)\\(\\s*)${word}`;
  return new RegExp(`${set}|${called}|${handed}`).test(source);
}
