// The real terminal.
import { fstatSync, writeSync } from "node:fs";
import { visibleLine } from "#lib/text/visible.ts";
import type { Io } from "../kit/command.ts";
import { wantsColours } from "./colours.ts";
import { NO_LIMIT } from "./layout.ts";
import { fittedProgress } from "./progress.ts";
import { createScreen } from "./screen.ts";

const USUAL_WIDTH = 80;

export function terminal(): Io {
  const isTerminal = isCharacterDevice(1) && process.stdout.isTTY === true;
  const isErrorTerminal = isCharacterDevice(2) && process.stderr.isTTY === true;
  const { paint, shown } = createScreen(wantsColours(process.env, isTerminal && isErrorTerminal));
  let hasLostOutput = false;

  /** console.log says nothing about a disk that is full. */
  function print(text: string): void {
    try {
      writeWhole(1, text);
    } catch (error) {
      noteLoss(error);
    }
  }

  /** True for any error. */
  function noteLoss(error: unknown): boolean {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    hasLostOutput ||= code !== undefined && code !== "EPIPE";
    return error !== null && error !== undefined;
  }

  return {
    out(line) {
      if (isTerminal) console.log(shown(line, isTerminal, process.stdout.columns));
      else print(`${shown(line, isTerminal)}\n`);
    },
    err(line) {
      const text = shown(line, isErrorTerminal, isErrorTerminal ? process.stderr.columns : NO_LIMIT);
      try {
        writeWhole(2, `${text}\n`); // console.error would make all of it red, whatever TERM and the colours of the text are
      } catch {
        // There is no other place to say so.
      }
    },
    write(lines) {
      // The answer says what went wrong.
      if (process.stdout.listenerCount("error") === 0) process.stdout.on("error", () => {});
      const columns = isTerminal ? process.stdout.columns : NO_LIMIT;
      const text = lines.map((line) => `${shown(line, isTerminal, columns)}\n`).join("");
      return new Promise((resolve) => process.stdout.write(text, (error) => resolve(!noteLoss(error))));
    },
    progress(line) {
      if (!isTerminal || process.env["TERM"] === "dumb") return;
      const shown = fittedProgress(visibleLine(line), (process.stdout.columns || USUAL_WIDTH) - 1);
      process.stdout.write(`\r\x1b[2K${shown}`);
    },
    env: process.env,
    cwd: process.cwd(),
    columns: isTerminal ? process.stdout.columns || USUAL_WIDTH : NO_LIMIT,
    isTerminal,
    paint,
    stdin: async () => (await import("./text-input.ts")).standardInput(),
    isAttended: isErrorTerminal && isCharacterDevice(0) && process.stdin.isTTY === true,
    askSecret: async (question) => (await import("./questions.ts")).askSecret(question),
    async confirm(question) {
      if (!isTerminal || !isCharacterDevice(0) || process.stdin.isTTY !== true) return undefined;
      return (await import("./questions.ts")).askYes(question);
    },
    hasLostOutput: () => hasLostOutput,
  };
}

/** Waits for a reader of a pipe that is full. */
function writeWhole(fd: number, text: string): void {
  let rest: Buffer = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      Bun.sleepSync(1);
    }
  }
}

/** False for pipes and files. It is asked first, because `process.stdout` takes 4 ms to load. */
function isCharacterDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return false; // it was closed by the one who started this process
  }
}
