// Text whose line breaks are ours: tables, JSON, help. All other text is one line for people, whose line breaks may be
// made by others to forge the next one (screen.ts).
import { visible, visibleJson } from "#lib/text/visible.ts";

/** The columns of an output where nothing is fitted to a width. */
export const NO_LIMIT = 10_000;

/** Draws itself: with the characters of others escaped for a terminal, exactly as they are for a program. */
export class Layout {
  readonly draw: (isTerminal: boolean) => string;
  /** Its lines may have any length: a terminal folds them. */
  readonly isRecord: boolean;

  constructor(draw: (isTerminal: boolean) => string, isRecord = false) {
    this.draw = draw;
    this.isRecord = isRecord;
  }

  /** As a program gets it. */
  toString(): string {
    return this.draw(false);
  }
}

/** Lines that were laid out already, such as values in Python's notation, whose strings hold no line breaks. */
export function page(text: string): Layout {
  return new Layout((isTerminal) => (isTerminal ? visible(text) : text));
}

/** Text without a word of others, with its colours. */
export function ours(text: string): Layout {
  return new Layout(() => text);
}

/** A value as JSON, indented. */
export function json(value: unknown): Layout {
  return jsonText(JSON.stringify(value, null, 2));
}

/** JSON, or a piece of it that is cut between its strings. */
export function jsonText(text: string): Layout {
  return new Layout((isTerminal) => (isTerminal ? visibleJson(text) : text));
}

/** How each line but the first of a text begins on a terminal: log records and sentences begin otherwise. */
export const CONTINUED = "  | ";

/** A text of others for a terminal, with its line breaks marked. */
export function oneEntry(text: string): string {
  return visible(text.replaceAll("\r\n", "\n").replace(/\r$/, "")).replaceAll("\n", `\n${CONTINUED}`);
}

/** A line of a log. What does not fit a terminal goes on below, marked as the line breaks of `oneEntry` are. */
export function record(text: string): Layout {
  return new Layout((isTerminal) => (isTerminal ? oneEntry(text) : text), true);
}

/** A line that goes on with an entry: marked on a terminal as the line breaks of `oneEntry` are. */
export function continued(line: string): Layout {
  return new Layout((isTerminal) => (isTerminal ? CONTINUED + oneEntry(line) : line), true);
}

const ESCAPE = "\x1b";
const COLOUR = new RegExp(`${ESCAPE}\\[([\\d;:]{0,24})m`, "g");
/** No blinking, no hiding: colours of 16, of 256 and of all, bold, italics, underlines. */
const HARMLESS = /^(?:[34]8[;:](?:5[;:]\d{1,3}|2(?:[;:]\d{0,3}){3,4})|(?:;?(?:[0-4]|2[1-4]|[349][0-79]|10[0-7]))*)$/;

/** What a flow logs in the terminal of the person that runs it: its colours stay. */
export function ownLog(text: string): Layout {
  return new Layout((isTerminal) => (isTerminal ? coloured(text) : text), true);
}

function coloured(text: string): string {
  const colours = [...text.matchAll(COLOUR)].filter(([, code = ""]) => HARMLESS.test(code));
  const ends = [...colours.map(({ index }) => index), text.length];
  const parts = ends.map((end, at) => {
    const colour = colours[at - 1];
    return [colour?.[0] ?? "", oneEntry(text.slice(colour ? colour.index + colour[0].length : 0, end))];
  });
  return parts.flat().join("");
}
