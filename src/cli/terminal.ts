// The real terminal.
import type { Io } from "./command.ts";

const USUAL_WIDTH = 80;

export function terminal(): Io {
  const isTerminal = process.stdout.isTTY === true;
  return {
    out: (line) => console.log(line),
    err: (line) => console.error(line),
    progress(line) {
      if (isTerminal) process.stdout.write(`\r\x1b[2K${line}`);
    },
    env: process.env,
    cwd: process.cwd(),
    columns: process.stdout.columns || Number(process.env["COLUMNS"]) || USUAL_WIDTH,
    isTerminal,
    stdin: () => Bun.stdin.text(),
  };
}
