// Lets work through, a few pieces at a time; the others wait in the order they came.

/**
 * @example
 * const through = gate(16);
 * await Promise.all(files.map((file) => through(() => send(file))));
 */
export function gate(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // Its place goes to the next one.
      if (next) next();
      else free += 1;
    }
  };
}
