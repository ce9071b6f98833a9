// The time of day on consoles, and the short cut for machines on UTC.
import { expect, test } from "bun:test";
import { localTime } from "#lib/time/local-time.ts";
import { isUtcZone } from "#lib/time/zone.ts";

const MOMENT = Date.parse("2026-11-23T06:07:08.009Z") + 0.5;

test("local time has two digits each and milliseconds, on both ways alike", () => {
  expect(localTime(MOMENT, true)).toBe("06:07:08.009");
  const offset = new Date(MOMENT).getTimezoneOffset() * 60_000;
  expect(localTime(MOMENT + offset, false)).toBe("06:07:08.009");
});

const never = () => {
  throw new Error("no such link");
};
const ZONES: [zone: string | undefined, link: () => string, utc: boolean][] = [
  ["UTC", never, true],
  ["", never, true],
  [":Etc/UTC", never, true],
  ["Europe/Berlin", () => "/usr/share/zoneinfo/UTC", false],
  [undefined, () => "/usr/share/zoneinfo/Etc/UTC", true],
  [undefined, () => "/usr/share/zoneinfo/Europe/Berlin", false],
  [undefined, never, false],
];
for (const [zone, link, utc] of ZONES) {
  test(`TZ ${zone} is ${utc ? "" : "not "}UTC with link ${link === never ? "missing" : link()}`, () => {
    expect(isUtcZone(zone, link)).toBe(utc);
  });
}
