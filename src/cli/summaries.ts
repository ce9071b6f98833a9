// Finds the short descriptions of commands for lists of them: help pages and completions.
import { allSummaries } from "./all-summaries.ts" with { type: "macro" };

/** By the names of the commands, which are not loaded for it. `group`: the words before their names. */
export async function summariesOf(
  commands: Record<string, unknown>,
  group?: string,
): Promise<Record<string, { description: string }>> {
  const all = await allSummaries();
  const summaries = Object.keys(commands).map((name) => {
    return [name, { description: all[group === undefined ? name : `${group} ${name}`] ?? "" }] as const;
  });
  return Object.fromEntries(summaries);
}
