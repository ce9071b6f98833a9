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
  const lead = leadOf(rest, mark === "" ? LABEL : INDENT, columns);
  const indent = " ".repeat(Bun.stringWidth(lead));
  const pieces = Bun.wrapAnsi(rest.slice(lead.length), columns - mark.length - indent.length).split("\n");
  const [first = "", ...more] = pieces;
  return [`${isFurther ? CONTINUED : ""}${lead}${first}`, ...more.map((piece) => `${mark}${indent}${piece}`)].join(
    "\n",
  );
}

/** What a line has in front of its text: what goes on below stands under the text. */
const INDENT = /^ */;
/** An indent, or a word or two with a gap that aligns what follows: `✔ server          http://… answers`. */
const LABEL = /^(?: *\S+(?: \S+){0,2} {2,}| +|)/;

function leadOf(line: string, pattern: RegExp, columns: number): string {
  const lead = pattern.exec(line)?.[0] ?? "";
  return Bun.stringWidth(lead) <= columns / 2 ? lead : "";
}
