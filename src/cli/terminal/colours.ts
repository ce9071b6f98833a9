// Colours only where a person sees them: not when piped, not with NO_COLOR; always with FORCE_COLOR.
import type { Io, Paint } from "../kit/command.ts";

/** NO_COLOR counts when it is not empty (no-color.org) and wins; `FORCE_COLOR=0` is no. */
export function wantsColours(env: Io["env"], isTerminal: boolean): boolean {
  if (env["NO_COLOR"]) return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return !["0", "false", "never"].includes(forced);
  return isTerminal && env["TERM"] !== "dumb";
}

const same = (text: string) => text;
export const PLAIN: Paint = { good: same, bad: same, warn: same, busy: same, faint: same };

/**
 * The colours of consola, loaded when the first one is shown: most processes of orch never show any. `faint` is the terminal's
 * own colour, dimmed: its grey is the background of some schemes, dark and light.
 */
export const COLOURS: Paint = {
  good: (text) => consolaColours().green(text),
  bad: (text) => consolaColours().red(text),
  warn: (text) => consolaColours().yellow(text),
  busy: (text) => consolaColours().cyan(text),
  faint: (text) => consolaColours().dim(text),
};

function consolaColours(): typeof import("consola/utils").colors {
  const { colors }: typeof import("consola/utils") = require("consola/utils");
  return colors;
}
