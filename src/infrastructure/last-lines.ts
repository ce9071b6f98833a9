// Keeps the last lines that a job printed: for its log, when it ends without having sent them itself.

const MOST_LINES = 200;
const MOST_CHARACTERS = 64_000;
const LONGEST_LINE = 2_000;

export interface LastLines {
  add(line: string): void;
  /** Oldest first. */
  readonly all: readonly string[];
}

export function createLastLines(): LastLines {
  let lines: string[] = [];
  let characters = 0;
  return {
    add(line) {
      const kept = line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
      lines.push(kept);
      characters += kept.length;
      // Cut now and then, so that a flood of lines costs little.
      if (lines.length < 2 * MOST_LINES && characters < 2 * MOST_CHARACTERS) return;
      lines = newest(lines);
      characters = lines.reduce((sum, { length }) => sum + length, 0);
    },
    get all() {
      return newest(lines);
    },
  };
}

function newest(lines: readonly string[]): string[] {
  let characters = 0;
  const last = lines.slice(-MOST_LINES);
  const from = last.findLastIndex((line) => {
    characters += line.length;
    return characters > MOST_CHARACTERS;
  });
  return last.slice(from + 1);
}
