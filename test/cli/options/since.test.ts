// How far back `--since` looks.
import { expect, test } from "bun:test";
import { readSince } from "#cli/options/since.ts";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const HOUR = 3_600_000;

const TAKEN: [text: string, moment: number][] = [
  ["2h", NOW - 2 * HOUR],
  ["1h30m", NOW - 1.5 * HOUR],
  ["90 minutes", NOW - 1.5 * HOUR],
  ["2 hours ago", NOW - 2 * HOUR],
  ["30min", NOW - HOUR / 2],
  ["1 day", NOW - 24 * HOUR],
  ["2 W", NOW - 336 * HOUR],
  ["3600s", NOW - HOUR],
  ["PT1H", NOW - HOUR],
  ["0s", NOW],
  ["2026-11-23", NOW - 12 * HOUR],
  // In UTC with a time and without one, whatever the zone of the machine.
  ["2026-11-23 10:00", NOW - 2 * HOUR],
  ["2026-11-23T10:00:00", NOW - 2 * HOUR],
  ["2026-11-23T10:00:00+02:00", NOW - 4 * HOUR],
];
for (const [text, moment] of TAKEN) {
  test(`--since '${text}'`, () => {
    expect(readSince(text, NOW)).toBe(moment);
  });
}

for (const text of ["soon", "2026-02-30", "-2h", "h", "2 fortnights", "yesterday", "10:30", "2026", "7"]) {
  test(`--since '${text}' is refused with what would do`, () => {
    expect(() => readSince(text, NOW)).toThrow(`--since is '${text}': give a length of time such as 30m`);
  });
}

test("nothing given is no limit", () => {
  expect(readSince(undefined, NOW)).toBeUndefined();
});
