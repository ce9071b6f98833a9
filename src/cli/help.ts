// Draws help pages from the declared options, fitted to the terminal.

import { columns } from "./columns.ts";
import type { AnyCommand, Entry, Group, OptionDef } from "./command.ts";
import { aliasesOf } from "./parse.ts";
import { COMMANDS, GROUPS } from "./tree.ts";
import { folded } from "./wrap.ts";

/** Longer lines are hard to read. */
const MOST_COLUMNS = 100;

/** The root page: commands by what people do with them. A test keeps every command in one section. */
export const SECTIONS: [title: string, names: readonly string[]][] = [
  ["START HERE", ["init", "dev", "run", "check", "types"]],
  ["DEPLOYMENTS AND RUNS", ["deployment", "flow", "flow-run", "task-run", "artifact"]],
  ["SERVER AND AGENTS", ["server", "service", "agent", "worker", "work-queue", "work-pool", "concurrency-limit"]],
  ["WHAT FLOWS USE", ["block", "variable", "notification"]],
  ["THIS INSTALLATION", ["config", "profile", "doctor", "version", "completion"]],
];

export function rootHelp(width: number): string {
  const all: Record<string, { description: string }> = { ...COMMANDS, ...GROUPS };
  const longest = Math.max(...Object.keys(all).map((name) => name.length));
  const sections = SECTIONS.map(([title, names]): [string, string] => {
    const rows = names.map((name) => [`  ${name.padEnd(longest)}`, all[name]?.description ?? ""]);
    return [title, listed(rows, width)];
  });
  return page("Prefect 2's deployments system in one file you can copy.", width, [
    ["USAGE", "  orch [-p PROFILE] COMMAND …\n  orch COMMAND --help"],
    ...sections,
    ["EXAMPLES", examplesText(["orch init .", "orch dev", "orch deployment run say-hi/marvin --param name=Ada"])],
  ]);
}

export function groupHelp(name: string, { description, commands }: Group, width: number): string {
  return page(description, width, [
    ["USAGE", `  orch ${name} COMMAND …\n  orch ${name} COMMAND --help`],
    ["COMMANDS", listed(summaries(commands), width)],
  ]);
}

export function commandHelp(path: readonly string[], found: AnyCommand, width: number): string {
  const all = Object.entries(found.options as Record<string, OptionDef>); // whichever options it has
  const places = all.filter(([, option]) => option.type === "positional");
  const named = all.filter(([, option]) => option.type !== "positional");
  const usage = ["orch", ...path, ...(named.length > 0 ? ["[OPTIONS]"] : []), ...places.map(placeText)].join(" ");
  const help: [string, OptionDef] = ["help", { type: "boolean", description: "Show this page." }];
  const options = named.some(([name]) => name === "help") ? named : [...named, help];
  return page(found.description, width, [
    ["USAGE", `  ${usage}`],
    [
      "ARGUMENTS",
      listed(
        places.map(([name, { description }]) => [`  ${name.toUpperCase()}`, description ?? ""]),
        width,
      ),
    ],
    [
      "OPTIONS",
      listed(
        options.map(([name, option]) => [`  ${flagText(name, option)}`, option.description ?? ""]),
        width,
      ),
    ],
    ["EXAMPLES", examplesText(found.examples ?? [])],
  ]);
}

function page(description: string, width: number, sections: readonly (readonly [string, string])[]): string {
  const shown = sections.filter(([, text]) => text !== "");
  const about = folded(description, fitted(width)).join("\n");
  return [about, ...shown.map(([title, text]) => `${title}\n${text}`)].join("\n\n");
}

function listed(rows: readonly (readonly string[])[], width: number): string {
  return rows.length === 0 ? "" : columns([], rows, fitted(width)).toString();
}

function fitted(width: number): number {
  return Math.min(width, MOST_COLUMNS);
}

function summaries(entries: Record<string, Entry>): string[][] {
  return Object.entries(entries).map(([name, { description }]) => [`  ${name}`, description]);
}

function placeText([name, { required, multiple }]: [string, OptionDef]): string {
  const shown = `${name.toUpperCase()}${multiple ? "…" : ""}`;
  return required ? shown : `[${shown}]`;
}

/** `-q, --work-queue TEXT…`; of a switch that is on by default, how it is turned off. */
function flagText(name: string, option: OptionDef): string {
  if (option.type === "boolean" && option.default === true) return `--no-${name}`;
  const flags = [...aliasesOf(option).map((alias) => `-${alias}`), `--${name}`].join(", ");
  return option.type === "boolean" ? flags : `${flags} ${option.multiple ? "TEXT…" : "TEXT"}`;
}

function examplesText(examples: readonly string[]): string {
  return examples.map((line) => `  $ ${line}`).join("\n");
}
