// Which words may stand at the end of a command line that is being typed.

import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { languageOf } from "#domain/entrypoint.ts";
import type { Group, Load, OptionDef } from "../kit/command.ts";
import { commandNamed, commandsUnder, groupCalled } from "../kit/named-command.ts";
import { aliasesOf } from "../kit/parse.ts";
import { summariesOf } from "../summaries.ts";
import { COMMANDS, GROUPS } from "../tree.ts";
import { type Kind, kindOf } from "./kinds.ts";
import type { Candidate, Names } from "./names.ts";

/** The last word is the one being typed, and may be empty. */
export async function candidatesFor(words: readonly string[], names: Names): Promise<Candidate[]> {
  const isProfile = words[0] === "-p" || words[0] === "--profile";
  if (isProfile && words.length > 2) return candidatesFor(words.slice(2), names);
  if (isProfile && words.length === 2) return ofKind("profile", words[1] ?? "", names);
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const [first, second] = before;
  if (first === undefined) return matching([...(await commandsOf(COMMANDS)), ...described(GROUPS), ...ROOT], current);
  if (Object.hasOwn(COMMANDS, first)) return ofCommand(COMMANDS[first], [first], before.slice(1), current, names);
  const name = groupCalled(first, GROUPS);
  const group = name === undefined ? undefined : GROUPS[name];
  if (!group || name === undefined) return [];
  const found = commandNamed(group, before.slice(1));
  if (found) return ofCommand(found.load, [name, ...found.name], found.rest, current, names);
  const under = second === undefined ? undefined : commandsUnder(group, second);
  if (under)
    return before.length > 2 ? [] : matching([...(await commandsOf(under, `${name} ${second}`)), HELP], current);
  return ofGroup(group, name, before.slice(1), current, names);
}

const HELP: Candidate = { value: "--help", says: "Show what the command does." };
const ROOT: Candidate[] = [
  HELP,
  { value: "--profile", says: "The profile for this command." },
  { value: "--version", says: "Print the version." },
];

function described(entries: Record<string, { description: string }>): Candidate[] {
  return Object.entries(entries).map(([value, { description }]) => ({ value, says: description }));
}

async function commandsOf(commands: Record<string, Load>, group?: string): Promise<Candidate[]> {
  return described(await summariesOf(commands, group));
}

/** Options right after a group belong to the command that is meant without its name: `orch agent -q`. */
async function ofGroup(group: Group, name: string, rest: string[], current: string, names: Names) {
  const fallback = group.fallback;
  const started = rest.length > 0 || current.startsWith("-");
  if (fallback && started) return ofCommand(group.commands[fallback], [name, fallback], rest, current, names);
  return rest.length > 0 ? [] : matching([...(await firstWords(group, name)), HELP], current);
}

/** `block type ls` is offered as `type` first. */
async function firstWords({ commands }: Group, group: string): Promise<Candidate[]> {
  const words = (await commandsOf(commands, group)).map(({ value, ...rest }) => ({
    value: value.split(" ")[0] ?? "",
    ...rest,
  }));
  return words.filter(({ value }, at) => words.findIndex((other) => other.value === value) === at);
}

async function ofCommand(
  load: Load | undefined,
  path: string[],
  before: readonly string[],
  current: string,
  names: Names,
): Promise<Candidate[]> {
  if (!load) return [];
  const { options, passesWords } = await load();
  const all = Object.entries(options as Record<string, OptionDef>); // whichever options it has
  const { given, positionals, awaiting, ended } = read(all, before);
  const type = given.get("type") ?? positionals[0];
  if (awaiting) return valuesOf(path, awaiting, current, { names, type });
  const assigned = ended ? null : /^(--[a-z-]+)=(.*)$/s.exec(current);
  if (assigned) {
    const [, flag = "", value = ""] = assigned;
    const named = all.find(([name]) => flag === `--${name}`);
    const found = named ? await valuesOf(path, named, value, { names, type }) : [];
    return found.map((candidate) => ({ ...candidate, value: `${flag}=${candidate.value}` }));
  }
  if (passesWords && before.length > 0 && current.startsWith("-")) return [];
  if (current.startsWith("-") && !ended) return matching(flagsOf(all, given), current);
  const places = all.filter(([, option]) => option.type === "positional");
  const place = places[positionals.length] ?? (places.at(-1)?.[1].multiple ? places.at(-1) : undefined);
  return place ? valuesOf(path, place, current, { names, isFirst: positionals.length === 0 }) : [];
}

