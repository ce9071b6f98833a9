// Notices that this process has nothing left to do, although something still waits.

/**
 * Calls `onIdle` when no timer, request or file keeps the process alive any more; what it starts goes on. Of several
 * watchers only the latest is called. Returns the way to stop watching.
 *
 * @example
 * const stop = watchIdle(() => reject(new Error("nothing is left to do")));
 */
export function watchIdle(onIdle: () => void): () => void {
  const look = () => {
    if (process.listeners("beforeExit").at(-1) === look) onIdle();
  };
  process.on("beforeExit", look);
  return () => process.off("beforeExit", look);
}
