// Makes user code in this process, its worker threads and its scripts load as Bun loads it, with "orch" in reach.
import { join } from "node:path";
import { runScriptsAsBun } from "#project/loading/scripts.ts";
import { IS_COMPILED, preloadInThreads } from "#project/loading/threads.ts";
import type { Host } from "#sdk/host.ts";
import { registerSdk } from "#sdk/register.ts";

/** Call it before the first user file loads. From source, threads and scripts do without "orch". */
export function registerUserCode(host?: Host): void {
  registerSdk(host);
  if (!IS_COMPILED) return;
  preloadInThreads(join(import.meta.dir, "cli/user-code/thread.js"));
  runScriptsAsBun(scriptPreload);
}

/** Loaded when the first script starts. A start of a process is synchronous, so this is no `import()`. */
function scriptPreload(): string | null {
  const { scriptPreload: prepared }: typeof import("./script-preload.ts") = require("./script-preload.ts");
  return prepared();
}
