// `node_modules/orch`: the module "orch" for programs that look there, `bun FILE` above all. Editors find its types there
// too.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import checker from "../../../dist/assets/checker.asset" with { type: "file" };
import bundle from "../../../dist/assets/module.asset" with { type: "file" };
import parser from "../../../dist/assets/parser.asset" with { type: "file" };
import { version } from "../../../package.json";

/** Throws `invalid` when another package of that name is there. */
export async function writePackage(folder: string, types: string): Promise<void> {
  const target = join(folder, "node_modules/orch");
  refuseForeign(target);
  const about = {
    name: "orch",
    version,
    description: "Written by 'orch types': the module of the orch executable, for bun and for editors.",
    type: "module",
    main: "index.js",
    types: "index.d.ts",
    orch: { executable: process.execPath },
  };
  try {
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, "index.js"), await Bun.file(bundle).text());
    writeFileSync(join(target, "parser.asset"), await Bun.file(parser).text());
    writeFileSync(join(target, "checker.asset"), await Bun.file(checker).bytes());
    writeFileSync(join(target, "index.d.ts"), asModule(types));
    writeFileSync(join(target, "package.json"), `${JSON.stringify(about, null, 2)}\n`);
  } catch (error) {
    throw new OrchError("invalid", `'${target}' cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

function refuseForeign(target: string): void {
  const path = join(target, "package.json");
  if (!existsSync(path)) return;
  const about = tryParseJson(readFileSync(path, "utf8"));
  if (isObject(about) && isObject(about["orch"])) return;
  throw new OrchError("invalid", `'${target}' is another package of that name: uninstall it first.`);
}

/** `declare module "orch" { … }` to the file of a module: the same without its frame. */
export function asModule(types: string): string {
  const lines = types.trimEnd().split("\n");
  const start = lines.indexOf('declare module "orch" {');
  const body = lines.slice(start + 1, -1).map((line) => line.replace(/^ {2}/, ""));
  return `${[...lines.slice(0, start), ...body, "export {};"].join("\n")}\n`;
}
