// Has uv make the Python environment that a file's inline script metadata asks for, as `uv run --script` does.
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { PRIVATE_FOLDER } from "#lib/files/private.ts";
import { isInRunFolder } from "#lib/files/run-folder.ts";
import { newId } from "#lib/ids.ts";
import { userHome } from "#lib/process/user-home.ts";
import { shellQuoted } from "#lib/text/shell-words.ts";
import { visibleLine } from "#lib/text/visible.ts";
import { copiesIn, removeUnused } from "./copy-use.ts";
import { stableCopy } from "./script-copy.ts";
import { type ScriptMetadata, scriptMetadata } from "./script-metadata.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface ScriptEnvironmentOptions {
  env: Environment;
  /** ORCH_HOME: what uv is asked with is kept in its cache. */
  home: string;
  /** Gets a sentence where there is no uv. */
  note: (sentence: string) => void;
  signal?: AbortSignal;
}

/** uv's environment for a script is named after the script that it runs: this one is the same for the same metadata. */
const ASK = "import sys\nprint(sys.executable)\n";

const GONE =
  "it ended with status 0, and the interpreter that it named is not there. Does its configuration say no-cache? The environment is kept in the cache.";

/** The path of the interpreter. Undefined for a file without metadata, and where there is no uv. Throws `invalid` with uv's words. */
export async function scriptInterpreter(file: string, options: ScriptEnvironmentOptions): Promise<string | undefined> {
  const metadata = statSync(file, { throwIfNoEntry: false })?.isFile()
    ? scriptMetadata(readFileSync(file, "utf8"), basename(file))
    : undefined;
  if (metadata === undefined) return undefined;
  const { env, home, note, signal } = options;
  const uv = findUv(env);
  if (uv === undefined) {
    const wanted = wantedBy(metadata);
    if (wanted !== undefined) note(withoutUv(basename(file), wanted, metadata));
    return undefined;
  }
  let path = "";
  for (const { words, input } of asked(file, metadata, options)) {
    const child = Bun.spawn([uv, "--color", "never", ...words], {
      ...{ cwd: dirname(file), env: keeping(env, home), stdin: input, stdout: "pipe", stderr: "pipe" },
      ...(signal ? { signal } : {}),
    });
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    const code = await child.exited;
    signal?.throwIfAborted();
    if (code !== 0) throw failure(file, lastWords(err, code));
    path = out.trim().split("\n").at(-1) ?? "";
  }
  if (existsSync(path)) return path;
  throw failure(file, GONE);
}

function failure(file: string, why: string): OrchError {
  return new OrchError("invalid", `uv could not make the Python environment of '${basename(file)}': ${why}`);
}

/** uv without a cache, as images of containers have it set, removes the environment at once. The runs of this home share a cache then. */
function keeping(env: Environment, home: string): Environment {
  const isWithout = !/^(?:|0|n|no|f|false|off)$/i.test(env["UV_NO_CACHE"] ?? "");
  const place = isWithout && !env["UV_CACHE_DIR"] ? { UV_CACHE_DIR: join(home, "cache", "uv") } : {};
  return { ...env, ...place, UV_NO_CACHE: "false" }; // a uv.toml may say it too, and this comes before that
}

/** On the PATH, or where its installer puts it. */
export function findUv(env: Environment): string | undefined {
  const own = join(userHome(env), ".local/bin");
  return Bun.which("uv", { PATH: [...(env["PATH"] ? [env["PATH"]] : []), own].join(delimiter) }) ?? undefined;
}

/** What has to be there, for people; undefined where nothing has to. */
function wantedBy({ dependencies, requiresPython }: ScriptMetadata): string | undefined {
  const wanted = [...(requiresPython === null ? [] : [`Python ${requiresPython}`]), ...dependencies];
  return wanted.length > 0 ? wanted.join(", ") : undefined;
}

function withoutUv(shown: string, wanted: string, { dependencies }: ScriptMetadata): string {
  const quoted = dependencies.map(shellQuoted).join(" ");
  const self = quoted === "" ? "" : `, or install the packages yourself (python3 -m pip install ${quoted})`;
  return visibleLine(
    `The inline script metadata of '${shown}' asks for ${wanted}. There is no uv to provide that, so the usual Python is used. Install uv (https://docs.astral.sh/uv)${self}.`,
  );
}

interface Asked {
  words: string[];
  input: Blob | "ignore";
}

/**
 * What uv is started with, one after the other; the last one prints the path. By standard input, so that the folder of the file,
 * which may be the copy of one run, has no part in the environment's name. With a lock file by a copy beside it, in a folder that is
 * named after both. A lock file with paths is true for the folder of the file alone. Of a copy that lasts as long as its run, the
 * packages at such paths are copied once more, to where the next run finds them.
 */
function asked(
  file: string,
  { block, relativeSources }: ScriptMetadata,
  { env, home }: ScriptEnvironmentOptions,
): Asked[] {
  const script = `${block}\n${ASK}`;
  const lock = `${file}.lock`;
  const hasRelativeSources = relativeSources.length > 0;
  const variables = uvVariables(env);
  const copied =
    hasRelativeSources && isInRunFolder(file) ? stableCopy({ file, script, relativeSources, variables, home }) : null;
  if (copied !== null) return inPlace(copied);
  if (!existsSync(lock)) return [{ words: ["run", "--script", "-"], input: new Blob([script]) }];
  if (hasRelativeSources) return inPlace(file);
  const locked = readFileSync(lock, "utf8");
  const name = new Bun.CryptoHasher("sha256").update(`${script}\n${variables}\n${locked}`).digest("hex").slice(0, 16);
  const folder = join(copiesIn(home), name);
  const isNew = !existsSync(folder);
  mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
  const copy = join(folder, "flow.py");
  for (const [path, text] of [
    [`${copy}.lock`, locked],
    [copy, script],
  ] as const) {
    const draft = `${path}.${newId()}`;
    writeFileSync(draft, text);
    renameSync(draft, path); // which notes the use of the folder
  }
  if (isNew) removeUnused(home);
  return [{ words: ["run", "--script", copy], input: "ignore" }];
}

/** Part of the name of an environment: runs with other indexes or another Python do not share one. */
function uvVariables(env: Environment): string {
  return JSON.stringify(
    Object.entries(env)
      .filter(([name]) => name.startsWith("UV_"))
      .toSorted(),
  );
}

/** uv's environment for a script that stays where it is. */
function inPlace(file: string): Asked[] {
  return [["sync"], ["python", "find"]].map((verb) => ({ words: [...verb, "--script", file], input: "ignore" }));
}

/** From the first line of an error on, in one line. */
function lastWords(err: string, code: number): string {
  const lines = plain(err)
    .split("\n")
    .filter((line) => line.trim() !== "");
  const from = lines.findIndex((line) => /^\s*×|^error\b/.test(line));
  const said = lines.slice(from < 0 ? -1 : from).map((line) => line.replace(/^[\s×╰─▶│├→]+/u, "").trim());
  const words = said.join(" ").replace(/^error: /, "");
  return words === "" ? `it ended with status ${code}.` : words.replace(/\.?$/, ".");
}

/** Without what colours it and controls a terminal: the packages that uv builds write it too. */
function plain(text: string): string {
  return Bun.stripANSI(text).replace(/[^\P{Cc}\n\t]/gu, "");
}
