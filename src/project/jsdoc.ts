// The comment before a declaration: what it describes, and each `@param`.
import { list, type Node, text } from "./syntax.ts";

export interface Doc {
  description: string;
  params: ReadonlyMap<string, string>;
}

export function docOf(node: Node): Doc {
  const comment = list(node, "leadingComments").findLast(
    (candidate) => candidate.type === "CommentBlock" && text(candidate, "value").startsWith("*"),
  );
  const lines = text(comment, "value")
    .slice(1)
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd());
  const firstTag = lines.findIndex((line) => line.trim().startsWith("@"));
  const description = (firstTag < 0 ? lines : lines.slice(0, firstTag)).join("\n").trim();
  return { description, params: paramsIn(firstTag < 0 ? [] : lines.slice(firstTag)) };
}

/** A tag goes on until the next one. Names of nested properties, `options.loud`, are kept whole. */
function paramsIn(lines: string[]): Map<string, string> {
  const params = new Map<string, string>();
  let current: string | undefined;
  for (const line of lines) {
    const tag = /^\s*@(\w+)\s*(.*)$/.exec(line);
    if (tag) {
      const param =
        tag[1] === "param" ? /^(?:\{[^}]*\}\s*)?\[?([\w.$]+)[^\]\s]*\]?\s*(?:-\s*)?(.*)$/.exec(tag[2] ?? "") : null;
      current = param?.[1];
      if (current) params.set(current, (param?.[2] ?? "").trim());
    } else if (current && line.trim() !== "") {
      params.set(current, `${params.get(current)}\n${line.trim()}`.trim());
    }
  }
  return params;
}
