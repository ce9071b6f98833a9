// Guesses the command that a word which is none was meant to be: another tool's word for it, a misspelling, or a command
// of a group whose name was left out.
import { nearest } from "#lib/text/nearest.ts";
import type { Group } from "./command.ts";
import { commandNamed, groupCalled } from "./named-command.ts";
import { ADVICE, AT_ROOT, ELSEWHERE, LIKELY, NOUNS, SAME, SYNONYMS, TOOLS } from "./other-words.ts";

/**
 * A sentence about a word of the group that is no command because something else does that; undefined for others. `names`:
 * the commands of the group. Without a group: the empty text.
 */
export function adviceFor(word: string, group: string, names: readonly string[]): string | undefined {
  const synonyms = listOf(SYNONYMS, word);
  const isCommand = synonyms.some((name) => names.includes(name));
  const same = Object.hasOwn(SAME, word) ? [SAME[word]] : [];
  const found = [word, ...same, ...(isCommand ? [] : synonyms)].map((name) => `${group} ${name}`);
  const key = found.find((name) => Object.hasOwn(ADVICE, name));
  return key === undefined ? undefined : ADVICE[key];
}

/** The name of a command of the group; else `orch …`, a command of another one; else undefined. */
export function meantOf(
  word: string,
  names: readonly string[],
  group: string,
  groups: Record<string, Group>,
): string | undefined {
  const exact = exactlyMeant(word, names, group);
  const root = groupCalled(word, groups) ?? (Object.hasOwn(AT_ROOT, word) ? AT_ROOT[word] : undefined);
  const other = root ?? likely(word, groups);
  return (
    exact ?? nearest(word, names) ?? otherGroup(word, group) ?? (other === undefined ? undefined : `orch ${other}`)
  );
}

/** A command of the groups that are most often meant. */
function likely(word: string, groups: Record<string, Group>): string | undefined {
  for (const name of [word, ...listOf(SYNONYMS, word)]) {
    const group = LIKELY.find((one) => Object.hasOwn(groups[one]?.commands ?? {}, name));
    if (group !== undefined) return `${group} ${name}`;
  }
  return undefined;
}

/** By another tool's word, not by a misspelling. */
function exactlyMeant(word: string, names: readonly string[], group: string): string | undefined {
  const other = Object.hasOwn(ELSEWHERE, group) ? (ELSEWHERE[group] ?? {}) : {};
  if (Object.hasOwn(other, word)) return other[word];
  return listOf(SYNONYMS, word).find((name) => names.includes(name));
}

function otherGroup(word: string, group: string): string | undefined {
  const other = Object.hasOwn(ELSEWHERE, group) ? (ELSEWHERE[group] ?? {}) : {};
  const verb = listOf(SYNONYMS, word).find((name) => Object.hasOwn(other, name));
  return verb === undefined ? undefined : other[verb];
}

/**
 * The words after `orch`, or undefined. The words behind the first one count too: `get deployments` and `dags list` mean
 * `deployment ls`, and `kubectl get pods` means what `get pods` does.
 */
export function meantAtRoot(
  words: readonly string[],
  commands: readonly string[],
  groups: Record<string, Group>,
): string | undefined {
  const [first = "", ...rest] = words.filter((word) => !word.startsWith("-"));
  if (TOOLS.has(first) && rest.length > 0)
    return commandIn(rest, commands, groups) ?? meantAtRoot(rest, commands, groups);
  const [next] = rest;
  const ofGroup = next === undefined ? undefined : (verbOf(first, next, groups) ?? verbOf(next, first, groups));
  if (ofGroup !== undefined) return ofGroup;
  if (Object.hasOwn(AT_ROOT, first)) return AT_ROOT[first];
  return byName(first, commands, groups);
}

/** Of words that are a command as they are. */
function commandIn(
  [first = "", ...rest]: readonly string[],
  commands: readonly string[],
  groups: Record<string, Group>,
): string | undefined {
  if (commands.includes(first)) return first;
  const name = groupCalled(first, groups);
  const named = name === undefined ? undefined : commandNamed(groups[name] ?? NO_GROUP, rest);
  return named && `${name} ${named.name.join(" ")}`;
}

const NO_GROUP: Group = { description: "", commands: {} };

function byName(word: string, commands: readonly string[], groups: Record<string, Group>): string | undefined {
  const order = [...LIKELY, ...Object.keys(groups).filter((name) => !LIKELY.includes(name))];
  const within = (name: string) => order.find((group) => Object.hasOwn(groups[group]?.commands ?? {}, name));
  const close = nearest(word, [...commands, ...Object.keys(groups)]);
  const group = within(word);
  if (group !== undefined) return `${group} ${word}`;
  if (close !== undefined) return close;
  for (const name of listOf(SYNONYMS, word)) {
    if (commands.includes(name)) return name;
    const found = within(name);
    if (found !== undefined) return `${found} ${name}`;
  }
  return undefined;
}

/**
 * Whether a word that was given as the name of something new is what a command is called, here or in other tools. Nouns do
 * not count: people call their folders so.
 */
export function readsAsCommand(word: string, commands: readonly string[], groups: Record<string, Group>): boolean {
  const verbs = LIKELY.flatMap((group) => Object.keys(groups[group]?.commands ?? {}));
  const known = [...commands, ...verbs, "help"];
  const others = [SYNONYMS, SAME, ...Object.values(ELSEWHERE)];
  if (NOUNS.has(word) || Object.hasOwn(groups, word)) return false;
  return known.includes(word) || others.some((table) => Object.hasOwn(table, word));
}

/** `get deployments` to `deployment ls`, `logs flow-run` to `flow-run logs`: the verb first, as kubectl has it. */
function verbOf(verb: string, noun: string, groups: Record<string, Group>): string | undefined {
  const meant = groupCalled(noun, groups) ?? (Object.hasOwn(AT_ROOT, noun) ? AT_ROOT[noun] : undefined);
  const [group = ""] = meant?.split(" ") ?? [];
  if (!Object.hasOwn(groups, group)) return undefined;
  const names = Object.keys(groups[group]?.commands ?? {});
  const isMany = verb === "get" && noun.endsWith("s") && names.includes("ls");
  const command = isMany ? "ls" : names.includes(verb) ? verb : exactlyMeant(verb, names, group);
  return command === undefined ? undefined : command.startsWith("orch ") ? command.slice(5) : `${group} ${command}`;
}

/**
 * About a word that reads as a command and was given to a command of `group` as its argument: ` Did you mean 'orch server stop'?`,
 * what does it instead, or nothing.
 *
 * @example
 * commandMeant("stop", "server", ["start", "stop"]); // " Did you mean 'orch server stop'?"
 */
export function commandMeant(word: string, group: string, names: readonly string[]): string {
  if (word === "help") return ` 'orch ${group} --help' shows the help.`;
  const advice = adviceFor(word, group, names);
  if (advice !== undefined) return ` ${advice}`;
  const meant = names.includes(word) ? word : (exactlyMeant(word, names, group) ?? otherGroup(word, group));
  if (meant === undefined) return "";
  return ` Did you mean '${meant.startsWith("orch ") ? meant : `orch ${group} ${meant}`}'?`;
}

/** Not `table[word]`: `constructor` is no synonym. */
function listOf(table: Record<string, readonly string[]>, word: string): readonly string[] {
  return Object.hasOwn(table, word) ? (table[word] ?? []) : [];
}
