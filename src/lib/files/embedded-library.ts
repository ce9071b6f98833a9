// Loads a library that the build embeds as text (test/repo/assets.ts), because its bytecode and source map would be larger
// than the library. For those that few commands need.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

/** What each file exports, by its path: evaluated at every call, a library would fill the memory with copies of itself. */
const known = new Map<string, unknown>();

/** What the file exports. Its path is whole in the executable, and relative in the package that `orch types` writes. */
export function embeddedLibrary<Library>(asset: string): Library {
  const path = resolve(import.meta.dir, asset);
  if (!known.has(path)) known.set(path, evaluated(readFileSync(path, "utf8")));
  return known.get(path) as Library; // as the caller knows the file
}

const NAMES = ["exports", "require", "module", "__filename", "__dirname"];

/** The exports of a text that is a function of CommonJS's five names. */
export function evaluated<Library>(text: string): Library {
  const module = { exports: {} as Library };
  const body = text.slice(text.indexOf("{") + 1, text.lastIndexOf("}")); // parsed once, not again as a function's inside
  new Function(...NAMES, body)(module.exports, createRequire(import.meta.url), module, "/lib/index.js", "/lib");
  return module.exports;
}
