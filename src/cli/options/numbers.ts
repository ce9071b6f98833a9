// Numbers given on the command line.
import { OrchError } from "#lib/errors.ts";

export const MOST_PORT = 65_535;

/** `undefined` when nothing was given. Throws `invalid` with a sentence naming the option. */
export function wholeNumber(
  option: string,
  text: string | undefined,
  least: number,
  most?: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= (most ?? Number.MAX_SAFE_INTEGER)) return value;
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new OrchError("invalid", `${option} must be a whole number ${range}, not '${text}'.`);
}
