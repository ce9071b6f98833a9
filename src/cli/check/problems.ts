// What the type checker says about the files of a project.
import { dirname, relative } from "node:path";
import type { ts } from "@ts-morph/common";
import type { Checker } from "./compiler.ts";
import type { Project } from "./project.ts";

export interface Problem {
  /** Relative to the folder of the command; `null` for one of the settings. */
  file: string | null;
  line: number | null;
  column: number | null;
  /** TypeScript's number for it. */
  code: number;
  message: string;
}

const LANGUAGE = "/lib";
const OWN_TYPES = "/lib/orch.d.ts";
const DECLARES_ORCH = /^\s*declare module "orch"/m;
const ERROR = 1;

/** `types` are those of "orch", which this executable knows better than a file in the project, whatever its age. */
export function problemsIn(checker: Checker, project: Project, types: string, cwd: string): Problem[] {
  const { compiler } = checker;
  const host = hostOf(checker, types, cwd);
  const rootNames = [...project.files.filter((file) => !describesOrch(compiler.sys, file)), OWN_TYPES];
  const program = compiler.createProgram({ rootNames, options: project.options, host });
  const found = [...project.problems, ...compiler.getPreEmitDiagnostics(program)];
  return found.filter(({ category }) => category === ERROR).map((diagnostic) => shown(checker, diagnostic, cwd));
}

function describesOrch(sys: ts.System, file: string): boolean {
  return /\.d\.ts$/.test(file) && DECLARES_ORCH.test(sys.readFile(file) ?? "");
}

/** The file system, and behind it what the executable brings: found only where a project has no such types itself. */
function hostOf({ compiler, files }: Checker, types: string, cwd: string): ts.CompilerHost {
  const { sys } = compiler;
  const brought = new Map([...files, [OWN_TYPES, types]]);
  const folders = foldersOf(brought.keys());
  const readFile = (path: string) => brought.get(path) ?? sys.readFile(path);
  return {
    readFile,
    getSourceFile(path, options) {
      const text = readFile(path);
      return text === undefined ? undefined : compiler.createSourceFile(path, text, options);
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

function shown({ compiler }: Checker, { file, start, code, messageText }: ts.Diagnostic, cwd: string): Problem {
  const message = compiler.flattenDiagnosticMessageText(messageText, "\n").replace(/\n\s*/g, " ");
  if (!file || start === undefined) return { file: null, line: null, column: null, code, message };
  const { line, character } = compiler.getLineAndCharacterOfPosition(file, start);
  const way = relative(cwd, file.fileName);
  const path = way.startsWith("..") ? file.fileName : way;
  return { file: path, line: line + 1, column: character + 1, code, message };
}