type Named = [name: string, option: OptionDef];

interface Read {
  /** Options by their names, with the value that came last. */
  given: Map<string, string | undefined>;
  positionals: string[];
  /** The option whose value the current word is. */
  awaiting?: Named;
  /** Only arguments follow: there was a `--`. */
  ended: boolean;
}

function read(all: readonly Named[], before: readonly string[]): Read {
  const state: Read = { given: new Map(), positionals: [], ended: false };
  for (const word of before) {
    if (state.awaiting) {
      state.given.set(state.awaiting[0], word);
      delete state.awaiting;
    } else if (word === "--") state.ended = true;
    else if (state.ended || !word.startsWith("-")) state.positionals.push(word);
    else {
      const named = optionOf(all, word);
      if (named) state.given.set(named[0], /=(.*)$/s.exec(word)?.[1]);
      if (named && named[1].type !== "boolean" && !word.includes("=")) state.awaiting = named;
    }
  }
  return state;
}

/** `--work-queue` and `-q`; of letters in one word, `-aq`, the last. */
function optionOf(all: readonly Named[], word: string): Named | undefined {
  const name = word.split("=")[0] ?? "";
  const found = all.find(
    ([long, option]) => name === `--${long}` || aliasesOf(option).some((alias) => name === `-${alias}`),
  );
  return found ?? (/^-\w{2,}$/.test(name) ? optionOf(all, `-${name.at(-1)}`) : undefined);
}

function flagsOf(all: readonly Named[], given: ReadonlyMap<string, unknown>): Candidate[] {
  const open = all.filter(([name, option]) => option.type !== "positional" && (option.multiple || !given.has(name)));
  const flags = open.map(([name, option]) => {
    const value = option.type === "boolean" && option.default === true ? `--no-${name}` : `--${name}`;
    return { value, ...(option.description ? { says: option.description } : {}) };
  });
  return [...flags, HELP];
}

async function valuesOf(
  path: string[],
  [name, option]: Named,
  current: string,
  { names, type, isFirst = false }: { names: Names; type?: string | undefined; isFirst?: boolean },
): Promise<Candidate[]> {
  if (option.choices)
    return matching(
      option.choices.map((value) => ({ value })),
      current,
    );
  const kind = kindOf(path, name, isFirst);
  return kind ? ofKind(kind, current, names, type) : [];
}

async function ofKind(kind: Kind, current: string, names: Names, type?: string): Promise<Candidate[]> {
  if (isAssigned(kind)) return fieldsOf(await names.list(kind, type), current);
  if (kind === "files" || kind === "folders") return [{ value: `:${kind}` }];
  if (kind === "entrypoint") return current.includes(":") ? exportsOf(current, names.cwd) : [{ value: ":files" }];
  const found = await names.list(kind);
  return ANY_CASE.has(kind) ? matchingAnyCase(found, current) : matching(found, current);
}

/** Commands take these words in any case. */
const ANY_CASE: ReadonlySet<Kind> = new Set<Kind>(["state", "state-type"]);

/** Words such as `name=value`. */
function isAssigned(kind: Kind): kind is "block-field" | "parameter" | "flow-parameter" {
  return kind === "block-field" || kind === "parameter" || kind === "flow-parameter";
}

/** Names first; what a field may hold once its `=` is there. */
function fieldsOf(fields: readonly Candidate[], current: string): Candidate[] {
  const isValue = current.includes("=");
  return matching(fields, current).filter(({ value }) => isValue !== value.endsWith("="));
}

const DEFINITIONS = {
  typescript: /^export const ([\w$]+)\s*=\s*flow\b/gm,
  python: /^@(?:\w+\.)?flow\b[\s\S]*?^(?:async )?def (\w+)/gm,
};

/** Read from the text: loading the file would run it. */
function exportsOf(current: string, cwd: string): Candidate[] {
  const file = current.slice(0, current.lastIndexOf(":"));
  const path = resolve(cwd, file);
  if (!existsSync(path)) return [];
  const found = readFileSync(path, "utf8").matchAll(DEFINITIONS[languageOf(file)]);
  return matching(
    [...found].map(([, name]) => ({ value: `${file}:${name}` })),
    current,
  );
}

function matching(candidates: readonly Candidate[], current: string): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(current));
}

function matchingAnyCase(candidates: readonly Candidate[], current: string): Candidate[] {
  return candidates.filter(({ value }) => value.toLowerCase().startsWith(current.toLowerCase()));
}
