// Chooses the Python that a flow is read and run by.
import { existsSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { OrchError } from "#lib/errors.ts";

export interface Interpreter {
  /** Absolute path. */
  path: string;
  /** Why it was chosen, for people: `ORCH_PYTHON`, `.venv`. */
  reason: string;
  /** It belongs to an environment of this folder or shell, which an agent would not find. */
  isOfProject: boolean;
}

export interface InterpreterOptions {
  /** The setting ORCH_PYTHON: a path or the name of a program. */
  setting: string | null;
  /** The folder of the project. */
  folder: string;
  env: Readonly<Record<string, string | undefined>>;
  /** The first word of the block's command, where it is an interpreter that the user has chosen. */
  command?: string | null;
}

const ENVIRONMENTS = [".venv", "venv"];
const NAMES = ["python3", "python"];
const IS_WINDOWS = process.platform === "win32";

/**
 * ORCH_PYTHON, the block's command, the active environment (VIRTUAL_ENV), a `.venv` of the folder or of one above it, then
 * python3 of the PATH. Throws `invalid` with a sentence when there is none, or when the one that was named is not there.
 */
export function findInterpreter({ setting, folder, env, command = null }: InterpreterOptions): Interpreter {
  if (setting) return named(setting, "ORCH_PYTHON", folder, env);
  if (command) return named(command, "the command of its infrastructure", folder, env);
  const active = env["VIRTUAL_ENV"];
  const ofActive = active ? programIn(active) : undefined;
  if (ofActive) return { path: ofActive, reason: "the active environment", isOfProject: true };
  const own = environmentAbove(resolve(folder));
  if (own) return own;
  for (const name of NAMES) {
    const path = onPath(name, env);
    if (path) return { path, reason: `${name} of the PATH`, isOfProject: false };
  }
  const advice = "Install Python 3.8 or newer, or name one: orch config set ORCH_PYTHON=/path/to/python3";
  throw new OrchError("invalid", `There is no python3 on this machine's PATH, and this is a Python flow. ${advice}`);
}

function named(given: string, by: string, folder: string, env: InterpreterOptions["env"]): Interpreter {
  const isPath = /[/\\]/.test(given);
  const home = env["HOME"];
  const expanded = home === undefined ? given : given.replace(/^~(?=\/)/, home);
  const path = isPath ? resolve(folder, expanded) : onPath(given, env);
  if (path !== undefined && existsSync(path)) return { path, reason: by, isOfProject: false };
  const where = isPath ? `there is no file '${path}'` : `there is no program '${given}' on the PATH`;
  throw new OrchError("invalid", `The Python that ${by} names cannot be used: ${where}.`);
}

/** A project's environment may lie above the folder of its flows. */
function environmentAbove(folder: string): Interpreter | undefined {
  for (let place = folder, last = ""; place !== last; last = place, place = dirname(place)) {
    for (const name of ENVIRONMENTS) {
      const path = existsSync(join(place, name, "pyvenv.cfg")) ? programIn(join(place, name)) : undefined;
      if (path) return { path, reason: `'${name}' of the folder`, isOfProject: true };
    }
  }
  return undefined;
}

function programIn(environment: string): string | undefined {
  const path = IS_WINDOWS ? join(environment, "Scripts", "python.exe") : join(environment, "bin", "python");
  return existsSync(path) ? path : undefined;
}

function onPath(name: string, env: InterpreterOptions["env"]): string | undefined {
  return Bun.which(name, { PATH: env["PATH"] ?? ["/usr/local/bin", "/usr/bin", "/bin"].join(delimiter) }) ?? undefined;
}
