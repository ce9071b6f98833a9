// Asks a person at the terminal for a text that is not shown as it is typed.
import { isCancel, password } from "@clack/prompts";
import { OrchError } from "#lib/errors.ts";
import { visibleLine } from "#lib/text/visible.ts";

/** What a command exits with that was ended by Ctrl-C. */
const EXIT_INTERRUPTED = 130;

/** On stderr: stdout may be a file. Throws `invalid` when the person gives up by Ctrl-C or Escape. */
export async function askSecret(question: string): Promise<string> {
  const typed = await password({ message: visibleLine(question), mask: "", output: process.stderr });
  if (!isCancel(typed)) return typed;
  throw new OrchError("invalid", "Nothing was given, and nothing was done.", { exitCode: EXIT_INTERRUPTED });
}
