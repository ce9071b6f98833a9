// Asks a person at the terminal yes or no, by clack, as ask-secret.ts does. Consola's own question (3.4.2) is drawn twice under Bun
// when it is answered with Return.
import { confirm } from "@clack/prompts";
import { visibleLine } from "#lib/text/visible.ts";

/** Return alone and Ctrl-C mean no. */
export async function askYes(question: string): Promise<boolean> {
  return (await confirm({ message: visibleLine(question), initialValue: false })) === true;
}
