// `orch check`: the type checker, without anything to install.
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { expectLongWork } from "#lib/jit.ts";
import type { Checker } from "#project/checker/compiler.ts";
import type { Project } from "#project/checker/settings.ts";
import { command, JSON_OPTION } from "../command.ts";
import { json } from "../layout.ts";
import type { Problem } from "./problems.ts";

export const check = command({
  description: "Check the types of a project's flows. Nothing needs to be installed.",
  examples: ["orch check", "orch check flows/marvin.ts", "orch check my-flows --json"],
  options: {
    paths: { type: "positional", multiple: true, description: "A folder, or files. Default: this folder." },
    ...JSON_OPTION,
  },
  async run({ options, io }) {
    expectLongWork();
    const paths = (options.paths as string[]).map((path) => existing(io.cwd, path)); // `multiple` makes it a list
    const [{ openChecker }, { problemsIn }] = await Promise.all([
      import("#project/checker/compiler.ts"),
      import("./problems.ts"),
    ]);
    const checker = await openChecker();
    const project = await readProject(checker, paths.length > 0 ? paths : [io.cwd]);
    const problems = problemsIn(checker, project, io.cwd);
    if (options.json) io.out(json(problems));
    else for (const line of lines(problems, project)) io.out(line);
    return problems.length > 0 ? 1 : 0;
  },
});

function existing(cwd: string, given: string): string {
  const path = resolve(cwd, given);
  if (!existsSync(path)) throw new OrchError("invalid", `There is no file or folder '${given}'.`);
  return path;
}

async function readProject({ compiler, starter }: Checker, paths: string[]): Promise<Project> {
  const { projectOf, projectOfFiles, refuseEmpty } = await import("#project/checker/settings.ts");
  const folders = paths.filter((path) => statSync(path).isDirectory());
  const [folder] = folders;
  if (folders.length > 1 || (folder && paths.length > 1)) {
    throw new OrchError("invalid", "Name one folder, or any number of files.");
  }
  const project = folder ? projectOf(compiler, folder, starter) : projectOfFiles(compiler, paths, starter);
  refuseEmpty(project, folder ?? paths.join("', '"));
  return project;
}

function lines(problems: readonly Problem[], { files }: Project): string[] {
  const shown = problems.map(({ file, line, column, code, message }) => {
    const place = file === null ? "" : `${file}:${line}:${column} `;
    return `${place}${message} (TS${code})`;
  });
  const checked = files.filter((file) => !/\.d\.[cm]?ts$/.test(file)).length;
  const count = `${problems.length === 0 ? "No" : problems.length} problem${problems.length === 1 ? "" : "s"}`;
  return [...shown, `${count} in ${checked} file${checked === 1 ? "" : "s"}.`];
}
