// Python flows of the folder that name their packages: is uv there, which provides those?
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { languageOf } from "#domain/entrypoint.ts";
import { findUv } from "#project/python/script-environment.ts";
import { scriptMetadata } from "#project/python/script-metadata.ts";
import type { Io } from "../kit/command.ts";
import { type Finding, fine, wrong } from "./finding.ts";

/** Doctor may be asked in any folder: a larger one is not looked through to its end. */
const MOST_ENTRIES = 2_000;
const SKIPPED = /^(?:node_modules|venv|env|__pycache__|site-packages|\..*)$/;

/** Prefect is imported, and there is a word of it: a flow is made, as far as a text tells without being run. */
const IMPORT = /^\s*(?:from|import)\s[^#\n]*\bprefect\b/m;
const FLOW = /\bflow\b/;

/** Nothing where no flow asks for it, or where ORCH_PYTHON names a Python for all. */
export function checkUv(python: string | null, { cwd, env }: Pick<Io, "cwd" | "env">): Finding[] {
  const [first, ...others] = python === null ? scripts(cwd) : [];
  if (first === undefined) return [];
  const uv = findUv(env);
  const named = others.length > 0 ? `'${first}' and ${others.length} more name` : `'${first}' names`;
  if (uv !== undefined) return [fine("uv", `'${uv}' provides the packages that ${named}.`)];
  const says = `${named} packages in inline script metadata, which uv provides, and there is no uv.`;
  return [wrong("uv", says, "Install it: https://docs.astral.sh/uv")];
}

/** Paths below the folder. */
function scripts(folder: string): string[] {
  const found: string[] = [];
  const open = [folder];
  let entries = 0;
  for (let place = open.shift(); place !== undefined && entries < MOST_ENTRIES; place = open.shift()) {
    for (const entry of entriesOf(place)) {
      entries += 1;
      const path = join(place, entry.name);
      if (entry.isDirectory() && !SKIPPED.test(entry.name)) open.push(path);
      if (entry.isFile() && languageOf(entry.name) === "python" && namesPackages(path))
        found.push(relative(folder, path));
    }
  }
  return found.toSorted();
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // it may not be read, and flows of it neither
  }
}

/** Where a file asks for a Python alone, the usual one may do. */
function namesPackages(path: string): boolean {
  try {
    const source = readFileSync(path, "utf8");
    const { dependencies = [] } = scriptMetadata(source, path) ?? {};
    return dependencies.length > 0 && IMPORT.test(source) && FLOW.test(source);
  } catch {
    return false; // it may not be read, or has two blocks: runs say so
  }
}
