// Runs an upload with a line that shows how far it is, how fast and how long it will take. Ctrl-C ends it cleanly.
import type { Clock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import type { Copied, OnProgress } from "#storage/storage.ts";
import type { Io } from "../../kit/command.ts";
import { watchInterrupts } from "../../terminal/interrupts.ts";
import { sizeText } from "../../terminal/output.ts";
import { withProgress } from "../../terminal/progress.ts";

/** Before that, a rate says nothing. */
const FIRST_RATE_MS = 1_000;
const EXIT_INTERRUPTED = 130;

export async function withUploadProgress<T>(
  io: Pick<Io, "progress">,
  clock: Clock,
  upload: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  const start = clock.elapsed();
  return withProgress(io, clock, (show) =>
    upload((sofar, all) => show(() => progressLine(sofar, all, clock.elapsed() - start))),
  );
}

/**
 * Hands `upload` a signal that the first Ctrl-C aborts, with a sentence as its reason; a second one ends the process.
 *
 * @example
 * await untilInterrupted((signal) => storage.putDirectory(folder, null, { signal }));
 */
export async function untilInterrupted<T>(upload: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const interrupts = watchInterrupts();
  const sentence = "The upload was stopped. Runs take the files of the latest upload that was whole.";
  interrupts.first.then(() => stop.abort(new OrchError("invalid", sentence, { exitCode: EXIT_INTERRUPTED })));
  interrupts.second.then(() => process.exit(EXIT_INTERRUPTED));
  try {
    return await upload(stop.signal);
  } finally {
    interrupts.remove();
  }
}

/** `Uploading: 3 of 10 files, 1.0 MB of 20.0 MB, 2.0 MB/s, 10 s left`. */
export function progressLine(sofar: Copied, all: Copied, millis: number): string {
  const parts = [`${sofar.files} of ${all.files} files`, `${sizeText(sofar.bytes)} of ${sizeText(all.bytes)}`];
  if (millis >= FIRST_RATE_MS && sofar.bytes > 0) {
    const perSecond = (sofar.bytes * 1000) / millis;
    parts.push(`${sizeText(Math.round(perSecond))}/s`, `${waitText((all.bytes - sofar.bytes) / perSecond)} left`);
  }
  return `Uploading: ${parts.join(", ")}`;
}

function waitText(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
