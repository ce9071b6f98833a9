// A line that grows while something takes long; work that is done in a moment shows none.
import type { Clock } from "#lib/clock.ts";
import type { Io } from "../kit/command.ts";
import { folded } from "./wrap.ts";

const MOMENT_MS = 300;
/** More often is too fast to read, and each one is a write to the terminal. */
const BETWEEN_MS = 100;

/** Hands `work` a way to say how far it is; the line is gone when it ends, however it ends. */
export async function withProgress<T>(
  io: Pick<Io, "progress">,
  clock: Clock,
  work: (show: (line: () => string) => void) => Promise<T>,
): Promise<T> {
  let next = clock.elapsed() + MOMENT_MS;
  let shown = false;
  try {
    return await work((line) => {
      const now = clock.elapsed();
      if (now < next) return;
      next = now + BETWEEN_MS;
      shown = true;
      io.progress(line());
    });
  } finally {
    if (shown) io.progress("");
  }
}

/**
 * What of a line of progress fits: a terminal breaks a longer one, and only its last line is written again. The last parts go
 * first.
 *
 * @example
 * fittedProgress("Uploading: 3 of 10 files, 1.0 MB of 20.0 MB, 2.0 MB/s", 50); // Uploading: 3 of 10 files, 1.0 MB of 20.0 MB
 */
export function fittedProgress(line: string, width: number): string {
  let shown = line;
  while (Bun.stringWidth(shown) > width && shown.includes(", ")) shown = shown.slice(0, shown.lastIndexOf(", "));
  if (Bun.stringWidth(shown) <= width) return shown;
  const [first = ""] = folded(shown, Math.max(width - 1, 1));
  return `${first}…`;
}
