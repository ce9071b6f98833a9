// Which export of a file a place in it belongs to.
import { isObject } from "#lib/json.ts";
import { type Node, readSource } from "./syntax.ts";

interface Position {
  line: number;
  /** From 0. */
  column: number;
}

/** The export whose value holds the place; of several the one that has `hint` for its name. */
export function exportAt(path: string, place: Position, hint: string): string | undefined {
  const file = readSource(path);
  const found = [...file.exports].flatMap(([name, { name: local, from }]) => {
    const node = from === null ? file.values.get(local) : undefined;
    return node && holds(node, place) ? [name] : [];
  });
  return found.includes(hint) ? hint : found[0];
}

function holds(node: Node, { line, column }: Position): boolean {
  const [start, end] = [position(node, "start"), position(node, "end")];
  if (!start || !end) return false;
  const isAfter = line > start.line || (line === start.line && column >= start.column);
  return isAfter && (line < end.line || (line === end.line && column <= end.column));
}

function position(node: Node, side: "start" | "end"): Position | undefined {
  const location = isObject(node["loc"]) ? node["loc"][side] : undefined;
  if (!isObject(location)) return undefined;
  const { line, column } = location;
  return typeof line === "number" && typeof column === "number" ? { line, column } : undefined;
}
