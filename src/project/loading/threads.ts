// Starts worker threads: those of the executable itself, and those of user code, in which `import … from "orch"` works too.

/** In the executable, as opposed to a start from source. */
export const IS_COMPILED = import.meta.url.includes("$bunfs") || import.meta.url.includes("~BUN");

/** Taken before `registerThreads` puts another in its place. */
const PlainWorker = globalThis.Worker;

/** A thread of ours. `entry` is below `src`, and one of the entries that the build compiles. It keeps no process alive. */
export function ownWorker(entry: string): Worker {
  const place = IS_COMPILED ? `./${entry}` : new URL(`../../${entry}`, import.meta.url).href;
  return new PlainWorker(place, { smol: true, ref: false });
}
