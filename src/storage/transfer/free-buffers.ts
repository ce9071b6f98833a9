// Keeps the memory of a transfer small. The collector sees late what buffers hold, and on a busy machine later still: without
// a word from here a few hundred megabytes of finished ones pile up.

const EACH_BYTES = 8 * 1024 * 1024;
/** What the work on a small file leaves behind, beside its content. */
const FILE_BYTES = 32 * 1024;
/** Below that there is nothing to gain: a process that has just started holds 70 MB. */
const HELD_BYTES = 100 * 1024 * 1024;

/** Returns what is to be called with the bytes that have passed, and with 0 for each file that is done. */
export function bufferFreer(): (bytes: number) => void {
  let passed = 0;
  return (bytes) => {
    passed += bytes === 0 ? FILE_BYTES : Math.max(bytes, 0);
    if (passed < EACH_BYTES) return;
    passed = 0;
    // Not in its own time: while bytes go on arriving that comes too late.
    if (process.memoryUsage.rss() > HELD_BYTES) Bun.gc(true);
  };
}
