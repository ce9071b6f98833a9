// The one way to a terminal. What commands print is escaped here, so that nothing others wrote moves the cursor, sets the
// title or looks like another line; only the colours of orch are colours. Pipes get every byte as it is.
import { COLOURS, PLAIN } from "./colours.ts";
import type { Paint } from "./command.ts";
import { type Layout, oneEntry } from "./layout.ts";

export interface Screen {
  /** What commands colour their words with: marks that `shown` turns into colours. */
  paint: Paint;
  /** The bytes of a text, or of a layout. */
  shown(text: string | Layout, isTerminal: boolean): string;
}

/** The marks of colours hold a number that no text of others can know. */
export function createScreen(inColour: boolean, colours: Paint = COLOURS): Screen {
  if (!inColour) return { paint: PLAIN, shown };
  const secret = crypto.randomUUID();
  const kinds = Object.keys(PLAIN) as (keyof Paint)[]; // the keys of a constant
  const marked = (kind: keyof Paint) => (text: string) => `<${kind} ${secret}>${text}<end ${secret}>`;
  const marks = new RegExp(`<(${kinds.join("|")}) ${secret}>(.*?)<end ${secret}>`, "gs");
  return {
    paint: Object.fromEntries(kinds.map((kind) => [kind, marked(kind)])) as Paint, // one entry for each kind
    shown: (text, isTerminal) =>
      shown(text, isTerminal).replace(marks, (_, kind: keyof Paint, inside: string) => colours[kind](inside)),
  };
}

function shown(text: string | Layout, isTerminal: boolean): string {
  if (typeof text !== "string") return text.draw(isTerminal);
  if (!isTerminal) return text;
  return oneEntry(text);
}
