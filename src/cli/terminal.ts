// The real terminal.
import { COLOURS, PLAIN, wantsColours } from "./colours.ts";
import type { Io } from "./command.ts";

const USUAL_WIDTH = 80;
/** Nothing is cut where a program reads. */
const NO_LIMIT = 10_000;

export function terminal(): Io {
  const isTerminal = process.stdout.isTTY === true;
  return {
    out: (line) => console.log(line),
    err: (line) => console.error(line),
    write(lines) {
      // The answer says what went wrong.
      if (process.stdout.listenerCount("error") === 0) process.stdout.on("error", () => {});
      return new Promise((resolve) => process.stdout.write(`${lines}\n`, (error) => resolve(!error)));
    },
    progress(line) {
      if (isTerminal) process.stdout.write(`\r\x1b[2K${line}`);
    },
    env: process.env,
    cwd: process.cwd(),
    columns: isTerminal ? process.stdout.columns || USUAL_WIDTH : NO_LIMIT,
    isTerminal,
    paint: wantsColours(process.env, isTerminal && process.stderr.isTTY === true) ? COLOURS : PLAIN,
    stdin: () => Bun.stdin.text(),
    confirm: (question) => process.stdin.isTTY !== true || confirm(question),
  };
}
