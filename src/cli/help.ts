// Help pages: citty lists commands and options from their declarations; here they are put in sections and fitted to the terminal.
import { type ArgsDef, type CommandDef, renderUsage } from "citty";
import type { AnyCommand, Group, OptionDef } from "./kit/command.ts";
import { aliasesOf } from "./kit/parse.ts";
import { summariesOf } from "./summaries.ts";
import { columns } from "./terminal/columns.ts";
import { folded } from "./terminal/wrap.ts";
import { COMMANDS, GROUPS } from "./tree.ts";

/** Longer lines are hard to read. */
const MOST_COLUMNS = 100;

/** The root page: commands by what people do with them. A test keeps every command in one section. */
export const SECTIONS: [title: string, names: readonly string[]][] = [
  ["START HERE", ["init", "dev", "run", "python", "check", "types"]],
  ["DEPLOYMENTS AND RUNS", ["deployment", "flow", "flow-run", "task-run", "artifact"]],
  ["SERVER AND AGENTS", ["server", "service", "agent", "worker", "work-queue", "work-pool", "concurrency-limit"]],
  ["WHAT FLOWS USE", ["block", "variable", "notification"]],
  ["THIS INSTALLATION", ["config", "profile", "doctor", "adopt", "version", "licenses", "completion"]],
];

const ROOT_OPTIONS = [
  ["  -p, --profile NAME", "The profile of this one command."],
  ["  --help", "Show this page."],
];

export async function rootHelp(width: number): Promise<string> {
  const all = await listedBy({ subCommands: listOf({ ...(await summariesOf(COMMANDS)), ...GROUPS }) }, "COMMANDS");
  const longest = Math.max(...all.map(([name]) => name.length));
  const sections = SECTIONS.map(([title, names]): [string, string] => {
    const rows = names.flatMap((name) => all.filter(([label]) => label.trim() === name));
    return [
      title,
      listed(
        rows.map(([name, about]) => [name.padEnd(longest), about]),
        width,
      ),
    ];
  });
  return page("Prefect 2's deployments system in one file you can copy.", width, [
    ["USAGE", "  orch [-p PROFILE] COMMAND …\n  orch COMMAND --help"],
    ...sections,
    ["OPTIONS", listed(ROOT_OPTIONS, width)],
    [
      "EXAMPLES",
      examplesText(["orch init .", "orch dev", "orch deployment run say-hi/marvin --param name=Ada"], width),
    ],
  ]);
}

export async function groupHelp(name: string, { description, commands }: Group, width: number): Promise<string> {
  const rows = await listedBy({ subCommands: listOf(await summariesOf(commands, name)) }, "COMMANDS");
  return page(description, width, [
    ["USAGE", `  orch ${name} COMMAND …\n  orch ${name} COMMAND --help`],
    ["COMMANDS", listed(rows, width)],
  ]);
}

export async function commandHelp(path: readonly string[], found: AnyCommand, width: number): Promise<string> {
  const all = Object.entries(found.options as Record<string, OptionDef>); // whichever options it has
  const places = all.filter(([, option]) => option.type === "positional");
  const named = all.filter(([, option]) => option.type !== "positional");
  const usage = ["orch", ...path, ...(named.length > 0 ? ["[OPTIONS]"] : []), ...places.map(placeText)].join(" ");
  const args = argsOf([...all.filter(([name]) => name !== "help"), HELP]);
  return page(found.description, width, [
    ["USAGE", `  ${usage}`],
    ["ARGUMENTS", listed(await listedBy({ args }, "ARGUMENTS"), width)],
    ["OPTIONS", listed(await listedBy({ args }, "OPTIONS"), width)],
    ["EXAMPLES", examplesText(found.examples ?? [], width)],
  ]);
}

const HELP: [string, OptionDef] = ["help", { type: "boolean", description: "Show this page." }];

