// Moments in the words of their zone.
import { expect, test } from "bun:test";
import { localMoment } from "#lib/time/local-moment.ts";
import { isUtcZone } from "#lib/time/zone.ts";

const MOMENT = Date.parse("2026-12-24T17:00:09.999Z");
const WRITTEN: [zone: string, text: string][] = [
  ["UTC", "2026-12-24 17:00:09 UTC"],
  ["Europe/Berlin", "2026-12-24 18:00:09 CET"],
  ["America/New_York", "2026-12-24 12:00:09 EST"],
  ["Australia/Sydney", "2026-12-25 04:00:09 AEDT"],
  ["Asia/Kathmandu", "2026-12-24 22:45:09 GMT+5:45"],
];
test.each(WRITTEN)("in %s it is %s", (zone, text) => {
  expect(localMoment(MOMENT, zone)).toBe(text);
});

test("without a zone it is the machine's own", () => {
  const own = isUtcZone() ? "UTC" : new Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(localMoment(MOMENT)).toBe(localMoment(MOMENT, own));
});
