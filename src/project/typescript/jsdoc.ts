// The comment before a declaration: what it describes, each `@param`, its `@version` and its `@tag`s.
import { list, type Node, text } from "./syntax.ts";

export interface Doc {
  description: string;
  params: ReadonlyMap<string, string>;
  /** `@version 1.2`; empty when there is none. */
  version: string;
  /** `@tag etl`, as often as wanted, or `@tags etl, nightly`. */
  tags: readonly string[];
}

export function docOf(node: Node): Doc {
  const comment = list(node, "leadingComments").findLast(
    (candidate) => candidate.type === "CommentBlock" && text(candidate, "value").startsWith("*"),
  );
  return docIn(text(comment, "value").slice(1));
}

/** `comment`: what is written between its first two stars and its end. */
export function docIn(comment: string): Doc {
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\* ?/, "").trimEnd());
  const firstTag = lines.findIndex((line) => line.trim().startsWith("@"));
  const description = (firstTag < 0 ? lines : lines.slice(0, firstTag)).join("\n").trim();
  const tagged = firstTag < 0 ? [] : lines.slice(firstTag);
  const named = (name: RegExp) => tagged.flatMap((line) => name.exec(line)?.[1]?.trim() ?? []);
  return {
    description,
    params: paramsIn(tagged),
    version: named(/^\s*@version\s+(.+)$/)[0] ?? "",
    tags: named(/^\s*@tags?\s+(.+)$/).flatMap((words) => words.split(/\s*,\s*/).filter((word) => word !== "")),
  };
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
