// Reads the tsconfig.json that governs a folder, together with everything it extends.
import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { isObject, type JsonObject } from "#lib/json.ts";

export interface TsConfig {
  /** Absolute paths: the governing file first, then what it extends. */
  files: string[];
  /** `compilerOptions` after inheritance. Paths in them are as written. */
  options: JsonObject;
}

const NAMES = ["tsconfig.json", "jsconfig.json"];
/** Longer chains lead back to themselves. */
const MOST_FILES = 32;

/** The nearest tsconfig.json at or above the folder, as editors and Bun choose it. */
export function tsConfigFor(folder: string): TsConfig | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    for (const name of NAMES) {
      const path = join(at, name);
      if (existsSync(path)) return readTsConfig(path);
    }
    if (dirname(at) === at) return undefined;
  }
}

/** What cannot be read or parsed counts as empty: Bun reports it when it loads the file. */
function readTsConfig(path: string, files: string[] = []): TsConfig {
  files.push(path);
  const config = parsed(path);
  let options: JsonObject = {};
  for (const name of [config["extends"]].flat()) {
    const base = typeof name === "string" ? extended(name, dirname(path)) : undefined;
    if (base === undefined || files.includes(base) || files.length > MOST_FILES) continue;
    options = { ...options, ...readTsConfig(base, files).options };
  }
  const own = config["compilerOptions"];
  return { files, options: { ...options, ...(isObject(own) ? (own as JsonObject) : {}) } };
}

function parsed(path: string): JsonObject {
  try {
    const config: unknown = Bun.JSONC.parse(readFileSync(path, "utf8"));
    return isObject(config) ? (config as JsonObject) : {}; // parsed from text, so JSON all the way down
  } catch {
    return {};
  }
}

/** A path, or a file of a package: `@tsconfig/node20/tsconfig.json`, `@tsconfig/node20`. */
function extended(name: string, folder: string): string | undefined {
  if (isAbsolute(name) || /^\.{1,2}(\/|$)/.test(name)) {
    const path = resolve(folder, name);
    return [path, `${path}.json`, join(path, "tsconfig.json")].find(
      (each) => each.endsWith(".json") && existsSync(each),
    );
  }
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, "node_modules", name);
    const found = [path, `${path}.json`, join(path, "tsconfig.json")].find(
      (each) => each.endsWith(".json") && existsSync(each),
    );
    if (found !== undefined || dirname(at) === at) return found;
  }
}

/** What a project asks for and the runtime of an executable ignores. */
export interface CompilerNeeds {
  /** Legacy decorators, perhaps with their metadata. */
  decorators: boolean;
  /** Class fields that are assigned, not defined. */
  assignedFields: boolean;
  /** Another JSX than the runtime's own, which is React's of development. */
  jsx: boolean;
  /** "react-jsx": elements are made by `jsx-runtime`, not by `jsx-dev-runtime`. */
  productionJsx: boolean;
  /** All compiler options, where the tsconfig.json inherits some: Bun follows fewer forms of `extends` than TypeScript. */
  inherited: JsonObject | null;
}

/** Undefined for none. */
export function compilerNeeds(config: TsConfig | undefined): CompilerNeeds | undefined {
  const { files, options } = config ?? { files: [], options: {} };
  const isSet = (name: string) => options[name] !== undefined && options[name] !== false;
  const decorators = ["experimentalDecorators", "emitDecoratorMetadata"].some(isSet);
  const assignedFields = options["useDefineForClassFields"] === false;
  const named = ["jsxImportSource", "jsxFactory", "jsxFragmentFactory"].some(isSet);
  const productionJsx = options["jsx"] === "react-jsx";
  const jsx = named || productionJsx || options["jsx"] === "react";
  const inherited = files.length > 1 ? options : null;
  const needs = { decorators, assignedFields, jsx, productionJsx, inherited };
  return decorators || assignedFields || jsx ? needs : undefined;
}

export const NO_NEEDS: CompilerNeeds = {
  decorators: false,
  assignedFields: false,
  jsx: false,
  productionJsx: false,
  inherited: null,
};
