// Reads the inline script metadata (PEP 723) of a Python file: the comment block that names its packages and its Python.
import { OrchError } from "#lib/errors.ts";

export interface ScriptMetadata {
  /** The block as it is in the file, from its first to its last line. */
  block: string;
  dependencies: readonly string[];
  /** As `>=3.11`. */
  requiresPython: string | null;
}

/** The last `# ///` of the comment lines that follow closes it. */
const BLOCK = /^# \/\/\/ script\n(?:#(?: .*)?\n)*# \/\/\/$/gm;

/** Undefined for a file without. `shown` names the file in sentences. Throws `invalid` for more than one block. */
export function scriptMetadata(source: string, shown: string): ScriptMetadata | undefined {
  const [block, ...more] = source.replaceAll("\r\n", "\n").match(BLOCK) ?? [];
  if (block === undefined) return undefined;
  if (more.length > 0) throw new OrchError("invalid", `'${shown}' has more than one block of inline script metadata.`);
  const { dependencies, "requires-python": requiresPython } = tomlOf(block);
  return {
    block,
    dependencies: Array.isArray(dependencies) ? dependencies.map(String) : [],
    requiresPython: typeof requiresPython === "string" ? requiresPython : null,
  };
}

function tomlOf(block: string): { [key: string]: unknown } {
  const text = block.replace(/^# ?/gm, "").split("\n").slice(1, -1).join("\n");
  try {
    return { ...Bun.TOML.parse(text) };
  } catch {
    return {}; // uv has its own words about it
  }
}
