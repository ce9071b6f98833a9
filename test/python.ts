// Python environments of the tests, each made once and kept in the user's cache folder.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export interface PythonEnvironment {
  /** Names the folder, with its version. */
  name: string;
  packages: readonly string[];
  /** The packages of the day: newer ones of some no longer work together. */
  day?: string;
  /** A program that is there when the environment is complete. */
  program: string;
}

const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "orch-bench");

/** The environment's folder. Throws when it cannot be made here. */
export async function pythonEnvironment(wanted: PythonEnvironment): Promise<string> {
  const folder = join(CACHE, wanted.name);
  if (existsSync(join(folder, "bin", wanted.program))) return folder;
  console.error(`Making an environment with ${wanted.name} in ${folder}: this takes minutes, once.`);
  const uv = await uvProgram();
  await run([uv, "venv", "--quiet", "--clear", "-p", "3.11", folder]);
  const until = wanted.day === undefined ? [] : ["--exclude-newer", wanted.day];
  await run([uv, "pip", "install", "--quiet", "-p", join(folder, "bin/python"), ...until, ...wanted.packages]);
  return folder;
}

/** The path of uv: the machine's, or one that is kept in the cache. Throws when it cannot be had here. */
export async function uvProgram(): Promise<string> {
  return Bun.which("uv") ?? (await ownUv(join(CACHE, "uv-tools")));
}

/** In a folder of its own: the machine's Python may be its package manager's alone. */
async function ownUv(folder: string): Promise<string> {
  const uv = join(folder, "bin/uv");
  if (existsSync(uv)) return uv;
  await run(["python3", "-m", "pip", "install", "--quiet", "--target", folder, "uv"]);
  return uv;
}

/** Throws when the command fails, unless it may. */
export async function run(command: string[], mayFail = false): Promise<void> {
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: mayFail ? "ignore" : "inherit" });
  const code = await child.exited;
  if (code !== 0 && !mayFail) throw new Error(`'${command.join(" ")}' exited ${code}`);
}
