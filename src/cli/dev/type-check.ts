// Checks the types of flow files in a child process, after they were deployed, and reports each error once.
import { relative } from "node:path";
import { messageOf } from "#lib/errors.ts";
import { tryParseJson } from "#lib/json.ts";
import { withoutServerVariables } from "#settings/table.ts";
import type { Problem } from "../check/problems.ts";
import type { Io } from "../kit/command.ts";
import { ownCommand } from "../kit/own-command.ts";

/** Lines of one file's problems: a mistake in one type may be a hundred errors. */
const MOST_LINES = 5;

export interface TypeCheckOptions {
  folder: string;
  io: Pick<Io, "out" | "err" | "env">;
  /** Ends the process. */
  signal: AbortSignal;
  /** Undefined for a file that cannot be looked at. */
  problemsOf?: (file: string) => Promise<readonly Problem[] | undefined>;
}

export interface TypeCheck {
  /** Looks at a file soon; one look at a time. */
  look(file: string): void;
  /** Resolves when no look is left. */
  settled(): Promise<void>;
}

export function createTypeCheck({
  folder,
  io,
  signal,
  problemsOf = (file) => checkFiles([file], { folder, io, signal }),
}: TypeCheckOptions): TypeCheck {
  const said = new Map<string, string>();
  const waiting = new Set<string>();
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    for (const file of waiting) {
      waiting.delete(file);
      if (signal.aborted) continue;
      try {
        const problems = await problemsOf(file);
        if (problems) say(file, problems);
      } catch (error) {
        if (!signal.aborted) io.err(messageOf(error));
      }
    }
    working = undefined;
  }

  function say(file: string, problems: readonly Problem[]): void {
    const lines = problems.map(({ file: path, line, column, message }) => {
      const place = path === null ? "" : `${path}:${line}:${column} `;
      return `Type error: ${place}${message}`;
    });
    const text = lines.join("\n");
    const before = said.get(file) ?? "";
    said.set(file, text);
    if (signal.aborted || text === before) return;
    for (const line of lines.slice(0, MOST_LINES)) io.err(line);
    if (lines.length > MOST_LINES) io.err(`… and ${lines.length - MOST_LINES} more: 'orch check' shows all.`);
    if (lines.length === 0) io.out(`'${relative(folder, file)}' has no type errors any more.`);
  }

  return {
    look(file) {
      if (!/\.[cm]?tsx?$/.test(file)) return;
      waiting.add(file);
      working ??= work();
    },
    async settled() {
      await working;
    },
  };
}

/** Asks `orch check`, which knows the project's settings. What it cannot look at is no type error. */
export async function checkFiles(
  files: readonly string[],
  { folder, io, signal }: Pick<TypeCheckOptions, "folder" | "io" | "signal">,
): Promise<readonly Problem[] | undefined> {
  const child = Bun.spawn(ownCommand("check", ...files, "--json"), {
    ...{ cwd: folder, env: withoutServerVariables(io.env), signal, killSignal: "SIGKILL" },
    ...{ stdin: "ignore", stdout: "pipe", stderr: "ignore" },
  });
  const printed = await new Response(child.stdout).text();
  await child.exited;
  const problems = tryParseJson(printed);
  return Array.isArray(problems) ? (problems as unknown as Problem[]) : undefined; // as that command prints them
}
