// Finds the command, parses its options, runs it, and turns what goes wrong into a sentence and an exit code.
import { messageOf, OrchError } from "#lib/errors.ts";
import { homeOf, loadSettings } from "#settings/load.ts";
import {
  type AnyCommand,
  type Command,
  type Group,
  type Io,
  type OptionDef,
  UnexpectedArgument,
  UsageError,
} from "./kit/command.ts";
import { commandNamed, commandsUnder, groupCalled } from "./kit/named-command.ts";
import { type Parsed, parseOptions } from "./kit/parse.ts";
import { COMMANDS, GROUPS, HIDDEN } from "./tree.ts";

const EXIT_USAGE = 2;

/** Runs `orch …words`; gives the exit code. */
export async function run(words: string[], io: Io): Promise<number> {
  try {
    const code = await dispatch(words, io);
    if (!io.hasLostOutput()) return code;
    io.err(io.paint.bad("Not all of the output could be written: the disk may be full."));
    return code || 1;
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`${io.paint.bad(error.message)} Try 'orch ${[...helpPath(words), "--help"].join(" ")}'.`);
      return EXIT_USAGE;
    }
    const { homeFault } = await import("./kit/home-fault.ts");
    const ofHome = homeFault(error, homeOf(io.env));
    if (error instanceof OrchError) {
      io.err(io.paint.bad(ofHome ?? `${error.message}${await commandInstead(error, words)}`));
      return error.exitCode;
    }
    const { systemFault } = await import("#lib/files/system-fault.ts");
    const known = ofHome ?? systemFault(error);
    io.err(io.paint.bad(known ?? `Something unexpected went wrong: ${messageOf(error)}`));
    if (io.env["ORCH_DEBUG"] && error instanceof Error) io.err(error.stack ?? "");
    return 1;
  }
}

/** `orch -p NAME …`: the profile for this one command. */
const PROFILE = /^(?:-p|--profile)(?:=(.*))?$/s;

async function dispatch(words: string[], io: Io): Promise<number> {
  const [first = "--help", ...rest] = words;
  const [asked, named] = PROFILE.exec(first) ?? [];
  if (asked !== undefined) {
    const name = named ?? rest.shift();
    if (!name) throw new UsageError(`Option '${asked}' needs the name of a profile.`);
    return dispatch(rest, { ...io, env: { ...io.env, ORCH_PROFILE: name } });
  }
  const load = own(COMMANDS, first) ?? own(HIDDEN, first);
  if (load) return invoke(await load(), [first], rest, io);
  const name = groupCalled(first, GROUPS);
  const group = name === undefined ? undefined : own(GROUPS, name);
  if (group && name !== undefined) return dispatchGroup(group, name, rest, io);
  if (first === "help" && rest.length > 0) return dispatch([...rest, "--help"], io);
  if (first === "--help" || first === "-h" || first === "help")
    return printHelp((help) => help.rootHelp(io.columns), io);
  const { adviceFor, meantAtRoot } = await import("./kit/meant-command.ts");
  const advice = adviceFor(first, "", Object.keys(COMMANDS));
  if (advice !== undefined) throw new UsageError(`No such command: '${first}'. ${advice}`);
  throw unknown("command", first, meantAtRoot(words, Object.keys(COMMANDS), GROUPS), "orch");
}

async function dispatchGroup(group: Group, name: string, words: string[], io: Io): Promise<number> {
  const [first, ...rest] = words;
  if (first === undefined ? !group.fallback : first === "--help" || first === "-h") {
    const only = group.fallback === undefined ? undefined : group.commands[group.fallback];
    if (only && first !== undefined) return invoke(await only(), [name, group.fallback ?? ""], ["--help"], io);
    return printHelp((help) => help.groupHelp(name, group, io.columns), io);
  }
  const meantByName = commandNamed(group, words);
  if (meantByName) return invoke(await meantByName.load(), [name, ...meantByName.name], meantByName.rest, io);
  const under = first === undefined ? undefined : commandsUnder(group, first);
  if (under && first !== undefined) {
    return dispatchGroup({ description: group.description, commands: under }, `${name} ${first}`, rest, io);
  }
  const fallback = group.fallback;
  if (fallback && (first === undefined || first.startsWith("-"))) {
    const meant = group.commands[fallback];
    if (meant) return invoke(await meant(), [name, fallback], words, io);
  }
  if (first === "help") return dispatchGroup(group, name, [...rest, "--help"], io);
  const { adviceFor, meantOf } = await import("./kit/meant-command.ts");
  const [what, word] = [`command of 'orch ${name}'`, first ?? ""];
  const names = Object.keys(group.commands);
  const advice = adviceFor(word, name, names);
  if (advice !== undefined) throw new UsageError(`No such ${what}: '${word}'. ${advice}`);
  throw unknown(what, word, meantOf(word, names, name, GROUPS));
}

