// Finds the line of a state's message that says most.

const MOST_LETTERS = 300;
/** More of a message is not looked at: its first lines and, of a Python traceback, its last. */
const LOOKED_AT = 4_000;
const OF_THE_ENGINE = /^(Flow|Task) run encountered an exception[.:]?\s*/;
const TRACEBACK = /^Traceback \(most recent call last\):/;

/**
 * Of an error its own sentence: neither where it was thrown nor that it was thrown. `null` for no message.
 *
 * @example
 * messageLine("Flow run encountered an exception. Error: no such table: orders\n    at report (report.ts:4:1)"); // "Error: no such table: orders"
 */
export function messageLine(message: string | null): string | null {
  if (message === null) return null;
  const lines = linesOf(message.slice(0, LOOKED_AT));
  const first = (lines[0] ?? "").replace(OF_THE_ENGINE, "").trim() || (lines[1] ?? lines[0] ?? "");
  const found = TRACEBACK.test(first) ? (linesOf(message.slice(-LOOKED_AT)).at(-1) ?? first) : first;
  if (found === "") return null;
  return found.length <= MOST_LETTERS ? found : `${found.slice(0, MOST_LETTERS).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
