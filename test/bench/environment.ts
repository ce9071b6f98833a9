// A Python environment with the real Prefect 2.10.4, made once and kept in the user's cache folder. Its bytecode is compiled first:
// a Python program timed without is timed unfairly.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The packages of the day: newer ones of some no longer work with it. */
const DAY = "2023-04-15";

export async function prefectEnvironment(): Promise<string> {
  const given = process.env["ORCH_BENCH_PREFECT"];
  if (given && !isComplete(given)) throw new Error(`ORCH_BENCH_PREFECT names '${given}', which has no bin/prefect.`);
  const folder = given ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "orch-bench/prefect-2.10.4");
  if (!isComplete(folder)) await install(folder);
  await run([join(folder, "bin/python"), "-m", "compileall", "-q", join(folder, "lib")], true);
  return folder;
}

function isComplete(folder: string): boolean {
  return existsSync(join(folder, "bin/prefect"));
}

async function install(folder: string): Promise<void> {
  console.error(`Making an environment with Prefect 2.10.4 in ${folder}: this takes minutes, once.`);
  const uv = Bun.which("uv") ?? (await ownUv(`${folder}-tools`));
  await run([uv, "venv", "--quiet", "-p", "3.11", folder]);
  const packages = ["prefect==2.10.4", "setuptools<68", "pip"];
  const python = ["-p", join(folder, "bin/python")];
  await run([uv, "pip", "install", "--quiet", ...python, "--exclude-newer", DAY, ...packages]);
}

/** In a folder of its own: the machine's Python may be its package manager's alone. */
async function ownUv(folder: string): Promise<string> {
  await run(["python3", "-m", "pip", "install", "--quiet", "--target", folder, "uv"]);
  return join(folder, "bin/uv");
}

async function run(command: string[], mayFail = false): Promise<void> {
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: mayFail ? "ignore" : "inherit" });
  const code = await child.exited;
  if (code !== 0 && !mayFail) throw new Error(`'${command.join(" ")}' exited ${code}`);
}
