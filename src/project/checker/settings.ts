// Which files are checked, and by which settings: the project's own tsconfig, else the starter's.
import { dirname, join, relative, sep } from "node:path";
import type { ts } from "@ts-morph/common";
import { OrchError } from "#lib/errors.ts";
import type { Compiler } from "./compiler.ts";

export interface Project {
  files: string[];
  options: ts.CompilerOptions;
  /** What is wrong with the tsconfig itself. */
  problems: readonly ts.Diagnostic[];
}

/** No input files: said by ourselves. */
const NO_INPUTS = new Set([18002, 18003]);

/** Only problems are asked for, and those of other people's declarations are not ours. */
const CHECK_ONLY: ts.CompilerOptions = {
  ...{ noEmit: true, skipLibCheck: true, declaration: false, composite: false, incremental: false },
  ignoreDeprecations: "6.0",
};

/** The files of a folder, by the nearest tsconfig: those that it names there, or all when it names none. */
export function projectOf(compiler: Compiler, folder: string, starter: object): Project {
  const config = nearestConfig(compiler, folder);
  const parsed = parse(compiler, config, folder, starter);
  const named = parsed.files.filter((file) => isInside(folder, file));
  const files = named.some((file) => !isDeclaration(file)) ? named : parse(compiler, undefined, folder, {}).files;
  return { ...parsed, files: [...new Set([...files, ...parsed.files.filter(isDeclaration)])] };
}

/** Single files, by the settings of the project they lie in; the declarations of that project are known to them. */
export function projectOfFiles(compiler: Compiler, files: readonly string[], starter: object): Project {
  const folder = dirname(files[0] ?? "/");
  const config = nearestConfig(compiler, folder);
  const parsed = parse(compiler, config, folder, starter);
  return { ...parsed, files: [...files, ...(config ? parsed.files.filter(isDeclaration) : [])] };
}

function nearestConfig({ sys }: Compiler, folder: string): string | undefined {
  const path = join(folder, "tsconfig.json");
  if (sys.fileExists(path)) return path;
  return dirname(folder) === folder ? undefined : nearestConfig({ sys } as Compiler, dirname(folder)); // sys is all it needs
}

function parse(compiler: Compiler, config: string | undefined, folder: string, starter: object): Project {
  const { sys } = compiler;
  const read = config ? compiler.readConfigFile(config, sys.readFile) : { config: starter };
  if (read.error) return { files: [], options: {}, problems: [read.error] };
  const parsed = compiler.parseJsonConfigFileContent(read.config, sys, config ? dirname(config) : folder, {}, config);
  return {
    files: parsed.fileNames,
    // Of everything that is installed, as editors have it; and of bun and node, which run the flows.
    options: { types: ["*"], ...parsed.options, ...CHECK_ONLY },
    problems: parsed.errors.filter(({ code }) => !NO_INPUTS.has(code)),
  };
}

function isDeclaration(file: string): boolean {
  return /\.d\.[cm]?ts$/.test(file);
}

function isInside(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way !== ".." && !way.startsWith(`..${sep}`);
}

/** Throws `invalid` when there is nothing to check. */
export function refuseEmpty({ files, problems }: Project, where: string): void {
  if (problems.length > 0 || files.some((file) => !isDeclaration(file))) return;
  throw new OrchError("invalid", `There are no TypeScript files to check in '${where}'.`);
}
