// What the type checker says about the files of a project.
import { relative } from "node:path";
import type { ts } from "@ts-morph/common";
import type { Checker } from "#project/checker/compiler.ts";
import { hostOf, rootsOf } from "#project/checker/host.ts";
import type { Project } from "#project/checker/settings.ts";

export interface Problem {
  /** Relative to the folder of the command; `null` for one of the settings. */
  file: string | null;
  line: number | null;
  column: number | null;
  /** TypeScript's number for it; null for Python. */
  code: number | null;
  message: string;
}

const ERROR = 1;

export function problemsIn(checker: Checker, project: Project, cwd: string): Problem[] {
  const { compiler } = checker;
  const host = hostOf(checker, compiler.sys, cwd);
  const rootNames = rootsOf(compiler.sys, project.files);
  const program = compiler.createProgram({ rootNames, options: project.options, host });
  const found = [...project.problems, ...compiler.getPreEmitDiagnostics(program)];
  return found.filter(({ category }) => category === ERROR).map((diagnostic) => shown(checker, diagnostic, cwd));
}

function shown({ compiler }: Checker, { file, start, code, messageText }: ts.Diagnostic, cwd: string): Problem {
  const message = compiler.flattenDiagnosticMessageText(messageText, "\n").replace(/\n\s*/g, " ");
  if (!file || start === undefined) return { file: null, line: null, column: null, code, message };
  const { line, character } = compiler.getLineAndCharacterOfPosition(file, start);
  const way = relative(cwd, file.fileName);
  const path = way.startsWith("..") ? file.fileName : way;
  return { file: path, line: line + 1, column: character + 1, code, message };
}
