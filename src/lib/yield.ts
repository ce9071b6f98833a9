// Lets other events of the process run between two slices of long work.

/** Resolves after the events that wait now have been served. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
