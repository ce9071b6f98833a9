// Reads `--since`: how far back to look, as a length of time or as a moment.
import { OrchError } from "#lib/errors.ts";

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const LENGTHS = /^(?:\d+(?:\.\d+)?[smhdw])+$/;

export const SINCE_OPTION = {
  since: {
    type: "string",
    description: "Only runs that ended after this, or still go on: 30m, 2h, 7d, or a date such as 2026-11-23.",
  },
} as const;

/** The moment in milliseconds; undefined when nothing was given. Throws `invalid`. */
export function readSince(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const length = text.trim().replaceAll(" ", "").toLowerCase();
  if (LENGTHS.test(length)) {
    const parts = [...length.matchAll(/([\d.]+)([smhdw])/g)];
    return now - parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (SECONDS[unit] ?? 0), 0) * 1_000;
  }
  const moment = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text.trim().replace(" ", "T")) : Number.NaN;
  if (!Number.isNaN(moment)) return moment;
  throw new OrchError(
    "invalid",
    `--since is '${text}': give a length of time such as 30m, 2h or 7d, or a date such as 2026-11-23.`,
  );
}
