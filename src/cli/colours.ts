// Colours only where somebody sees them: not when piped, not with NO_COLOR; always with FORCE_COLOR.
import type { Io, Paint } from "./command.ts";

/** NO_COLOR counts when it is not empty (no-color.org) and wins; `FORCE_COLOR=0` is no. */
export function wantsColours(env: Io["env"], isTerminal: boolean): boolean {
  if (env["NO_COLOR"]) return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return !["0", "false", "never"].includes(forced);
  return isTerminal && env["TERM"] !== "dumb";
}

const GREEN = 32;
const RED = 31;
const USUAL = 39;

const inColour = (code: number) => (text: string) => `\x1b[${code}m${text}\x1b[${USUAL}m`;

export const COLOURS: Paint = { good: inColour(GREEN), bad: inColour(RED) };
export const PLAIN: Paint = { good: (text) => text, bad: (text) => text };
