// Finds the home folder of this process's user, also where HOME is not set: under `env -i`, in services, in containers.
import type { Environment } from "./environment.ts";

/** HOME, else what the machine's user database says; `/` for a user that it does not know. A HOME that is empty counts as unset. */
export function userHome(env: Environment = process.env): string {
  return env["HOME"] || env["USERPROFILE"] || ofUserDatabase();
}

/** `~` and `~/…` as paths of the user's home; others stay as they are. */
export function withUserHome(path: string, env?: Environment): string {
  return /^~(?=$|[/\\])/.test(path) ? userHome(env) + path.slice(1) : path;
}

function ofUserDatabase(): string {
  try {
    return process.getBuiltinModule("node:os").homedir() || "/"; // seldom needed, so not imported
  } catch {
    return "/"; // a user id without a name, as containers may be started with
  }
}
