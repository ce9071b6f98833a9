// Asks a person at the terminal yes or no, by consola.
import { createConsola } from "consola";
import { visibleLine } from "#lib/text/visible.ts";

/** Return alone and Ctrl-C mean no. */
export async function askYes(question: string): Promise<boolean> {
  const asking = createConsola();
  return (await asking.prompt(visibleLine(question), { type: "confirm", initial: false, cancel: "null" })) === true;
}
