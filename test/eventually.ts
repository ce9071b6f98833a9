// Waits in tests until something is so, for as long as a busy machine may need.

/** Of what takes milliseconds on a quiet machine. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 25;

/**
 * Looks until what it finds is something, and gives that. `what`: the words of the failure.
 *
 * @throws when a minute has passed.
 */
export async function eventually<T>(
  look: () => T | Promise<T>,
  what: string | (() => string | Promise<string>),
): Promise<NonNullable<Exclude<T, false>>> {
  for (const begun = performance.now(); performance.now() - begun < PATIENCE_MS; await Bun.sleep(LOOK_MS)) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found as NonNullable<Exclude<T, false>>; // just looked at
  }
  throw new Error(`within a minute it was not so: ${typeof what === "string" ? what : await what()}`);
}