/** What the value of an option is, by the option's name; all else is a text. */
const VALUES: Readonly<Record<string, string>> = {
  ...{ limit: "N", offset: "N", count: "N", hours: "N", "num-logs": "N", "keep-alive-timeout": "N" },
  ...{ "prefetch-seconds": "N", port: "PORT", host: "ADDRESS", api: "URL", user: "USER", "log-level": "LEVEL" },
  ...{ pool: "POOL", "work-queue": "QUEUE", agent: "QUEUE", match: "PREFIX", tag: "TAG", id: "ID", name: "NAME" },
  ...{ state: "STATE", "state-type": "TYPE", type: "TYPE", infra: "TYPE", "flow-name": "FLOW", "flow-run": "RUN" },
  ...{ deployment: "DEPLOYMENT", param: "NAME=VALUE", override: "NAME=VALUE", field: "NAME=VALUE", params: "JSON" },
  ...{ "infra-block": "BLOCK", "storage-block": "BLOCK", block: "BLOCK", path: "PATH", module: "MODULE" },
  ...{ output: "FILE", file: "FILE", manifest: "FILE", "api-key": "FILE", "idempotency-key": "KEY" },
  ...{ cron: "CRON", interval: "TIME", "anchor-date": "DATE", rrule: "RULE", timezone: "ZONE", "day-or": "BOOL" },
  ...{ overlap: "POLICY", catchup: "POLICY", since: "TIME", "start-in": "TIME", "start-at": "TIME" },
};

/** For citty's list alone: a switch that is on by default is shown as the option that turns it off. */
function argsOf(options: readonly [string, OptionDef][]): ArgsDef {
  const shown = options.map(([name, option]) => {
    const { type, description = "", multiple } = option;
    const isOff = type === "boolean" && option.default === true;
    const hint = type === "string" ? { valueHint: `${VALUES[name] ?? "TEXT"}${multiple ? "…" : ""}` } : {};
    const alias = isOff ? [] : aliasesOf(option);
    return [
      isOff ? `no-${name}` : name,
      { type, description, ...hint, ...(type === "positional" ? {} : { alias }), required: false },
    ];
  });
  return Object.fromEntries(shown);
}

type Row = [label: string, description: string];

/** The rows of one section of citty's page, without its colours: `  -q, --work-queue TEXT…` and what it is. */
async function listedBy(definition: CommandDef, title: string): Promise<Row[]> {
  const lines = Bun.stripANSI(await renderUsage({ meta: { name: "orch", description: "" }, ...definition })).split(
    "\n",
  );
  const from = lines.indexOf(title) + 2; // its title and an empty line
  if (from < 2) return [];
  const end = lines.indexOf("", from);
  return lines.slice(from, end < 0 ? undefined : end).map((line): Row => {
    const [, label = "", description = ""] = /^ *(\S.*?)(?: {2,}(.*))?$/.exec(line) ?? [];
    return [`  ${label.replace(/=<(.*)>$/, " $1")}`, description.trim()];
  });
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

function listOf(entries: Record<string, { description: string }>): Record<string, CommandDef> {
  return Object.fromEntries(
    Object.entries(entries).map(([name, { description }]) => [name, { meta: { name, description } }]),
  );
}

function placeText([name, { required, multiple }]: [string, OptionDef]): string {
  const shown = `${name.toUpperCase()}${multiple ? "…" : ""}`;
  return required ? shown : `[${shown}]`;
}

/** A long command goes on in the next line as a shell reads it, so that it can be copied. */
function examplesText(examples: readonly string[], width: number): string {
  return examples.map((line) => `  $ ${continuedLine(line, width - 6)}`).join("\n");
}

/** Breaks at spaces, but not inside of quotes, nor between an option and its value. */
function continuedLine(line: string, width: number): string {
  const words = line.match(/(?:--?[a-z][a-z-]* (?!-))?(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const lines = [""];
  for (const word of words) {
    const last = lines.at(-1) ?? "";
    if (last !== "" && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.join(" \\\n      ");
}
