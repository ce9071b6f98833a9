// The words after a command to its options. Unknown and misspelt ones are refused with the nearest that exists.

import { didYouMean, nearest } from "#lib/text/nearest.ts";
import { type AnyCommand, type OptionDef, UnexpectedArgument, UsageError } from "./command.ts";

export type Parsed = Record<string, string | boolean | (string | boolean)[] | undefined>;

/** Throws a UsageError. */
export async function parseOptions({ options, passesWords }: AnyCommand, given: string[]): Promise<Parsed> {
  const entries = Object.entries(options as Record<string, OptionDef>); // whichever options it has
  const named = entries.filter(([, option]) => option.type !== "positional");
  const { values, positionals } = passesWords ? asArguments(given) : await readWords(given, named);
  const parsed: Parsed = {};
  for (const [name, option] of entries) {
    if (option.type === "positional") parsed[name] = takePositional(name, option, positionals);
    else if (option.type === "boolean") parsed[name] = values[name] ?? option.default ?? false;
    else parsed[name] = values[name] ?? (option.multiple ? [] : option.default?.toString());
  }
  for (const [name, option] of entries) {
    if (!option.mayBeEmpty) refuseEmpty(name, option, parsed[name]);
    if (option.choices) refuseOther(name, option.choices, parsed[name]);
  }
  const [unexpected] = positionals;
  if (unexpected !== undefined) throw new UnexpectedArgument(unexpected);
  return parsed;
}

/** The options by their names, and the other words. */
async function readWords(given: string[], named: [string, OptionDef][]) {
  const words = withLongNames(withDashes(given, named), named);
  refuseUnknown(named, words);
  const config = Object.fromEntries(named.map(([name, option]) => [name, configOf(option)]));
  return words.length > 0 ? parse(config, words) : asArguments([]);
}

function asArguments(words: readonly string[]): { values: Parsed; positionals: string[] } {
  return { values: {}, positionals: [...words] };
}

function refuseEmpty(name: string, { type }: OptionDef, given: Parsed[string]): void {
  const isEmpty = [given ?? []].flat().some((value) => typeof value === "string" && value.trim() === "");
  if (!isEmpty) return;
  throw new UsageError(`Invalid value for '${type === "positional" ? name.toUpperCase() : `--${name}`}': it is empty.`);
}

function refuseOther(name: string, choices: readonly string[], given: Parsed[string]): void {
  const wrong = [given ?? []].flat().find((value) => !choices.includes(String(value)));
  if (wrong === undefined) return;
  const sentence = `Invalid value for '${name}': '${wrong}' is not one of ${choices.join(", ")}.`;
  throw new UsageError(`${sentence}${didYouMean(String(wrong), choices)}`);
}

function configOf(option: OptionDef) {
  const short = shortOf(option);
  return {
    type: option.type === "boolean" ? ("boolean" as const) : ("string" as const),
    multiple: option.multiple ?? false,
    ...(short ? { short } : {}),
  };
}

/** `--day_or`, as the old command line has it, is `--day-or`. */
function withDashes(words: string[], named: [string, OptionDef][]): string[] {
  const end = words.indexOf("--");
  return words.map((word, index) => {
    const [, name = "", value = ""] = /^--([a-z]+(?:_[a-z]+)+)(=.*)?$/s.exec(word) ?? [];
    const dashed = name.replaceAll("_", "-");
    const isOption = (end < 0 || index < end) && named.some(([known]) => known === dashed);
    return isOption && !isValue(words[index - 1], named) ? `--${dashed}${value}` : word;
  });
}

/** `-sb` and `-ib` are names of their own, not two letters in one word. */
function withLongNames(words: string[], named: [string, OptionDef][]): string[] {
  return words.map((word, index) => {
    const [name = "", ...value] = word.split("=");
    const meant = named.find(([, option]) =>
      aliasesOf(option).some((alias) => alias.length > 1 && name === `-${alias}`),
    );
    return meant && !isValue(words[index - 1], named) ? [`--${meant[0]}`, ...value].join("=") : word;
  });
}

/** The other names of an option, without their dashes. */
export function aliasesOf({ alias }: OptionDef): string[] {
  return [alias ?? []].flat();
}

function shortOf(option: OptionDef): string | undefined {
  return aliasesOf(option).find((name) => name.length === 1);
}

/** Loaded when there is something to parse: node:util costs 2 ms. */
async function parse(config: Record<string, ReturnType<typeof configOf>>, words: string[]) {
  const { parseArgs } = await import("node:util");
  try {
    const args = joined(words, config);
    const { values, positionals } = parseArgs({ options: config, args, allowPositionals: true, allowNegative: true });
    return { values, positionals: positionals.map((word) => (word.startsWith(NUMBER) ? word.slice(1) : word)) };
  } catch (error) {
    const [sentence = ""] = error instanceof Error ? error.message.split(/\.\s/) : [];
    throw new UsageError(`${sentence.replace(/\.?$/, "")}.`);
  }
}

const NEGATIVE = /^-\.?\d/;
/** Stands before an argument that parseArgs would take for an option; no word of a command line has it. */
const NUMBER = "\0";

/** A number below zero is tied to its option, `--interval=-5`, or marked as an argument: parseArgs takes it for another option. */
function joined(words: string[], config: Record<string, ReturnType<typeof configOf>>): string[] {
  const valued = new Map<string, string>();
  for (const [name, { type, short }] of Object.entries(config)) {
    if (type === "boolean") continue;
    valued.set(`--${name}`, `--${name}=`);
    if (short) valued.set(`-${short}`, `-${short}`);
  }
  const end = words.indexOf("--");
  const tied: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const [word = "", next = ""] = words.slice(index, index + 2);
    const opening = end < 0 || index < end ? valued.get(word) : undefined;
    const isTied = opening !== undefined && NEGATIVE.test(next);
    const isArgument = NEGATIVE.test(word) && (end < 0 || index < end);
    tied.push(isTied ? opening + next : isArgument ? NUMBER + word : word);
    if (isTied) index += 1;
  }
  return tied;
}

function takePositional(name: string, option: OptionDef, positionals: string[]): string | string[] | undefined {
  if (option.multiple) return positionals.splice(0);
  const value = positionals.shift();
  if (value === undefined && option.required) throw new UsageError(`Missing argument '${name.toUpperCase()}'.`);
  return value;
}

function refuseUnknown(named: [string, OptionDef][], words: string[]): void {
  const long = named.map(([name]) => `--${name}`);
  const short = named.flatMap(([, option]) => shortOf(option) ?? []).map((letter) => `-${letter}`);
  const end = words.indexOf("--");
  for (const [index, word] of (end < 0 ? words : words.slice(0, end)).entries()) {
    if (!/^-{1,2}[a-zA-Z]/.test(word)) continue;
    const name = word.split("=")[0] ?? word;
    const known = name.startsWith("--")
      ? long.includes(name) || long.includes(name.replace(/^--no-/, "--"))
      : short.includes(name.slice(0, 2));
    if (known || isValue(words[index - 1], named)) continue;
    const suggestion = nearest(name, long);
    throw new UsageError(`No such option: ${name}.${suggestion ? ` Did you mean ${suggestion}?` : ""}`);
  }
}

/** The word after an option that takes one is its value, even if it begins with a dash. */
function isValue(before: string | undefined, named: [string, OptionDef][]): boolean {
  return named.some(([name, option]) => {
    const short = shortOf(option);
    return option.type !== "boolean" && (before === `--${name}` || (short !== undefined && before === `-${short}`));
  });
}
