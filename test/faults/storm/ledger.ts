// Reads the ledger of a storm's flows (flows.ts), and judges what was executed by it alone: nothing twice, nothing at once.
import { existsSync, readFileSync } from "node:fs";
import { MOST_EVENTS_BETWEEN_CALLS } from "./flows.ts";

export interface Entry {
  /** Milliseconds since 1970. */
  at: number;
  event: string;
  run: string;
  execution: string;
  words: readonly string[];
}

export function readLedger(path: string): Entry[] {
  if (!existsSync(path)) return [];
  const texts = readFileSync(path, "utf8").trimEnd().split("\n");
  return texts.map((text) => {
    const [at, event = "", run = "", execution = "", ...words] = text.split(" ");
    return { at: Number(at), event, run, execution, words };
  });
}

/** `resumes`: how often a run went on after a pause, in a process that may be new. */
export function problemsOf(ledger: readonly Entry[], resumes: ReadonlyMap<string, number>): string[] {
  return [...twice(ledger, resumes), ...atOnce(ledger)];
}

function twice(ledger: readonly Entry[], resumes: ReadonlyMap<string, number>): string[] {
  const times = new Map<string, number>();
  for (const { event, run, words } of ledger) {
    const attempt = { begin: [run, words[0]], inner: words, task: words.slice(0, 3) }[event];
    if (!attempt) continue;
    const key = `${event} ${attempt.join(" ")}`;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return [...times].flatMap(([key, count]) => {
    const [event = "", id = ""] = key.split(" ");
    const allowed = 1 + (event === "begin" ? (resumes.get(id) ?? 0) : 0);
    return count > allowed ? [`executed ${count} times: ${key}`] : [];
  });
}

/** An execution whose run has begun elsewhere learns of it at its next call. Its last steps say nothing of the one that began later. */
function atOnce(ledger: readonly Entry[]): string[] {
  return [...Map.groupBy(ledger, ({ run }) => run)].flatMap(([run, entries]) => {
    const begins = new Map(entries.map(({ execution }, at): [string, number] => [execution, at]).toReversed());
    return [...begins].flatMap(([execution, begin]) => {
      const next = Math.min(...begins.values().filter((at) => at > begin));
      const late = entries.filter((entry, at) => at > next && entry.execution === execution);
      if (late.length <= MOST_EVENTS_BETWEEN_CALLS) return [];
      return [`two executions of ${run} at once: ${late.length} steps of ${execution} after another one had begun`];
    });
  });
}

/** The last line that each execution had handed to the log of a run, by `EXECUTION RUN`. */
export function lastLines(ledger: readonly Entry[]): Map<string, number> {
  const lines = ledger.filter(({ event }) => event === "lines");
  return new Map(lines.map(({ execution, words: [run, line] }) => [`${execution} ${run}`, Number(line)]));
}
