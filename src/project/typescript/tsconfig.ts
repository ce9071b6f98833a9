// A project's tsconfig.json: what it says of which files belong to it, and a file added there with all comments kept.
import { messageOf, OrchError } from "#lib/errors.ts";
import { literalValue, propertyName } from "./literals.ts";
import { parser } from "./parser.ts";
import { at, list, type Node } from "./syntax.ts";

/**
 * The text with `file` among the files of the project; the same text when it is there already.
 * Throws `invalid` for what is no JSON with comments.
 */
export function withIncluded(text: string, file: string): string {
  const config = read(text);
  for (const key of ["include", "files"]) {
    const entries = at(
      list(config, "properties").find((property) => propertyName(property) === key),
      "value",
    );
    if (entries?.type !== "ArrayExpression") continue;
    const values = list(entries, "elements").map((entry) => literalValue(entry));
    return values.some((value) => covers(value, file)) ? text : appended(text, entries, file);
  }
  return text; // everything in the folder belongs to it
}

function read(text: string): Node {
  try {
    const config = parser().parseExpression(text) as unknown as Node; // the parser's own types say less than `at` can ask
    if (config.type === "ObjectExpression") return config;
  } catch (cause) {
    throw new OrchError("invalid", `tsconfig.json is not valid: ${messageOf(cause)}`, { cause });
  }
  throw new OrchError("invalid", "tsconfig.json is not valid: it must be an object.");
}

function covers(entry: unknown, file: string): boolean {
  if (typeof entry !== "string") return false;
  const pattern = entry.replace(/^\.\//, "").replace(/\/$/, "");
  return pattern === "" || pattern === "." || pattern === file || new Bun.Glob(pattern).match(file);
}

/** In the manner of what is there: each on a line of its own, or one after the other. */
function appended(text: string, entries: Node, file: string): string {
  const last = list(entries, "elements").at(-1);
  const quoted = JSON.stringify(file);
  if (!last) return inserted(text, Number(entries["start"]) + 1, quoted);
  const indent = /\n[ \t]*$/.exec(text.slice(0, Number(last["start"])))?.[0] ?? " ";
  return inserted(text, Number(last["end"]), `,${indent}${quoted}`);
}

function inserted(text: string, at: number, more: string): string {
  return text.slice(0, at) + more + text.slice(at);
}
