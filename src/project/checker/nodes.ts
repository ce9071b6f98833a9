// Answers small questions about the compiler's tree.
import type { ts } from "@ts-morph/common";

export function fileOf(node: ts.Node): ts.SourceFile {
  let file = node;
  while (file.parent) file = file.parent;
  return file as ts.SourceFile; // what has no parent is a file
}

export function sourceOf(node: ts.Node): string {
  return fileOf(node).text.slice(node.pos, node.end);
}
