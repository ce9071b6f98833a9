// A moment as people of a time zone write it down.
import { isUtcZone } from "./zone.ts";

/**
 * In the machine's own zone, or in another.
 *
 * @example
 * localMoment(Date.parse("2026-12-24T17:00:00Z"), "Europe/Berlin"); // "2026-12-24 18:00:00 CET"
 */
export function localMoment(millis: number, timeZone: string | undefined = ownZone()): string {
  // Swedes write dates as ISO does.
  const written = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  return `${written.format(millis)} ${zoneWord(millis, timeZone)}`;
}

function ownZone(): string | undefined {
  return isUtcZone() ? "UTC" : undefined;
}

/** `EST`, `CET`, `AEDT`: English has a word for a zone only where it is spoken near by. */
function zoneWord(millis: number, timeZone: string | undefined): string {
  const words = ["en-US", "en-GB", "en-AU"].map((language) => {
    const parts = new Intl.DateTimeFormat(language, { timeZone, timeZoneName: "short" }).formatToParts(millis);
    return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  });
  return words.find((word) => !/\d/.test(word)) ?? words[0] ?? "";
}
