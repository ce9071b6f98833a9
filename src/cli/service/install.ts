// `orch service install`.
import { shellLine } from "#lib/text/shell-words.ts";
import { command, type Io, UsageError } from "../kit/command.ts";
import { ownCommand } from "../kit/own-command.ts";
import { MOST_PORT, wholeNumber } from "../options/numbers.ts";
import { refuseVainAgent, settingsOfCaller, settingsOfUnit, writeAgentSettings } from "./agent-settings.ts";
import { logCommand, serverOfUnit, startUnit } from "./start-unit.ts";
import {
  AGENT_SETTINGS,
  refuseWithoutManager,
  refuseWithoutSystemd,
  SYSTEM_HOME,
  systemctlCommand,
  UNIT_OPTIONS,
  type UnitName,
  unitName,
  unitOf,
  unitPath,
  unitText,
  writeUnit,
} from "./unit.ts";

export const install = command({
  description: "Start the server or an agent now and whenever the machine starts, by a systemd unit.",
  examples: [
    "orch service install",
    "orch service install --agent test",
    "orch service install --system --user orch",
    "orch service install agent --agent test",
  ],
  options: {
    ...UNIT_OPTIONS,
    user: { type: "string", description: "The user that a unit of the system runs as. Default: who called sudo." },
    host: { type: "string", description: "Address to listen on. Default: ORCH_SERVER_API_HOST, 127.0.0.1." },
    port: { type: "string", description: "Port to listen on. Default: ORCH_SERVER_API_PORT, 4200." },
    agent: {
      type: "string",
      multiple: true,
      description: "A queue to run an agent for, in the process of the server; or of the agent alone.",
    },
    start: { type: "boolean", default: true, description: "Only write the unit; it starts nothing." },
  },
  async run({ options, io, loaded }) {
    refuseWithoutSystemd();
    const unit = unitOf(options);
    const known = unit.isSystem && unit.what === "agent" ? settingsOfCaller(loaded, io.env) : loaded;
    wholeNumber("--port", options.port, 1, MOST_PORT);
    const user = userOf(options, io.env);
    const words = wordsOf(unit, options);
    if (options.start) refuseWithoutManager(io.env, unit);
    const settings = settingsOfUnit(unit, known);
    if (unit.what === "agent") await refuseVainAgent(unit, settings, io.env);
    else if (options.start) {
      const { refuseOpenAddress } = await import("#server/serve.ts");
      refuseOpenAddress(settings, { host: options.host ?? settings.ORCH_SERVER_API_HOST });
    }
    const path = unitPath(io.env, unit);
    const kept = unit.isSystem && unit.what === "agent" ? writeAgentSettings(known.settings) : [];
    if (kept.length > 0) io.out(`Wrote ${AGENT_SETTINGS}, which root alone reads: ${kept.join(" and ")}`);
    writeUnit(path, unitText({ unit, words, user, loaded }));
    io.out(`Wrote ${path}`);
    if (user !== undefined) for (const line of settingLines(unit, user, options.start)) io.out(line);
    const enable = `${systemctlCommand(unit)} enable --now ${unitName(unit)}`;
    if (!options.start) return io.out(`Start it: ${enable}`);
    startUnit(unit, enable, io);
    const at = unit.what === "server" ? ` at ${await serverOfUnit(unit, settings.ORCH_HOME, io)}` : "";
    const when = unit.isSystem ? "the machine" : "your session";
    io.out(io.paint.good(`The ${unit.what} is running${at}, and starts again with ${when}.`));
    if (!unit.isSystem) io.out("  Also before you log in: loginctl enable-linger");
    io.out(`  Its log: ${logCommand(unit)}`);
  },
});

/** How to change the settings of a unit of the system. Its home is made by systemd, when the unit is started first. */
export function settingLines(unit: UnitName, user: string, isStarted: boolean, own = ownCommand()): string[] {
  const set = ["sudo", "-u", user, `ORCH_HOME=${SYSTEM_HOME}`, ...own, "config", "set", "NAME=VALUE"];
  const make = ["sudo", "install", "-d", "-o", user, "-m", "700", SYSTEM_HOME];
  return [
    `  Its home is ${SYSTEM_HOME}, with other settings than yours. To change one:`,
    ...(isStarted ? [] : [`    ${shellLine(make)}`]),
    `    ${shellLine(set)}`,
    ...(isStarted ? [`    sudo ${systemctlCommand(unit)} restart ${unitName(unit)}`] : []),
  ];
}

/** What follows `start`. Throws a usage error for options of the other kind. */
function wordsOf(
  { what }: UnitName,
  options: { host?: string | undefined; port?: string | undefined; agent: string[] },
): string[] {
  if (what === "server") {
    return [
      ...(options.host === undefined ? [] : ["--host", options.host]),
      ...(options.port === undefined ? [] : ["--port", options.port]),
      ...options.agent.flatMap((queue) => ["--agent", queue]),
    ];
  }
  if (options.host !== undefined || options.port !== undefined) {
    throw new UsageError("An agent listens on no address: leave out --host and --port.");
  }
  if (options.agent.length === 0) throw new UsageError("An agent needs a queue: name it with --agent QUEUE.");
  return options.agent.flatMap((queue) => ["-q", queue]);
}

/** Throws a usage error where a unit of the system has no user, or one of a user has one. */
function userOf({ system, user }: { system: boolean; user?: string | undefined }, env: Io["env"]): string | undefined {
  if (!system) {
    if (user !== undefined) throw new UsageError("Option '--user' is for a unit of the system: add --system.");
    return undefined;
  }
  const named = user ?? env["SUDO_USER"];
  if (!named) throw new UsageError("A unit of the system needs a user to run as: name it with --user NAME.");
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/.test(named)) throw new UsageError(`'${named}' is no name of a user.`);
  return named;
}
