// Shows the compiler its files: those of the disk, and behind them what the executable brings.
import { dirname } from "node:path";
import type { ts } from "@ts-morph/common";
import { type Checker, LANGUAGE, OWN_TYPES } from "./compiler.ts";

/** How the disk is asked. */
export type FileSystem = Pick<ts.System, "readFile" | "fileExists" | "directoryExists" | "getDirectories" | "realpath">;

const DECLARES_ORCH = /^\s*declare module "orch"/m;

/** The types of "orch" are those of this executable, which knows them better than a file in the project, whatever its age. */
export function rootsOf(sys: FileSystem, files: readonly string[]): string[] {
  const describesOrch = (file: string) => /\.d\.ts$/.test(file) && DECLARES_ORCH.test(sys.readFile(file) ?? "");
  return [...files.filter((file) => !describesOrch(file)), OWN_TYPES];
}

/** What the executable brings is found only where a project has no such types itself. */
export function hostOf({ compiler, parsed, files: brought }: Checker, sys: FileSystem, cwd: string): ts.CompilerHost {
  const folders = foldersOf(brought.keys());
  const readFile = (path: string) => brought.get(path) ?? sys.readFile(path);
  return {
    readFile,
    getSourceFile(path, options) {
      const { languageVersion, impliedNodeFormat } =
        typeof options === "object" ? options : { languageVersion: options };
      const key = `${path} ${languageVersion} ${impliedNodeFormat}`;
      const known = parsed.get(key);
      if (known) return known;
      const text = readFile(path);
      const source = text === undefined ? undefined : compiler.createSourceFile(path, text, options);
      if (source && brought.has(path)) parsed.set(key, source);
      return source;
    },
    fileExists: (path) => brought.has(path) || sys.fileExists(path),
    directoryExists: (path) => folders.has(path) || sys.directoryExists(path),
    getDirectories: (path) => [...new Set([...(folders.get(path) ?? []), ...sys.getDirectories(path)])],
    realpath: (path) => (brought.has(path) ? path : (sys.realpath?.(path) ?? path)),
    getDefaultLibFileName: (options) => `${LANGUAGE}/${compiler.getDefaultLibFileName(options)}`,
    getDefaultLibLocation: () => LANGUAGE,
    getCurrentDirectory: () => cwd,
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    writeFile: () => {},
  };
}

/** Each folder with the names of those in it. */
function foldersOf(paths: Iterable<string>): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  for (const path of paths) {
    let child = dirname(path);
    while (child !== "/") {
      const parent = dirname(child);
      const known = folders.get(parent) ?? new Set();
      folders.set(parent, known.add(child.slice(parent.length + (parent === "/" ? 0 : 1))));
      if (!folders.has(child)) folders.set(child, new Set());
      child = parent;
    }
  }
  return folders;
}
