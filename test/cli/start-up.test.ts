// What is loaded before anything is done. `orch engine` is started once for each run, so every module there costs each run.
import { expect, test } from "bun:test";

const MOST: [module: string, modules: number][] = [
  ["version/version", 10],
  ["engine", 144],
  ["run", 14],
];

async function loadedBy(name: string): Promise<string[]> {
  const script = `await import("./src/cli/${name}.ts"); console.log(JSON.stringify(Object.keys(require.cache)));`;
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
