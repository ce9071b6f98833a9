// Makes this process Bun where a shell of user code started the executable with a script.
import { asBun, isScript } from "#project/loading/scripts.ts";
import { scriptPreload } from "./script-preload.ts";

/** Does not return for a script. For commands of orch, and where a process cannot be replaced, it does nothing. */
export function becomeBunForScripts(words: readonly string[]): void {
  if (!isScript(words)) return;
  const bun = asBun(words, process.env, scriptPreload());
  process.execve?.(process.execPath, [process.execPath, ...bun.words], bun.env);
}
