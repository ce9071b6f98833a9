// Opens the file of a flow for the type checker, with all that it imports.
import { dirname } from "node:path";
import type { ts } from "@ts-morph/common";
import type { Checker, Compiler } from "./compiler.ts";
import { hostOf, rootsOf } from "./host.ts";
import { projectOfFiles } from "./settings.ts";

export interface Program {
  compiler: Compiler;
  checker: ts.TypeChecker;
  /** Throws when it is not part of the program. */
  fileAt(path: string): ts.SourceFile;
  /** The files of the project itself: no packages, and nothing that the executable brings. */
  own: readonly ts.SourceFile[];
  /** Whether a file is one of the language, of bun or of node. */
  isPlatform(file: ts.SourceFile): boolean;
  /** Whether one of them cannot be parsed. */
  isBroken(): boolean;
}

/** Settings that win over the project's: `null` and `undefined` are different types, and types in comments are read. */
const ALWAYS: ts.CompilerOptions = { strictNullChecks: true, allowJs: true, noCheck: true };

export interface ProgramOptions {
  /** Asked for all that lies on the disk. */
  sys?: ts.System;
  /** With the types of browsers, bun, node and all that is installed, which take four times as long as those of the language. */
  hasPlatform?: boolean;
}

export function openProgram(
  opened: Checker,
  path: string,
  { sys = opened.compiler.sys, hasPlatform = true }: ProgramOptions = {},
): Program {
  const { compiler, files, starter } = opened;
  const project = projectOfFiles({ ...compiler, sys }, [path], { ...starter, files: [path] });
  const host = hostOf(opened, sys, dirname(path));
  const options = { ...project.options, ...ALWAYS, ...(hasPlatform ? {} : ofLanguageAlone(project.options)) };
  const program = compiler.createProgram({ rootNames: rootsOf(sys, project.files), options, host });
  const isBrought = ({ fileName }: ts.SourceFile) => files.has(fileName);
  const own = program.getSourceFiles().filter((file) => !isBrought(file) && !/\/node_modules\//.test(file.fileName));
  return {
    ...{ compiler, own, checker: program.getTypeChecker() },
    fileAt(file) {
      const source = program.getSourceFile(file);
      if (!source) throw new Error(`${file} is not among the files that the compiler read`);
      return source;
    },
    isPlatform: (file) => isBrought(file) || PLATFORM.test(file.fileName),
    isBroken: () => own.some((file) => program.getSyntacticDiagnostics(file).length > 0),
  };
}

function ofLanguageAlone({ lib = ["lib.esnext.d.ts"] }: ts.CompilerOptions): ts.CompilerOptions {
  return { types: [], lib: lib.filter((name) => !/dom|webworker|scripthost/.test(name)) };
}

const PLATFORM = /\/node_modules\/(?:typescript|@types\/(?:node|bun)|bun-types)\//;
