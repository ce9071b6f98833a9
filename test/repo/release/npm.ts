// Makes the packages of npm: one for each platform with its executable, and a main one that finds and starts it.
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { asModule } from "#cli/types/package.ts";
import type { About } from "./about.ts";
import { gzippedAgain } from "./packing.ts";
import { fileOf, TARGETS, type Target } from "./targets.ts";

/** Node 18 is the oldest that npm's own current versions run on. */
const ENGINES = { node: ">=18" };

export interface NpmPackage {
  path: string;
  /** Name and version, as in `orch@1.2.0`. */
  id: string;
}

/** The package of a platform, as a file in `to`; undefined for a target that npm has no name for. */
export async function platformPackage(
  about: About,
  target: Target,
  { executable, digest, to }: { executable: string; digest: string; to: string },
): Promise<NpmPackage | undefined> {
  if (!target.npm) return undefined;
  const { name, os, cpu, libc } = target.npm;
  return packed(to, (folder) => {
    const file = join(folder, fileOf(target));
    copyFileSync(executable, file);
    chmodSync(file, 0o755);
    writeFileSync(join(folder, "checksums.txt"), `${digest}  orch-${target.name}\n`);
    copyFileSync("LICENSE", join(folder, "LICENSE"));
    const described = { ...shared(about), description: `The executable of orch for ${name}.` };
    const platform = { os: [os], cpu: [cpu], ...(libc ? { libc: [libc] } : {}), preferUnplugged: true };
    writeJson(join(folder, "package.json"), { name: nameOn(about, name), ...described, ...platform });
  });
}

/** The main package: the launcher, and the types of "orch" for editors. */
export async function mainPackage(about: About, to: string): Promise<NpmPackage> {
  const names = TARGETS.flatMap(({ npm }) => (npm ? [nameOn(about, npm.name)] : []));
  return packed(to, (folder) => {
    mkdirSync(join(folder, "bin"));
    cpSync("templates/npm/orch.cjs", join(folder, "bin/orch.cjs"));
    chmodSync(join(folder, "bin/orch.cjs"), 0o755);
    for (const name of ["README.md", "LICENSE"]) copyFileSync(name, join(folder, name));
    writeFileSync(join(folder, "index.d.ts"), asModule(readFileSync("templates/starter/orch.d.ts", "utf8")));
    writeJson(join(folder, "package.json"), {
      name: about.npm,
      ...{ ...shared(about), bin: { orch: "bin/orch.cjs" }, types: "index.d.ts", engines: ENGINES },
      // Tells 'orch types' that the package is orch's, and of npm.
      orch: { launcher: "bin/orch.cjs" },
      // Under the placeholders a registry may have what others published.
      ...(about.hasNames
        ? { optionalDependencies: Object.fromEntries(names.map((name) => [name, about.version])) }
        : {}),
    });
  });
}

/** Of the package of a platform: in the same scope as the main package, where that has one. */
export function nameOn({ npm }: About, platform: string): string {
  return `${npm}-${platform}`;
}

/** npm publishes nothing that is private. */
function shared({ version, description, license, repository, hasNames }: About) {
  return {
    version,
    description,
    license,
    ...(hasNames ? {} : { private: true }),
    ...(repository ? { repository: { type: "git", url: `git+${repository}.git` } } : {}),
  };
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Fills a folder and has npm pack it. */
async function packed(to: string, fill: (folder: string) => void): Promise<NpmPackage> {
  const folder = join(to, "packing");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    fill(folder);
    const words = [
      "npm",
      "pack",
      "--json",
      "--ignore-scripts",
      "--silent",
      `--pack-destination=${to}`,
      resolve(folder),
    ];
    const child = Bun.spawn(words, { stdout: "pipe", stderr: "pipe" });
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    if (code !== 0) throw new Error(`npm pack failed:\n${out}${err}`);
    const answer = Object.values(JSON.parse(out) as Record<string, { filename: string; id: string }>); // a list, or an object since npm 12
    const { filename = "", id = "" } = answer[0] ?? {};
    const path = join(to, filename);
    writeFileSync(path, gzippedAgain(readFileSync(path)));
    return { path, id };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
