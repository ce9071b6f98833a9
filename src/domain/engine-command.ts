// Turns a deployment's entrypoint into the command line of its engine, and reads the command lines that name the engine.
import { type Json, textOfJson } from "#lib/json.ts";
import { type Language, languageAt } from "./entrypoint.ts";

/** As another agent could run it too; orch's own puts its executable in the place of the first word. */
const ENGINES: Readonly<Record<Language, readonly string[]>> = {
  typescript: ["orch", "engine"],
  python: ["python", "-m", "prefect.engine"],
};
/** How deployment files name the engine; `null` and an empty list mean the same. */
const NAMES = new Set(["", ...Object.values(ENGINES).map((words) => words.join(" "))]);

/** What deployment files say. */
export function engineCommand(entrypoint: string): string[] {
  return [...ENGINES[languageAt(entrypoint)]];
}

/** What is started for a run; `null` for the engine of this executable, whichever way the deployment names it. */
export function commandOf(command: Json | undefined, entrypoint: string | null): string[] | null {
  const words = Array.isArray(command) ? command.map(textOfJson) : [];
  if (!NAMES.has(words.join(" "))) return words;
  return languageAt(entrypoint) === "python" ? [...ENGINES.python] : null;
}
