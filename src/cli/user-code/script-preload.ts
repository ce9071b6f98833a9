// Where scripts that user code starts find the module "orch".
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeEntriesPrivate, PRIVATE_FOLDER } from "#lib/files/private.ts";
import { newId } from "#lib/ids.ts";
import { loadSettings } from "#settings/load.ts";
import { moduleVersion, writeScriptModule } from "../types/module-files.ts";

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
    mkdirSync(draft, { recursive: true, mode: PRIVATE_FOLDER });
    writeScriptModule(draft);
    makeEntriesPrivate(draft);
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
