// Looks at flow files that no deployment names, without running them: says once what keeps one from loading, and when it is mended.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { languageOf } from "#domain/entrypoint.ts";
import { messageOf } from "#lib/errors.ts";
import type { Problem } from "../check/problems.ts";
import type { Io } from "../kit/command.ts";

/** TypeScript's numbers: of its syntax, and of imports that lead nowhere. */
const IS_SYNTAX = (code: number) => code >= 1000 && code < 2000;
const OF_IMPORTS = new Set([2305, 2306, 2307, 2613, 2614, 2724]);
const IMPORTS_ORCH = /\bfrom\s*["']orch["']|^\s*(?:from|import)\s+(?:prefect|orch)\b/m;
const SOURCE = /\.(?:[cm]?[jt]sx?|py)$/;
const TYPES_ONLY = /\.d\.[cm]?ts$/;
/** A folder with more is no project, and the look would take long. */
const MOST_FILES = 200;

export interface UnnamedFilesOptions {
  folder: string;
  io: Pick<Io, "out" | "err">;
  skips: () => (path: string) => boolean;
  /** Files of deployments are left out here: deploying them reports their errors. */
  named: () => readonly string[];
  signal: AbortSignal;
  /** Of all these files, as `orch check --json` prints them; undefined when it could not look. */
  problemsOf: (files: readonly string[]) => Promise<readonly Problem[] | undefined>;
}

export interface UnnamedFiles {
  /** Looks soon, if something that was saved calls for it; without paths in any case. One look at a time. */
  look(changed?: ReadonlySet<string>): void;
  /** Resolves when no look is left. */
  settled(): Promise<void>;
}

export function createUnnamedFiles(options: UnnamedFilesOptions): UnnamedFiles {
  const { folder, io, skips, named, signal, problemsOf } = options;
  let said = new Map<string, string>();
  let isWanted = false;
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    while (isWanted && !signal.aborted) {
      isWanted = false;
      try {
        await lookAtAll();
      } catch (error) {
        if (!signal.aborted) io.err(messageOf(error)); // a child process cannot be started, for example
      }
    }
    working = undefined;
  }

  async function lookAtAll(): Promise<void> {
    const ours = new Set(named());
    const files = sourcesBelow(folder, skips()).filter((file) => !ours.has(file) && isFlowFile(file));
    const found = new Map<string, string>();
    for (const language of ["typescript", "python"] as const) {
      const those = files.filter((file) => (languageOf(file) === "python") === (language === "python"));
      const problems = those.length === 0 ? [] : await problemsOf(those);
      if (signal.aborted || problems === undefined) return;
      for (const problem of problems) {
        const { file, line, message } = problem;
        if (file === null || found.has(file) || ours.has(join(folder, file)) || !keepsFromLoading(problem)) continue;
        found.set(file, `'${file}' cannot be loaded: line ${line ?? 1}: ${message.replace(/\.?$/, ".")}`);
      }
    }
    for (const [file, sentence] of found) if (said.get(file) !== sentence) io.err(sentence);
    for (const file of said.keys()) {
      if (!found.has(file) && files.includes(join(folder, file))) io.out(`'${file}' can be loaded again.`);
    }
    said = found;
  }

  return {
    look(changed) {
      const ours = new Set(named());
      const calls = [...(changed ?? [])].some((path) => SOURCE.test(path) && (said.size > 0 || !ours.has(path)));
      if (changed && !calls) return;
      isWanted = true;
      working ??= work();
    },
    async settled() {
      await working;
    },
  };
}

function keepsFromLoading({ code }: Problem): boolean {
  return code === null || IS_SYNTAX(code) || OF_IMPORTS.has(code);
}

function sourcesBelow(folder: string, skips: (path: string) => boolean, found: string[] = []): string[] {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (found.length >= MOST_FILES) break;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !skips(path)) sourcesBelow(path, skips, found);
    if (entry.isFile() && SOURCE.test(entry.name) && !TYPES_ONLY.test(entry.name)) found.push(path);
  }
  return found;
}

function isFlowFile(file: string): boolean {
  try {
    return IMPORTS_ORCH.test(readFileSync(file, "utf8"));
  } catch {
    return false; // it went as it was found, or may not be read
  }
}
