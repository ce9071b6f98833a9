// Makes the text of a log line fit for a page.
import { visible } from "#lib/text/visible.ts";

/** Escapes that colour a terminal. */
const ESCAPE = "\u001b";
const ESCAPES = new RegExp(`${ESCAPE}\\[[\\d;]*[A-Za-z]`, "g");

/** The message as it is shown and copied: no character turns or hides the others. */
export function plain(message: string): string {
  return visible(message.includes(ESCAPE) ? message.replace(ESCAPES, "") : message);
}
