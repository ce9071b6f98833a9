// Keeps the lines somebody prints, and lets a test wait for one.

export interface LineRecorder {
  all: string[];
  add(line: string): void;
  /** Resolves with the match of the first line that matches, printed already or to come. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
}

export function lineRecorder(): LineRecorder {
  const all: string[] = [];
  const waiting = new Set<(line: string) => void>();
  return {
    all,
    add(line) {
      all.push(line);
      for (const look of [...waiting]) look(line);
    },
    until(pattern) {
      return new Promise((resolve) => {
        const look = (line: string) => {
          const match = pattern.exec(line);
          if (!match) return;
          waiting.delete(look);
          resolve(match);
        };
        waiting.add(look);
        for (const line of all) look(line);
      });
    },
  };
}
