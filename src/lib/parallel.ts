// Runs work for many items, a few at a time.

/**
 * Calls `work` for each item, at most `atOnce` at a time. The first failure is thrown once the calls under way have ended:
 * no other call is under way when the caller cleans up.
 *
 * @example
 * await eachOf(files, 32, (file) => copyFile(file, target));
 */
export async function eachOf<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const waiting = [...items].entries();
  let failed = false;
  const lanes = Array.from({ length: atOnce }, async () => {
    for (const [index, item] of waiting) {
      if (failed) return;
      await work(item, index).catch((error) => {
        failed = true;
        throw error;
      });
    }
  });
  const failure = (await Promise.allSettled(lanes)).find((lane) => lane.status === "rejected");
  if (failure) throw failure.reason;
}
