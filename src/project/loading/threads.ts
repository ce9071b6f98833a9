// Starts worker threads: those of the executable itself, and those of user code, in which `import … from "orch"` works too.

/** In the executable, as opposed to a start from source. */
export const IS_COMPILED = import.meta.url.includes("$bunfs") || import.meta.url.includes("~BUN");

/** Taken before `preloadInThreads` puts another in its place. */
const PlainWorker = globalThis.Worker;
const PATCHED = Symbol.for("orch.threads");

/** A thread of ours. `entry` is below `src`, and one of the entries that the build compiles. It keeps no process alive. */
export function ownWorker(entry: string): Worker {
  const place = IS_COMPILED ? `./${entry}` : new URL(`../../${entry}`, import.meta.url).href;
  return new PlainWorker(place, { smol: true, ref: false });
}

type WorkerClass = new (place: string | URL, options?: { preload?: string | string[] }) => object;

/** Loads the module `preload` in every thread that user code starts from now on, before the thread's own code. */
export function preloadInThreads(preload: string): void {
  if (PATCHED in globalThis.Worker) return;
  const withPreload = (Plain: WorkerClass): WorkerClass =>
    class Worker extends Plain {
      static readonly [PATCHED] = true;

      constructor(place: string | URL, options: { preload?: string | string[] } = {}) {
        super(place, { ...options, preload: [preload, ...[options.preload ?? []].flat()] });
      }
    };
  Object.assign(globalThis, { Worker: withPreload(globalThis.Worker as unknown as WorkerClass) }); // Bun's options, not the browser's
  // A class apart from the global one. It is replaced before the first file imports it: an import keeps the class of that moment.
  const threads: { Worker: unknown } = process.getBuiltinModule("node:worker_threads");
  threads.Worker = withPreload(threads.Worker as WorkerClass);
}
