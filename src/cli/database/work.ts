// `orch __database`: SQLite holds up the process it copies or compacts in, so a large database is worked on in another one,
// and this one shows how far it is.
import { statSync } from "node:fs";
import { backupDatabase, compactDatabase, draftOf } from "#db/backup.ts";
import type { Clock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { command, type Io } from "../kit/command.ts";
import { ownCommand } from "../kit/own-command.ts";
import { sizeText } from "../terminal/output.ts";

type Work = { kind: "backup"; path: string; target: string } | { kind: "vacuum"; path: string };

export const databaseWork = command({
  description: "Backs up or compacts a database for the process that started this one.",
  options: {
    kind: { type: "positional", required: true, choices: ["backup", "vacuum"], description: "What to do." },
    path: { type: "positional", required: true, description: "The database." },
    target: { type: "positional", required: false, description: "The backup." },
  },
  async run({ options: { kind, path, target = "" } }) {
    perform(kind === "backup" ? { kind, path, target } : { kind: "vacuum", path });
  },
});

function perform(work: Work): void {
  if (work.kind === "backup") backupDatabase(work.path, work.target);
  else compactDatabase(work.path);
}

/** Smaller ones are done before anybody could read a line. */
const LARGE_BYTES = 64 * 1024 * 1024;
const LOOK_MS = 200;

export interface WatchOptions {
  clock: Clock;
  /** For tests: what starts the other process, and what counts as large. */
  command?: readonly string[];
  large?: number;
}

/** Throws the sentence of what went wrong. */
export async function performed(
  work: Work,
  io: Pick<Io, "progress" | "isTerminal">,
  { clock, command = ownCommand("__database"), large = LARGE_BYTES }: WatchOptions,
): Promise<void> {
  const whole = sizeOf(work.path);
  if (!io.isTerminal || whole < large) return perform(work);
  const words = [work.kind, work.path, ...(work.kind === "backup" ? [work.target] : [])];
  const child = Bun.spawn([...command, ...words], { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  // The compacted database is written to another file first, which no other process reads, and then through the log.
  const growing = work.kind === "backup" ? draftOf(work.target, child.pid) : `${work.path}-wal`;
  const over = new AbortController();
  const ended = child.exited.finally(() => over.abort());
  try {
    while (!over.signal.aborted) {
      io.progress(progressLine(work, Math.min(sizeOf(growing), whole), whole));
      await clock.sleep(LOOK_MS, over.signal);
    }
  } finally {
    io.progress("");
  }
  const code = await ended;
  const said = (await new Response(child.stderr).text()).trim();
  if (code !== 0) throw new OrchError("unavailable", said || `The work on '${work.path}' was cut off.`);
}

function progressLine({ kind }: Work, done: number, whole: number): string {
  const [doing, did] = kind === "backup" ? ["Copying", "Copied"] : ["Compacting", "Compacted"];
  return done === 0 ? `${doing} ${sizeText(whole)}…` : `${did} ${sizeText(done)} of ${sizeText(whole)}`;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
