// A schedule that the server would refuse, refused here in its sentence and with what is wrong about it.

import { systemClock, timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { didYouMean } from "#lib/text/nearest.ts";
import type { Schedule } from "#wire/deployments/schedules.ts";
import { TooCostly } from "./budget.ts";
import { cronFault } from "./cron-fault.ts";
import { checkSchedule, dates } from "./expand.ts";
import { FREQUENCIES } from "./rrule-text.ts";

/** The schedule as it is stored. Throws `invalid` with a sentence for people. */
export function checkedSchedule(schedule: Schedule): Schedule {
  try {
    return checkSchedule(schedule, timestampNow(systemClock));
  } catch (error) {
    if (!(error instanceof OrchError)) throw error;
    throw new OrchError(error.code, error.message + reason(schedule, error.message), { cause: error });
  }
}

/** The same for one that is set now: throws `invalid` also where it will never make a run. */
export function usableSchedule(given: Schedule): Schedule {
  const schedule = checkedSchedule(given);
  if ("interval" in schedule) return schedule;
  const [first] = datesWithin(schedule);
  if (first !== undefined) return schedule;
  const text = "cron" in schedule ? schedule.cron : schedule.rrule;
  const why = "cron" in schedule ? "no calendar has such a day" : "all of its dates are past, or no calendar has them";
  throw new OrchError("invalid", `The schedule '${text}' never makes a run: ${why}.`);
}

/** What takes too long to find out counts as a date. */
function datesWithin(schedule: Schedule): unknown[] {
  try {
    return [...dates(schedule, { start: systemClock.now(), limit: 1 })];
  } catch (error) {
    if (error instanceof TooCostly) return [error];
    throw error;
  }
}

/** What the old server's sentence leaves open. */
function reason(schedule: Schedule, sentence: string): string {
  if (sentence.startsWith("Invalid timezone") && schedule.timezone) return zoneReason(schedule.timezone);
  if (sentence.includes("Max length")) return ".";
  if ("cron" in schedule) return sentence.startsWith("Invalid cron") ? `: ${cronFault(schedule.cron)}.` : ".";
  if (!("rrule" in schedule)) return sentence.endsWith("positive") ? `, not ${schedule.interval}.` : ".";
  if (sentence.includes("values to unpack") || sentence.endsWith("empty string")) {
    return ". A rule is made of parts such as FREQ=DAILY;INTERVAL=2;BYHOUR=9.";
  }
  if (sentence.includes("'FREQ'") || sentence.includes("FREQ is missing")) {
    return `. FREQ is one of ${FREQUENCIES.join(", ")}.`;
  }
  return ".";
}

function zoneReason(zone: string): string {
  if (/^(UTC|GMT)?[+-]\d/i.test(zone)) return ". An offset is no time zone: zones have names such as Europe/Berlin.";
  const known = [...Intl.supportedValuesOf("timeZone"), "UTC"];
  const sameLetters = known.find((name) => name.toLowerCase() === zone.toLowerCase());
  if (sameLetters) return `. Did you mean '${sameLetters}'?`;
  return didYouMean(zone, known).replace(/^/, ".").replace(/^\.$/, ". Zones have names such as Europe/Berlin.");
}
