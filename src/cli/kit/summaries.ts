// Shortens descriptions of commands for lists of them: help pages and completions.
import type { Load } from "./command.ts";

/**
 * The first sentence of a description, up to its first comma, colon or semicolon.
 *
 * @example summaryOf("List variables, newest first. --all shows more.") // "List variables."
 */
export function summaryOf(description: string): string {
  return description.replace(/[.,:;](?:\s.*)?$/s, ".");
}

/** By the names of the commands, which are loaded for it. */
export async function summariesOf(commands: Record<string, Load>): Promise<Record<string, { description: string }>> {
  const summaries = Object.entries(commands).map(async ([name, load]) => {
    const { description } = await load();
    return [name, { description: summaryOf(description) }] as const;
  });
  return Object.fromEntries(await Promise.all(summaries));
}
