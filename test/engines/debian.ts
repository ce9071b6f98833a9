// Programs of Debian, unpacked into the user's cache folder and not installed: nothing of the machine changes.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export interface Unpacked {
  folder: string;
  /** With their programs and libraries first. */
  env: Record<string, string>;
}

/** Throws a sentence where the machine has no apt, or no network. */
export async function unpacked(name: string, packages: readonly string[]): Promise<Unpacked> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "orch-engines", `${name}-${Bun.hash(packages.join()).toString(36)}`);
  if (!existsSync(folder)) await unpack(folder, packages);
  const paths = (...parts: string[]) => parts.map((part) => join(folder, part)).join(":");
  const libraries = paths("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu");
  const programs = paths("usr/sbin", "usr/bin", "sbin", "bin");
  return { folder, env: { PATH: `${programs}:${process.env["PATH"]}`, LD_LIBRARY_PATH: libraries } };
}

async function unpack(folder: string, packages: readonly string[]): Promise<void> {
  if (!Bun.which("apt-get") || !Bun.which("dpkg"))
    throw new Error("it needs Debian's packages, and this machine has no apt");
  const fresh = `${folder}.${process.pid}`;
  const downloads = join(fresh, "packages");
  mkdirSync(downloads, { recursive: true });
  if ((await run(["apt-get", "download", ...packages], downloads)) !== 0) {
    await run(["apt-get", "update"], downloads);
    if ((await run(["apt-get", "download", ...packages], downloads)) !== 0) {
      rmSync(fresh, { recursive: true });
      throw new Error(`Debian's packages could not be downloaded: ${packages.join(", ")}`);
    }
  }
  for (const file of readdirSync(downloads)) await run(["dpkg", "-x", file, fresh], downloads);
  rmSync(downloads, { recursive: true });
  try {
    renameSync(fresh, folder);
  } catch {
    rmSync(fresh, { recursive: true }); // another test has been quicker
  }
}

function run(command: string[], cwd: string): Promise<number> {
  return Bun.spawn(command, { cwd, stdout: "ignore", stderr: "ignore" }).exited;
}
