// Schedules need the world's time zones: are they known here, with their clock changes?
import { type Finding, fine, wrong } from "./finding.ts";

const WINTER = Date.UTC(2026, 0, 15, 12);
const SUMMER = Date.UTC(2026, 6, 15, 12);
/** Hours at noon UTC in winter and in summer. */
const KNOWN: [zone: string, winter: number, summer: number][] = [
  ["Europe/Berlin", 13, 14],
  ["America/New_York", 7, 8],
  ["Australia/Sydney", 23, 22],
];

export function checkZones(local: string | undefined): Finding {
  const odd = KNOWN.find(
    ([zone, winter, summer]) => hourIn(zone, WINTER) !== winter || hourIn(zone, SUMMER) !== summer,
  );
  if (odd) {
    return wrong(
      "time zones",
      `The hours of ${odd[0]} are not what they are.`,
      "This executable was built wrong: download or build it again.",
    );
  }
  if (local && hourIn(local.replace(/^:/, ""), WINTER) === undefined) {
    return wrong(
      "time zones",
      `TZ is '${local}', which is no time zone.`,
      "Set TZ to a name such as Europe/Berlin, or unset it.",
    );
  }
  return fine("time zones", `Known, with their clock changes; this machine's is ${ownZone()}.`);
}

function hourIn(timeZone: string, at: number): number | undefined {
  try {
    return Number(new Intl.DateTimeFormat("en", { timeZone, hour: "numeric", hourCycle: "h23" }).format(at));
  } catch {
    return undefined; // there is no such zone
  }
}

function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
