// A line that grows while something takes long; work that is done in a moment shows none.
import type { Clock } from "#lib/clock.ts";
import type { Io } from "../kit/command.ts";

const MOMENT_MS = 300;
/** More often nobody reads it, and each one is a write to the terminal. */
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
