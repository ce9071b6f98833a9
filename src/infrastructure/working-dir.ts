// Finds the folder that a deployment names for its runs to work in.
import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { withUserHome } from "#lib/process/user-home.ts";

/**
 * The absolute path of `given`: relative to the agent's folder, `~` is the home of the agent's user. Throws `invalid` with a
 * sentence when it is no folder that can be entered.
 */
export function openWorkingDir(given: string, machine: Readonly<Record<string, string | undefined>>): string {
  const path = resolve(withUserHome(given, machine));
  const named = path === given ? `'${path}'` : `'${path}' (working_dir: '${given}')`;
  try {
    if (!statSync(path).isDirectory()) {
      throw new OrchError("invalid", `The run cannot work in ${named}: it is not a folder.`);
    }
    accessSync(path, constants.X_OK);
    return path;
  } catch (cause) {
    if (cause instanceof OrchError) throw cause;
    const isDenied = cause instanceof Error && "code" in cause && cause.code === "EACCES";
    const sentence = isDenied
      ? `The run cannot work in ${named}: the agent's user is not permitted to enter it.`
      : `There is no folder ${named} on this machine for the run to work in.`;
    throw new OrchError("invalid", sentence, { cause });
  }
}
