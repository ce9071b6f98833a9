// Finds the lines of user code on a stack, and the variable that the code there gives its value to.
import { existsSync, readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { fileURLToPath } from "node:url";

export interface Place {
  file: string;
  line: number;
  /** From 1. */
  column: number;
}

/** Our own files: from source, and in the module of 'bun FILE'. In the executable they have no path on disk. */
const OWN = import.meta.dir.replace(/[\\/]sdk$/, "");
const PLACE = /\(?((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^()]*):(\d+):(\d+)\)?$/;
const CALL = /^[\w$.]+\s*(?:<[^;{}]*>\s*)?\(/;
const VARIABLE = /([A-Za-z_$][\w$]*)\s*(?::[^=;{}()]*)?=\s*$/;
const PROPERTY = /[{,]\s*([A-Za-z_$][\w$]*)\s*:\s*$/;
/** `"key":`, `["key"]:` and `record["key"] =`. */
const QUOTED = /(?:[{,]\s*|\[\s*)(["'`])([^"'`\\\n]+)\1\s*\]?\s*[:=]\s*$/;
/** More does not stand between a name and its value. */
const LONGEST_HEAD = 300;

/** The lines of user files on the stack, nearest first. */
export function placesOf({ stack = "" }: Error): Place[] {
  return stack.split("\n").flatMap((frame) => {
    const [, path = "", line, column] = PLACE.exec(frame.trimEnd()) ?? [];
    const file = path.startsWith("file:") ? fileURLToPath(path) : path;
    const isUsers = file !== "" && !file.startsWith(`${OWN}/`) && !file.startsWith(`${OWN}\\`) && existsSync(file);
    return isUsers ? [{ file, line: Number(line), column: Number(column) }] : [];
  });
}

/**
 * What to call a function without a name: `double` for `const double = task(async (x) => …)` and for
 * `{ double: task(…) }`, else its line, `task_L12`, and `task_L12_2` for the second there. `origin` was made in the call of
 * `what`.
 */
export function nameAt(origin: Error, what: string): string {
  const [place] = placesOf(origin);
  if (!place) return what;
  const lines = readFileSync(place.file, "utf8").split("\n");
  const line = lines[place.line - 1] ?? "";
  const fallback = `${what}_L${place.line}`;
  // Inside of a callback it is the call of that function, because strict code keeps no frame for `return task(…)`.
  if (!CALL.test(line.slice(place.column - 1))) return fallback;
  const before = [...lines.slice(0, place.line - 1), line.slice(0, place.column - 1)].join("\n").slice(-LONGEST_HEAD);
  if (/\bexport\s+default\s*$/.test(before)) return basename(place.file, extname(place.file));
  const named = VARIABLE.exec(before)?.[1] ?? PROPERTY.exec(before)?.[1] ?? QUOTED.exec(before)?.[2];
  if (named !== undefined) return named;
  const earlier = line.slice(0, place.column - 1).split(new RegExp(`\\b${what}\\(`)).length - 1;
  return earlier === 0 ? fallback : `${fallback}_${earlier + 1}`;
}
