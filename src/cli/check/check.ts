// `orch check`: the type checker, without anything to install; and the syntax of Python files.
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { requireReadableFile } from "#lib/files/readable-file.ts";
import { expectLongWork } from "#lib/process/jit.ts";
import { command, type Io, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import type { Problem } from "./problems.ts";

export const check = command({
  description: "Check the types of a project's flows and the syntax of Python files. Nothing needs to be installed.",
  examples: ["orch check", "orch check flows/marvin.ts", "orch check my-flows --json"],
  options: {
    paths: { type: "positional", multiple: true, description: "A folder, or files. Default: this folder." },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    expectLongWork();
    const given = (options.paths as string[]).map((path) => existing(io.cwd, path)); // `multiple` makes it a list
    const paths = given.length > 0 ? given : [io.cwd];
    const folder = folderIn(paths);
    const { pythonFiles, pythonProblems } = await import("./python.ts");
    const python = pythonFiles(paths, folder);
    const others = paths.filter((path) => !python.includes(path));
    const { problems, count } =
      others.length > 0 ? await ofTypeScript(others, folder, python.length > 0, io) : { problems: [], count: 0 };
    if (python.length > 0) {
      const place = { setting: loaded.settings.ORCH_PYTHON, folder: folder ?? io.cwd, io };
      problems.push(...(await pythonProblems(python, place)));
    }
    if (options.json) io.out(json(problems));
    else for (const line of lines(problems, count + python.length)) io.out(line);
    return problems.length > 0 ? 1 : 0;
  },
});

function existing(cwd: string, given: string): string {
  const path = resolve(cwd, given);
  if (!statSync(path, { throwIfNoEntry: false }))
    throw new OrchError("invalid", `There is no file or folder '${given}'.`);
  if (!statSync(path).isDirectory()) requireReadableFile(path, given);
  return path;
}

/** The folder that is checked; `undefined` for files. */
function folderIn(paths: readonly string[]): string | undefined {
  const folders = paths.filter((path) => statSync(path).isDirectory());
  const [folder] = folders;
  if (folders.length > 1 || (folder && paths.length > 1)) {
    throw new OrchError("invalid", "Name one folder, or any number of files.");
  }
  return folder;
}

interface Found {
  problems: Problem[];
  /** Files that were checked. */
  count: number;
}

/** By the type checker. Throws `invalid` for a folder without files for it, unless it may have none. */
async function ofTypeScript(
  paths: readonly string[],
  folder: string | undefined,
  mayBeEmpty: boolean,
  { cwd }: Pick<Io, "cwd">,
): Promise<Found> {
  const [{ openChecker }, { projectOf, projectOfFiles, refuseEmpty }, { problemsIn }] = await Promise.all([
    import("#project/checker/compiler.ts"),
    import("#project/checker/settings.ts"),
    import("./problems.ts"),
  ]);
  const checker = await openChecker();
  const { compiler, starter } = checker;
  const project = folder ? projectOf(compiler, folder, starter) : projectOfFiles(compiler, paths, starter);
  const count = project.files.filter((file) => !/\.d\.[cm]?ts$/.test(file)).length;
  if (!mayBeEmpty) refuseEmpty(project, paths.join("', '"));
  else if (count === 0) return { problems: [], count };
  return { problems: problemsIn(checker, project, cwd), count };
}

function lines(problems: readonly Problem[], checked: number): string[] {
  const shown = problems.map(({ file, line, column, code, message }) => {
    const place = [file, line, column].filter((part) => part !== null).join(":");
    return `${place === "" ? "" : `${place} `}${message}${code === null ? "" : ` (TS${code})`}`;
  });
  const count = `${problems.length === 0 ? "No" : problems.length} problem${problems.length === 1 ? "" : "s"}`;
  return [...shown, `${count} in ${checked} file${checked === 1 ? "" : "s"}.`];
}
