// Long work in slices: between two of them everything else of the process gets its turn.

/** Resolves after the events that wait now have been served. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
