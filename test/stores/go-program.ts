// Programs of Go modules, each built once with the machine's Go, in the user's cache folder.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { run } from "../python.ts";

/** The program's path; undefined where it cannot be built here, with a line that says so. A minute, once. */
export async function goProgram(module: string, version: string): Promise<string | undefined> {
  const name = basename(module);
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "orch-stores", `${name}-${version}`);
  const binary = join(folder, name);
  if (existsSync(binary)) return binary;
  try {
    const go = Bun.which("go") ?? ["/usr/local/go/bin/go", "/usr/lib/go/bin/go"].find(existsSync);
    if (go === undefined) throw new Error("Go is not installed.");
    console.error(`Building ${name} in ${folder}: this takes minutes, once.`);
    await run(["env", `GOBIN=${folder}`, "CGO_ENABLED=0", go, "install", `${module}@${version}`]);
    return binary;
  } catch (error) {
    console.log(`Skipped: ${name} cannot be built here. ${error}`);
    return undefined;
  }
}