async function invoke(found: AnyCommand, path: string[], words: string[], io: Io): Promise<number> {
  const ours = found.passesWords ? words.slice(0, 1) : words;
  if (ours.includes("--help") || (ours.includes("-h") && !("help" in found.options))) {
    return printHelp((help) => help.commandHelp(path, found, io.columns), io);
  }
  const options = await parseOptions(found, words).catch((error) => refuseWith(error, path));
  await refuseCommandsAsNames(found, options, path, io);
  await noteZone(path, io);
  const loaded = loadSettings(io.env, { mending: found.mendsSettings ?? false });
  const runnable = found as Command; // its own options were just parsed for it
  const wide = options["wide"] === true ? { ...io, columns: (await import("./terminal/layout.ts")).NO_LIMIT } : io;
  return (await runnable.run({ options: options as never, io: wide, loaded })) ?? 0;
}

/** `orch init stop`: the name of a new folder may be the command that was meant. */
async function refuseCommandsAsNames({ options }: AnyCommand, given: Parsed, path: string[], io: Io): Promise<void> {
  for (const [name, { makes }] of Object.entries(options as Record<string, OptionDef>)) {
    const word = given[name];
    if (makes === undefined || typeof word !== "string") continue;
    const { refuseCommandAsName } = await import("./kit/command-as-name.ts");
    const place = { cwd: io.cwd, what: makes, command: path.join(" ") };
    refuseCommandAsName(word, { ...place, commands: Object.keys(COMMANDS), groups: GROUPS });
  }
}

/** `orch server start stop`: the word that is too many may be the command that was meant. */
async function refuseWith(error: unknown, [group = ""]: string[]): Promise<never> {
  if (!(error instanceof UnexpectedArgument)) throw error;
  throw new UsageError(`${error.message}${await commandMeantIn(group, error.word)}`);
}

/** `orch deployment run ls`: a name that names nothing may be the command that was meant. */
async function commandInstead({ code, message }: OrchError, words: readonly string[]): Promise<string> {
  const [first = "", ...rest] = words;
  // What is to be confirmed was found by its name.
  const hasHint = (code !== "invalid" && code !== "not_found") || /Did you mean|add --yes/.test(message);
  const word = rest.find((one) => message.includes(`'${one}'`) || message.includes(`/${one}'`));
  if (hasHint || word === undefined) return "";
  const hint = await commandMeantIn(first === "run" ? "flow-run" : (groupCalled(first, GROUPS) ?? first), word);
  return hint === "" || /[.!?]$/.test(message) ? hint : `.${hint}`;
}

async function commandMeantIn(group: string, word: string): Promise<string> {
  const { commandMeant } = await import("./kit/meant-command.ts");
  return commandMeant(word, group, Object.keys(own(GROUPS, group)?.commands ?? {}));
}

/** Not for a run's process, which has what its agent has, nor for `doctor`, which has a line for it. */
async function noteZone([name = ""]: string[], { env, err, paint }: Io): Promise<void> {
  const zone = env["TZ"];
  if (!zone || name === "doctor" || Object.hasOwn(HIDDEN, name)) return;
  const { oddZone } = await import("./options/odd-zone.ts");
  const sentence = oddZone(zone);
  if (sentence !== undefined) err(paint.warn(sentence));
}

async function printHelp(page: (help: typeof import("./help.ts")) => Promise<string>, io: Io): Promise<number> {
  const text = await page(await import("./help.ts"));
  const { ours } = await import("./terminal/layout.ts");
  io.out(ours(text.replace(/ +$/gm, "")));
  return 0;
}

/** Not `table[word]`: `constructor` is no command. */
function own<T>(table: Record<string, T>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** `meant` is the likeliest; `program` stands before it where it is more than a word. */
function unknown(what: string, word: string, meant: string | undefined, program?: string): UsageError {
  const shown = meant !== undefined && program !== undefined && meant.includes(" ") ? `${program} ${meant}` : meant;
  return new UsageError(`No such ${what}: '${word}'.${shown === undefined ? "" : ` Did you mean '${shown}'?`}`);
}

/** The part of the words that names a command or a group. */
function helpPath([first, ...more]: string[]): string[] {
  if (first === undefined) return [];
  const group = own(GROUPS, first);
  if (!group && !own(COMMANDS, first)) return [];
  const named = group && commandNamed(group, more);
  if (named) return [first, ...named.name];
  const [second = ""] = more;
  return group && commandsUnder(group, second) ? [first, second] : [first];
}
