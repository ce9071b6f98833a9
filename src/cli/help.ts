// Help pages, printed by citty from the declared options.
import { type CommandDef, renderUsage } from "citty";
import type { AnyCommand, Entry, Group } from "./command.ts";
import { COMMANDS, GROUPS } from "./tree.ts";

export function commandHelp(path: string[], { description, options, examples }: AnyCommand): Promise<string> {
  const definition: CommandDef = { meta: { name: ["orch", ...path].join(" "), description }, args: options };
  return withExamples(definition, examples);
}

export function groupHelp(name: string, { description, commands }: Group): Promise<string> {
  return withExamples({ meta: { name: `orch ${name}`, description }, subCommands: summaries(commands) }, undefined);
}

export function rootHelp(): Promise<string> {
  const groups = Object.fromEntries(
    Object.entries(GROUPS).map(([name, { description }]) => [name, { meta: { name, description } }]),
  );
  const definition: CommandDef = {
    meta: { name: "orch", description: "Prefect 2's deployments system in one file you can copy." },
    subCommands: { ...summaries(COMMANDS), ...groups },
  };
  return withExamples(definition, ["orch init .", "orch dev", "orch deployment run say-hi/marvin --param name=Ada"]);
}

function summaries(entries: Record<string, Entry>): Record<string, CommandDef> {
  return Object.fromEntries(
    Object.entries(entries).map(([name, { description }]) => [name, { meta: { name, description } }]),
  );
}

async function withExamples(definition: CommandDef, examples: readonly string[] | undefined): Promise<string> {
  const page = await renderUsage(definition);
  return examples ? `${page}\n\nEXAMPLES\n\n${examples.map((line) => `  $ ${line}`).join("\n")}` : page;
}
