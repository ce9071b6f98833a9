// What is loaded before anything is done. `orch engine` is started once for each run, so every module there costs each run.
import { expect, test } from "bun:test";

const MOST: [module: string, modules: number][] = [
  ["version/version", 10],
  ["engine", 144],
  ["run", 14],
];

async function loadedBy(name: string, call = ""): Promise<string[]> {
  const script = `const used = await import("./src/cli/${name}.ts"); ${call}; console.log(JSON.stringify(Object.keys(require.cache)));`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "inherit" });
  const loaded = JSON.parse(await new Response(child.stdout).text()) as string[]; // as the script prints it
  return loaded.filter((path) => /\.(ts|[cm]?js)$/.test(path));
}

for (const [name, most] of MOST) {
  test(`cli/${name}.ts loads at most ${most} modules, of packages only valibot and citty`, async () => {
    const loaded = await loadedBy(name);
    const packages = loaded.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
    expect(packages.filter((found) => found !== "valibot" && found !== "citty")).toEqual([]);
    expect(loaded.some((path) => path.endsWith(`/src/cli/${name}.ts`))).toBe(true);
    expect(loaded.length).toBeLessThanOrEqual(most);
  });
}

/** Lists of commands: their short descriptions are known without the commands. */
const LISTS: [what: string, name: string, call: string][] = [
  ["orch --help", "help", "await used.rootHelp(80)"],
  [
    "orch deployment --help",
    "help",
    'await used.groupHelp("deployment", (await import("./src/cli/tree.ts")).GROUPS.deployment, 80)',
  ],
  ["orch <TAB>", "complete/candidates", 'await used.candidatesFor([""], {})'],
  ["orch deployment <TAB>", "complete/candidates", 'await used.candidatesFor(["deployment", ""], {})'],
];
for (const [what, name, call] of LISTS) {
  test(`${what} loads no command, and at most 25 modules of orch`, async () => {
    const loaded = (await loadedBy(name, call)).filter((path) => path.includes("/src/"));
    expect(loaded.filter((path) => /cli\/(?:deployment|init|dev|adopt|version|doctor)\//.test(path))).toEqual([]);
    expect(loaded.length).toBeWithin(2, 25 + 1);
  });
}
