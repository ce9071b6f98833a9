// The real terminal.
import type { Io, Paint } from "./command.ts";

const USUAL_WIDTH = 80;
/** Nothing is cut where a program reads. */
const NO_LIMIT = 10_000;

const PLAIN: Paint = { good: (text) => text, bad: (text) => text };

export async function terminal(): Promise<Io> {
  const isTerminal = process.stdout.isTTY === true;
  return {
    out: (line) => console.log(line),
    err: (line) => console.error(line),
    progress(line) {
      if (isTerminal) process.stdout.write(`\r\x1b[2K${line}`);
    },
    env: process.env,
    cwd: process.cwd(),
    columns: isTerminal ? process.stdout.columns || USUAL_WIDTH : NO_LIMIT,
    isTerminal,
    paint: isTerminal && process.stderr.isTTY ? await colours() : PLAIN,
    stdin: () => Bun.stdin.text(),
    confirm: (question) => process.stdin.isTTY !== true || confirm(question),
  };
}

/** consola knows of NO_COLOR, FORCE_COLOR and dumb terminals. */
async function colours(): Promise<Paint> {
  const { colors } = await import("consola/utils");
  return { good: colors.green, bad: colors.red };
}
