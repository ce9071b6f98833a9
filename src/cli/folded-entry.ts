// Folds a text at its words where a terminal would break it anywhere. A word that is longer than a line, such as a path,
// is left to the terminal, which copies it whole.
import { CONTINUED } from "./layout.ts";

/** Narrower terminals break lines themselves. */
const NARROWEST = 30;

/** `isRecord`: what goes on below is marked, as further lines of the text are anyway. Colours go on too. */
export function foldedEntry(text: string, columns: number, isRecord: boolean): string {
  if (columns < NARROWEST) return text;
  return text
    .split("\n")
    .map((line) => (Bun.stringWidth(line) <= columns ? line : foldedLine(line, columns, isRecord)))
    .join("\n");
}

function foldedLine(line: string, columns: number, isRecord: boolean): string {
  const isFurther = line.startsWith(CONTINUED);
  const mark = isRecord || isFurther ? CONTINUED : "";
  const rest = isFurther ? line.slice(CONTINUED.length) : line;
  const indent = " ".repeat(Math.min(rest.search(/[^ ]|$/), columns / 2));
  const width = columns - mark.length - indent.length;
  const [first = "", ...more] = Bun.wrapAnsi(rest.slice(indent.length), width).split("\n");
  return [`${isFurther ? CONTINUED : ""}${indent}${first}`, ...more.map((piece) => `${mark}${indent}${piece}`)].join(
    "\n",
  );
}
