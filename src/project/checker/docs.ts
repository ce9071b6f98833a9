// Reads the comment before a declaration, in the compiler's tree.
import type { ts } from "@ts-morph/common";
import { type Doc, docIn } from "../typescript/jsdoc.ts";
import type { Compiler } from "./compiler.ts";
import { sourceOf } from "./nodes.ts";

/** That of the node itself, or of the declaration or the statement that it is the value of. */
export function docOfNode(compiler: Compiler, node: ts.Node | undefined): Doc {
  if (!node) return docIn("");
  const [trivia = ""] = TRIVIA.exec(sourceOf(node)) ?? [];
  const comment = [...trivia.matchAll(COMMENT)].at(-1)?.[1];
  if (comment !== undefined) return docIn(comment);
  return holdsValue(compiler, node.parent) ? docOfNode(compiler, node.parent) : docIn("");
}

/** What comes before the first word of a node. The compiler's own comments leave out those beside a bracket. */
const TRIVIA = /^(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*)*/;
const COMMENT = /\/\*\*(?!\/)([\s\S]*?)\*\//g;

function holdsValue({ SyntaxKind }: Compiler, { kind }: ts.Node): boolean {
  switch (kind) {
    case SyntaxKind.VariableDeclaration:
    case SyntaxKind.VariableDeclarationList:
    case SyntaxKind.VariableStatement:
    case SyntaxKind.ExportAssignment:
    case SyntaxKind.BinaryExpression:
    case SyntaxKind.ExpressionStatement:
    case SyntaxKind.PropertyAssignment:
    case SyntaxKind.ParenthesizedExpression:
    case SyntaxKind.AsExpression:
    case SyntaxKind.SatisfiesExpression:
    case SyntaxKind.NonNullExpression:
      return true;
    default:
      return false;
  }
}
