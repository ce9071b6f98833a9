// Makes user code in this process, its worker threads and its scripts load as Bun loads it, with "orch" in reach.
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { newId } from "#lib/ids.ts";
import { runScriptsAsBun } from "#project/loading/scripts.ts";
import { IS_COMPILED, preloadInThreads } from "#project/loading/threads.ts";
import type { Host } from "#sdk/host.ts";
import { registerSdk } from "#sdk/register.ts";
import { loadSettings } from "#settings/load.ts";
import { moduleVersion, writeScriptModule } from "./types/module-files.ts";

/** Call it before the first user file loads. From source, threads and scripts do without "orch". */
export function registerUserCode(host?: Host): void {
  registerSdk(host);
  if (!IS_COMPILED) return;
  preloadInThreads(join(import.meta.dir, "cli/thread.js"));
  runScriptsAsBun(scriptPreload);
}

/**
 * What scripts load first. It lies in the home, written by the first script of a release; null where nothing can be
 * written: scripts then do without "orch".
 */
export function scriptPreload(): string | null {
  try {
    const lib = join(loadSettings(process.env).settings.ORCH_HOME, "lib");
    const folder = join(lib, moduleVersion());
    const preload = join(folder, "child.js");
    if (existsSync(preload)) return preload;
    const draft = join(lib, `.draft-${newId()}`);
    mkdirSync(draft, { recursive: true });
    writeScriptModule(draft);
    try {
      renameSync(draft, folder);
    } catch {
      rmSync(draft, { recursive: true, force: true }); // another process was first
    }
    return existsSync(preload) ? preload : null;
  } catch {
    return null;
  }
}
