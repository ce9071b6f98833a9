// The one way to a terminal. What commands print is escaped here, so that nothing others wrote moves the cursor, sets the
// title or looks like another line; only the colours of orch are colours. Pipes get every byte as it is.

import type { Paint } from "../kit/command.ts";
import { COLOURS, PLAIN } from "./colours.ts";
import { foldedEntry } from "./folded-entry.ts";
import { type Layout, NO_LIMIT, oneEntry } from "./layout.ts";

export interface Screen {
  /** What commands colour their words with: marks that `shown` turns into colours. */
  paint: Paint;
  /** The bytes of a text, or of a layout. On a terminal texts and records of logs are folded to its `columns`, at words. */
  shown(text: string | Layout, isTerminal: boolean, columns?: number): string;
}

/** The marks of colours hold a number that no text of others can know. */
export function createScreen(inColour: boolean, colours: Paint = COLOURS): Screen {
  if (!inColour) return { paint: PLAIN, shown: fitted };
  const secret = crypto.randomUUID();
  const kinds = Object.keys(PLAIN) as (keyof Paint)[]; // the keys of a constant
  const marked = (kind: keyof Paint) => (text: string) => `<${kind} ${secret}>${text}<end ${secret}>`;
  const marks = new RegExp(`<(${kinds.join("|")}) ${secret}>(.*?)<end ${secret}>`, "gs");
  return {
    paint: Object.fromEntries(kinds.map((kind) => [kind, marked(kind)])) as Paint, // one entry for each kind
    shown: (text, isTerminal, columns) =>
      fitted(text, isTerminal, columns, (line) =>
        line.replace(marks, (_, kind: keyof Paint, inside: string) => colours[kind](inside)),
      ),
  };
}

function fitted(
  text: string | Layout,
  isTerminal: boolean,
  columns = NO_LIMIT,
  coloured = (line: string) => line,
): string {
  const line = coloured(shown(text, isTerminal));
  if (!isTerminal || (typeof text !== "string" && !text.isRecord)) return line;
  return foldedEntry(line, columns, typeof text !== "string");
}

function shown(text: string | Layout, isTerminal: boolean): string {
  if (typeof text !== "string") return text.draw(isTerminal);
  if (!isTerminal) return text;
  return oneEntry(text);
}
