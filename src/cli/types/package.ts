// `node_modules/orch`: the module "orch" for programs that look there, `bun FILE` above all. Editors find its types there
// too.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { writeWhole } from "#lib/files/fsync.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import { writeModule } from "./module-files.ts";

/** Throws `invalid` when another package of that name is there. */
export function writePackage(folder: string, types: string): void {
  const target = join(folder, "node_modules/orch");
  const before = refuseForeign(target);
  const description = "Written by 'orch types': the module of the orch executable, for bun and for editors.";
  writeModule(target, before ?? { description, types: "index.d.ts" });
  writeWhole(join(target, "index.d.ts"), asModule(types));
}

/** The fields to keep: of npm's package, which starts the executable. Undefined for what 'orch types' wrote. */
function refuseForeign(target: string): Record<string, unknown> | undefined {
  const path = join(target, "package.json");
  if (!existsSync(path)) return undefined;
  const about = tryParseJson(readFileSync(path, "utf8"));
  if (!isObject(about) || !isObject(about["orch"])) {
    throw new OrchError("invalid", `'${target}' is another package of that name: uninstall it first.`);
  }
  if (!about["orch"]["launcher"]) return undefined;
  const { type: _, main: __, ...kept } = about;
  return { ...kept, orch: { ...about["orch"], executable: process.execPath } };
}

/** `declare module "orch" { … }` to the file of a module: the same without its frame. */
export function asModule(types: string): string {
  const lines = types.trimEnd().split("\n");
  const start = lines.indexOf('declare module "orch" {');
  const body = lines.slice(start + 1, -1).map((line) => line.replace(/^ {2}/, ""));
  return `${[...lines.slice(0, start), ...body, "export {};"].join("\n")}\n`;
}
