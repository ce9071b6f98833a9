// Asks a person at the terminal, drawn by clack, or as a plain line where codes of the terminal are not wanted. Consola's own
// question (3.4.2) is drawn twice under Bun when it is answered with Return.
import { OrchError } from "#lib/errors.ts";
import { visibleLine } from "#lib/text/visible.ts";
import { askLine, asksPlainly } from "./plain-question.ts";

/** What a command exits with that was ended by Ctrl-C. */
const EXIT_INTERRUPTED = 130;

/** Return alone and Ctrl-C mean no. */
export async function askYes(question: string): Promise<boolean> {
  if (asksPlainly(process.env)) {
    const typed = await askLine(`${question} [y/N]`, { output: process.stdout, isHidden: false });
    return /^\s*y(es)?\s*$/i.test(typed ?? "");
  }
  const { confirm } = await import("@clack/prompts");
  return (await confirm({ message: visibleLine(question), initialValue: false })) === true;
}

/** A text that is not shown, asked for on stderr: stdout may be a file. Throws `invalid` when the person gives up by Ctrl-C. */
export async function askSecret(question: string): Promise<string> {
  const typed = await typedSecret(question);
  if (typed !== undefined) return typed;
  throw new OrchError("invalid", "Nothing was given, and nothing was done.", { exitCode: EXIT_INTERRUPTED });
}

async function typedSecret(question: string): Promise<string | undefined> {
  if (asksPlainly(process.env)) return askLine(`${question}:`, { output: process.stderr, isHidden: true });
  const { isCancel, password } = await import("@clack/prompts");
  const typed = await password({ message: visibleLine(question), mask: "", output: process.stderr });
  return isCancel(typed) ? undefined : typed;
}
