// Turns a deployment's entrypoint into the command line of its engine, and reads the command lines that name the engine.
import { type Json, textOfJson } from "#lib/json.ts";
import { type Language, languageAt } from "./entrypoint.ts";

/** As another agent could run it too; orch's own puts its executable in the place of the first word. */
const ENGINES: Readonly<Record<Language, readonly string[]>> = {
  typescript: ["orch", "engine"],
  python: ["python", "-m", "prefect.engine"],
};
const PYTHON_ENGINE = ENGINES.python.slice(1).join(" ");
/** How deployment files name the engine; `null` and an empty list mean the same. */
const NAMES = new Set(["", ...Object.values(ENGINES).map((words) => words.join(" "))]);

/** What deployment files say. `python`: the interpreter of the flow's own environment. */
export function engineCommand(entrypoint: string, python?: string): string[] {
  const [program = "", ...words] = ENGINES[languageAt(entrypoint)];
  return [python ?? program, ...words];
}

/** Holds the interpreter that a deployment's command names, in the environment of a run of a Python flow. */
export const PYTHON_VARIABLE = "ORCH__PYTHON";

/** What is started for a run in a container; `null` for the engine of orch, whichever way the deployment names it. */
export function commandOf(command: Json | undefined, entrypoint: string | null): string[] | null {
  const words = Array.isArray(command) ? command.map(textOfJson) : [];
  if (!NAMES.has(words.join(" "))) return words;
  return languageAt(entrypoint) === "python" ? [...ENGINES.python] : null;
}

export interface ProcessCommand {
  /** `null` for the engine of this executable, whichever way the deployment names it. */
  command: string[] | null;
  /** The interpreter that the deployment has chosen for its Python flow. */
  python?: string;
}

/** What is started for a run on this machine. Runs of Python flows start in the engine too, which fetches their code. */
export function processCommand(command: Json | undefined, entrypoint: string | null): ProcessCommand {
  const words = Array.isArray(command) ? command.map(textOfJson) : [];
  if (NAMES.has(words.join(" "))) return { command: null };
  const [python = "", ...rest] = words;
  const isChosen = languageAt(entrypoint) === "python" && rest.join(" ") === PYTHON_ENGINE;
  return isChosen ? { command: null, python } : { command: words };
}
