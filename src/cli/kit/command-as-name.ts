// Refuses the word of a command where the name of something new is expected: `orch init stop` would make a folder called 'stop'.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Group, UsageError } from "./command.ts";
import { adviceFor, meantAtRoot, readsAsCommand } from "./meant-command.ts";
import { commandNamed } from "./named-command.ts";

export interface NamedPlace {
  /** Where the name is looked for: what is there already is meant. */
  cwd: string;
  /** `folder` */
  what: string;
  /** The command that expects it: `init`. */
  command: string;
  /** The names of the commands without a group. */
  commands: readonly string[];
  groups: Record<string, Group>;
}

/** Throws a usage error that names the command that was probably meant, and how to say that a name was. */
export function refuseCommandAsName(word: string, place: NamedPlace): void {
  const { cwd, what, command } = place;
  if (!readsAsAnother(word, place) || existsSync(resolve(cwd, word))) return;
  const sentence = `'${word}' reads as a command, not as a ${what}.${hintFor(word, place)}`;
  throw new UsageError(`${sentence} For a ${what} of that name: 'orch ${command} ./${word}'.`);
}

/** In a group only the commands beside it count: many a file is called `dump` or `export`. */
function readsAsAnother(word: string, { command, commands, groups }: NamedPlace): boolean {
  const names = command.split(" ");
  const [group = ""] = names;
  if (word === names.at(-1)) return false;
  if (names.length === 1) return readsAsCommand(word, commands, groups);
  const beside = groups[group];
  return beside !== undefined && commandNamed(beside, [...names.slice(1, -1), word]) !== undefined;
}

function hintFor(word: string, { command, commands, groups }: NamedPlace): string {
  if (word === "help") return ` 'orch ${command} --help' shows the help.`;
  const before = command.split(" ").slice(0, -1);
  if (before.length > 0) return ` Did you mean 'orch ${[...before, word].join(" ")}'?`;
  const advice = adviceFor(word, "", commands);
  if (advice !== undefined) return ` ${advice}`;
  const meant = meantAtRoot([word], commands, groups);
  return meant === undefined ? "" : ` Did you mean 'orch ${meant}'?`;
}
