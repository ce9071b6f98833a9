// Reads the source tree and its imports: files that import each other in a circle, folders that import each other.
import { dirname, join, normalize } from "node:path";
import { Glob } from "bun";

const IMPORTS = /^(?:import|export)\b[^"']*?from\s*"(#[^"]+|\.\.?\/[^"]+)"/gm;

export interface Source {
  /** Below src. */
  path: string;
  lines: number;
  comments: number;
  /** What it imports at once, below src. */
  imports: string[];
}

function sourceOf(path: string, text: string): Source {
  const lines = text.trimEnd().split("\n");
  const imports = [...text.matchAll(IMPORTS)].map(([, name = ""]) =>
    name.startsWith("#") ? name.slice(1) : normalize(join(dirname(path), name)),
  );
  const comments = lines.filter((line) => /^\s*(\/\/|\/\*|\*)/.test(line)).length;
  return { path, lines: lines.length, comments, imports };
}

export async function readSources(): Promise<Source[]> {
  const paths = await Array.fromAsync(new Glob("**/*.{ts,tsx}").scan("src"));
  return Promise.all(paths.sort().map(async (path) => sourceOf(path, await Bun.file(join("src", path)).text())));
}

/** Groups of names that import each other, directly or by others (Tarjan's algorithm). */
export function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const [order, low] = [new Map<string, number>(), new Map<string, number>()];
  const open: string[] = [];
  const circles: string[][] = [];
  function visit(name: string): number {
    const number = order.size;
    order.set(name, number);
    let least = number;
    open.push(name);
    for (const next of imports.get(name) ?? []) {
      if (!imports.has(next)) continue;
      const known = order.get(next);
      if (known === undefined) least = Math.min(least, visit(next));
      else if (open.includes(next)) least = Math.min(least, known);
    }
    low.set(name, least);
    if (least === number) {
      const circle = open.splice(open.indexOf(name));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return least;
  }
  for (const name of imports.keys()) if (!order.has(name)) visit(name);
  return circles;
}

/** Pairs of folders of which each imports from the other. */
export function mutualFolders(sources: readonly Source[]): string[] {
  const arrows = new Set(
    sources.flatMap(({ path, imports }) => imports.map((each) => `${dirname(path)} ${dirname(each)}`)),
  );
  return [...arrows].filter((arrow) => {
    const [from = "", to = ""] = arrow.split(" ");
    return from < to && arrows.has(`${to} ${from}`);
  });
}
