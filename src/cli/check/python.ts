// What Python says about the syntax of a project's Python files.
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { languageOf } from "#domain/entrypoint.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import { findInterpreter } from "#project/python/interpreter.ts";
import script from "#python/check.py" with { type: "text" };
import type { Io } from "../kit/command.ts";
import type { Problem } from "./problems.ts";

/** Folders that are no part of the project: packages, environments, what is hidden. */
const SKIPPED = /^(?:node_modules|venv|env|__pycache__|site-packages|\..*)$/;

/** Absolute paths: those given, or all of a folder. */
export function pythonFiles(paths: readonly string[], folder: string | undefined): string[] {
  if (folder === undefined) return paths.filter((path) => languageOf(path) === "python");
  return filesBelow(folder).toSorted();
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.test(entry.name) ? [] : filesBelow(path);
    return languageOf(entry.name) === "python" ? [path] : [];
  });
}

/** Throws `invalid` with a sentence where there is no Python. */
export async function pythonProblems(
  files: readonly string[],
  { setting, folder, io }: { setting: string | null; folder: string; io: Pick<Io, "cwd" | "env"> },
): Promise<Problem[]> {
  const { path } = findInterpreter({ setting, folder, env: io.env });
  const stdin = new Blob([JSON.stringify(files)]);
  const child = Bun.spawn([path, "-c", script], { env: { ...io.env }, stdin, stdout: "pipe", stderr: "pipe" });
  const [printed, said] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const answer = tryParseJson(printed);
  if (!Array.isArray(answer)) {
    throw new OrchError("invalid", `'${path}' could not check the Python files: ${said.trim().split("\n").at(-1)}`);
  }
  return answer.flatMap((found) => (isObject(found) ? [problemOf(found, io.cwd)] : []));
}

function problemOf({ file, line, column, message }: { [key: string]: unknown }, cwd: string): Problem {
  return {
    file: shown(String(file), cwd),
    line: typeof line === "number" ? line : null,
    column: typeof column === "number" ? column : null,
    code: null,
    message: String(message),
  };
}

function shown(path: string, cwd: string): string {
  const way = relative(cwd, path);
  return way.startsWith("..") ? path : way;
}
