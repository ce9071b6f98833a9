// What differs between two runs of one command, taken out of its output.

const MASKS: readonly [pattern: RegExp, shown: string][] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>"],
  [/\b[0-9a-f]{64}\b/g, "<hash>"],
  [/\b[0-9a-f]{32}\b/g, "<hash>"],
  [/DateTime\([^)]*\)+/g, "<time>"],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z| UTC)?/g, "<time>"],
  [/\b(\d+ (second|minute|hour)s? ago|just now|a few seconds ago|in \d+ (second|minute)s?)\b/g, "<when>"],
  [/\((now|<when>)\)/g, "(<when>)"],
  [/│ now +(?=│)/g, "│ <when> "],
  // Prefect logs what it does where the level was just set to DEBUG.
  [/^\d\d:\d\d:\d\d\.\d+ \| DEBUG .*$/gm, ""],
  [/https?:\/\/[^\s'"]+/g, "<url>"],
  [/(flow run|Flow run) '[a-z]+-[a-z]+'/g, "$1 '<name>'"],
  [/(│ <id> +│ [^│\n]+│) [a-z]+-[a-z]+ +(?=│)/g, "$1 <name> "],
  [/│ [a-z]+-[a-z]+ +(?=│ [^│\n]+ +│ (?:Scheduled|Late) )/g, "│ <name> "],
  [/\b\d+ files? \([\d.]+ [KM]?B\)/g, "<files>"],
];

/** Masked, with the lines of tables at one width. `folders` are those of this run. */
export function masked(output: string, folders: readonly string[]): string {
  const shown = folders.reduce((text, folder) => text.replaceAll(folder, "<folder>"), Bun.stripANSI(output));
  return MASKS.reduce((text, [pattern, to]) => text.replace(pattern, to), shown)
    .replace(/[━─]{2,}/g, (line) => line.slice(0, 2))
    .split("\n")
    .map((line) => line.replace(/ {2,}/g, (spaces, at) => (at === 0 && !/[┃│]/.test(line) ? spaces : " ")).trimEnd())
    .map((line) => (/[┃│┏┡└]/.test(line) ? line.trim() : line))
    .join("\n")
    .trim();
}

/** A traceback is known by its last line: the rest is Prefect's own text. */
export function withoutTraceback(output: string): string {
  const start = output.indexOf("Traceback (most recent call last)");
  if (start < 0) return output;
  const lines = output.slice(start).trimEnd().split("\n");
  const end = lines.findLastIndex((line) => /^[\w.]+(Error|Exception|NotFound|Exit)\b/.test(line));
  return `${output.slice(0, start)}(traceback)\n${lines.slice(Math.max(end, 0)).join("\n")}`;
}

/** Prefect's output as orch would have to print it: the names of the program and of the flow's file are other ones. */
export function asOrch(output: string): string {
  return output
    .replace(/\bprefect (?=agent|deployment|work-|config|block|server|worker|concurrency)/g, "orch ")
    .replaceAll("PREFECT_", "ORCH_")
    .replaceAll("flows/marvin.py:say_hi", "flows/marvin.ts:sayHi")
    .replaceAll("flows/marvin.py", "flows/marvin.ts")
    .replaceAll("say_hi-deployment", "sayHi-deployment")
    .replaceAll("none.py", "none.ts");
}

/** Compared by what is said, in that order, and not by where lines were wrapped. */
export function words(output: string): string {
  return output
    .replace(/\s+/g, " ")
    .replace(/ ?([{}()[\]]) ?/g, "$1")
    .trim();
}
