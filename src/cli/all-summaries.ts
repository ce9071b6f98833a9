// Collects the short description of every command: the bundler runs this as a macro, so that help pages and completions load no
// command for them.

import type { Load } from "./kit/command.ts";
import { COMMANDS, GROUPS } from "./tree.ts";

/**
 * The first sentence of a description, up to its first comma, colon or semicolon.
 *
 * @example summaryOf("List variables, newest first. --all shows more.") // "List variables."
 */
export function summaryOf(description: string): string {
  return description.replace(/[.,:;](?:\s.*)?$/s, ".");
}

/** By the command's words: `server database backup`. */
export async function allSummaries(): Promise<Record<string, string>> {
  const groups = Object.entries(GROUPS).flatMap(([group, { commands }]) => named(commands, `${group} `));
  const all = [...named(COMMANDS, ""), ...groups].map(async ([name, load]) => {
    return [name, summaryOf((await load()).description)] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}

function named(commands: Record<string, Load>, before: string): [string, Load][] {
  return Object.entries(commands).map(([name, load]) => [`${before}${name}`, load]);
}
