// Prints numbers of the source tree: sizes, folders, comments, imports that run in circles, commit subjects. What grows is seen here.
import { dirname, join, normalize } from "node:path";
import { $, Glob } from "bun";

const MOST_FILES = 20;
const IMPORTS = /^(?:import|export)\b[^"']*?from\s*"(#[^"]+|\.\.?\/[^"]+)"/gm;

interface Source {
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

async function readSources(): Promise<Source[]> {
  const paths = await Array.fromAsync(new Glob("**/*.{ts,tsx}").scan("src"));
  return Promise.all(paths.sort().map(async (path) => sourceOf(path, await Bun.file(join("src", path)).text())));
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function countBy(names: readonly string[]): [name: string, count: number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** Groups of names that import each other, directly or by others (Tarjan's algorithm). */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[][] {
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
function mutualFolders(sources: readonly Source[]): string[] {
  const arrows = new Set(
    sources.flatMap(({ path, imports }) => imports.map((each) => `${dirname(path)} ${dirname(each)}`)),
  );
  return [...arrows].filter((arrow) => {
    const [from = "", to = ""] = arrow.split(" ");
    return from < to && arrows.has(`${to} ${from}`);
  });
}

const sources = await readSources();
const lines = sources.map((source) => source.lines);
const all = lines.reduce((sum, count) => sum + count, 0);
const comments = sources.reduce((sum, source) => sum + source.comments, 0);
const [longest] = sources.toSorted((a, b) => b.lines - a.lines);
const full = countBy(sources.map(({ path }) => dirname(path))).filter(([, count]) => count > MOST_FILES);
const circles = circlesIn(new Map(sources.map(({ path, imports }) => [path, imports])));
const pairs = mutualFolders(sources);
const subjects = (await $`git log --format=%s -n 200`.quiet().text()).trim().split("\n");

console.log(`files: ${sources.length}, lines: ${all}`);
console.log(`median file: ${median(lines)} lines; longest: ${longest?.path}, ${longest?.lines}`);
console.log(`files over 400 lines: ${sources.filter((source) => source.lines > 400).length}`);
console.log(`comment lines: ${((100 * comments) / all).toFixed(1)} %`);
console.log(
  `folders over ${MOST_FILES} files: ${full.map(([name, count]) => `${name} ${count}`).join(", ") || "none"}`,
);
console.log(`circles of imports: ${circles.length}`);
for (const circle of circles) console.log(`  ${circle.join(", ")}`);
console.log(`folders that import each other: ${pairs.length}`);
for (const pair of pairs) console.log(`  ${pair.replace(" ", " and ")}`);
const lengths = subjects.map((subject) => subject.length);
console.log(
  `last ${subjects.length} commit subjects: median ${median(lengths)} characters, longest ${Math.max(...lengths)}`,
);
