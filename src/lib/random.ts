// Injectable random source, so that tests can choose it.

/** At least 0, below 1. */
export type Random = () => number;

export const systemRandom: Random = () => Math.random();

export function pick<T>(items: readonly [T, ...T[]], random: Random): T {
  return items[Math.floor(random() * items.length)] ?? items[0];
}
