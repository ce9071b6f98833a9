// The command of a group that words name. A name may be two words: `orch block type ls`.
import type { Group, Load } from "./command.ts";

export interface NamedCommand {
  name: string[];
  load: Load;
  /** The words after its name. */
  rest: string[];
}

/** Not `commands[word]`: `constructor` is no command. */
export function commandNamed({ commands }: Group, words: readonly string[]): NamedCommand | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length);
    const key = name.join(" ");
    const load = Object.hasOwn(commands, key) ? commands[key] : undefined;
    if (load && name.length === length) return { name, load, rest: words.slice(length) };
  }
  return undefined;
}

/** The commands whose names start with the word, by their second words; undefined when there are none. */
export function commandsUnder({ commands }: Group, word: string): Record<string, Load> | undefined {
  const under = Object.entries(commands).flatMap(([name, load]): [string, Load][] => {
    const [first, second] = name.split(" ");
    return first === word && second ? [[second, load]] : [];
  });
  return under.length > 0 ? Object.fromEntries(under) : undefined;
}

/** The name of a group that is called by its name or another one. */
export function groupCalled(word: string, groups: Record<string, Group>): string | undefined {
  if (Object.hasOwn(groups, word)) return word;
  return Object.keys(groups).find((name) => groups[name]?.aliases?.includes(word));
}
