// Prints numbers of the source tree: sizes, folders, comments, imports that run in circles, commit subjects. What grows is seen here.
import { dirname } from "node:path";
import { $ } from "bun";
import { circlesIn, mutualFolders, readSources } from "./sources.ts";

const MOST_FILES = 20;
function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function countBy(names: readonly string[]): [name: string, count: number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
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
