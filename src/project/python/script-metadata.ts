// Reads the inline script metadata (PEP 723) of a Python file: the comment block that names its packages and its Python.
import { isAbsolute } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { isObject } from "#lib/json.ts";

export interface ScriptMetadata {
  /** The block as it is in the file, from its first to its last line. */
  block: string;
  dependencies: readonly string[];
  /** As `>=3.11`. */
  requiresPython: string | null;
  /** Paths of its packages that are relative to the file (`[tool.uv.sources]`). */
  relativeSources: readonly string[];
}

/** The last `# ///` of the comment lines that follow closes it. */
const BLOCK = /^# \/\/\/ script\n(?:#(?: .*)?\n)*# \/\/\/$/gm;

/** Undefined for a file without. `shown` names the file in sentences. Throws `invalid` for more than one block. */
export function scriptMetadata(source: string, shown: string): ScriptMetadata | undefined {
  const [block, ...more] = source.replaceAll("\r\n", "\n").match(BLOCK) ?? [];
  if (block === undefined) return undefined;
  if (more.length > 0) throw new OrchError("invalid", `'${shown}' has more than one block of inline script metadata.`);
  const toml = tomlOf(block);
  const { dependencies, "requires-python": requiresPython } = toml;
  return {
    block,
    dependencies: Array.isArray(dependencies) ? dependencies.map(String) : [],
    requiresPython: typeof requiresPython === "string" ? requiresPython : null,
    relativeSources: relativePaths(sourcesOf(toml)),
  };
}

/** Of packages that lie at a path, those that are relative. */
export function relativePaths(sources: readonly Toml[]): string[] {
  return sources.flatMap(({ path }) => (typeof path === "string" && !isAbsolute(path) ? [path] : []));
}

/** Where uv finds packages, by the settings of a script or a project. A package may have several, each for some machines. */
export function sourcesOf({ tool }: Toml): Toml[] {
  const uv = isObject(tool) ? tool["uv"] : undefined;
  const sources = isObject(uv) ? uv["sources"] : undefined;
  return isObject(sources) ? Object.values(sources).flat().filter(isObject) : [];
}

export type Toml = { [key: string]: unknown };

function tomlOf(block: string): Toml {
  return parsedToml(block.replace(/^# ?/gm, "").split("\n").slice(1, -1).join("\n"));
}

/** Empty for what is no TOML: uv has its own words about it. */
export function parsedToml(text: string): Toml {
  try {
    return { ...Bun.TOML.parse(text) };
  } catch {
    return {};
  }
}
