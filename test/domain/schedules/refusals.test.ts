// What a refused schedule is told: what was refused, and why.
import { expect, test } from "bun:test";
import { checkedSchedule } from "#domain/schedules/refusals.ts";
import { OrchError } from "#lib/errors.ts";
import type { Schedule } from "#wire/deployments/schedules.ts";

const cron = (text: string, timezone: string | null = null): Schedule => ({ cron: text, timezone, day_or: true });
const rrule = (text: string, timezone: string | null = null): Schedule => ({ rrule: text, timezone });
const interval = (seconds: number, anchor: string | null = null): Schedule => ({
  interval: seconds,
  anchor_date: anchor,
  timezone: null,
});

const REFUSED: [schedule: Schedule, sentence: string][] = [
  [cron("61 * * * *"), `Invalid cron string: "61 * * * *": '61' is no minute (0 to 59).`],
  [cron("r * * * *"), `Random and Hashed expressions are unsupported, recieved: "r * * * *".`],
  [cron("* * * * *", "europe/berlin"), `Invalid timezone: "europe/berlin". Did you mean 'Europe/Berlin'?`],
  [cron("* * * * *", "Europe/Berln"), `Invalid timezone: "Europe/Berln". Did you mean 'Europe/Berlin'?`],
  [cron("* * * * *", "utc"), `Invalid timezone: "utc". Did you mean 'UTC'?`],
  [
    cron("* * * * *", "+02:00"),
    `Invalid timezone: "+02:00". An offset is no time zone: zones have names such as Europe/Berlin.`,
  ],
  [cron("* * * * *", "Mars/Olympus"), `Invalid timezone: "Mars/Olympus". Zones have names such as Europe/Berlin.`],
  [rrule("FREQ=DAILY", "Mars/Olympus"), `Invalid timezone: "Mars/Olympus". Zones have names such as Europe/Berlin.`],
  [
    rrule("every day"),
    'Invalid RRule string "every day": not enough values to unpack (expected 2, got 1). A rule is made of parts such as FREQ=DAILY;INTERVAL=2;BYHOUR=9.',
  ],
  [rrule(""), 'Invalid RRule string "": empty string. A rule is made of parts such as FREQ=DAILY;INTERVAL=2;BYHOUR=9.'],
  [
    rrule("INTERVAL=2"),
    'Invalid RRule string "INTERVAL=2": FREQ is missing. FREQ is one of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY.',
  ],
  [rrule("FREQ=DAILY;BYHOUR=25"), 'Invalid RRule string "FREQ=DAILY;BYHOUR=25": hour must be in 0..23.'],
  [interval(-5), "The interval must be positive, not -5."],
  [interval(5, "soon"), "invalid datetime format."],
];
test.each(REFUSED)("%j", (schedule, sentence) => {
  const attempt = () => checkedSchedule(schedule);
  expect(attempt).toThrow(OrchError);
  expect(attempt).toThrow(new OrchError("invalid", sentence));
});

test("one that makes sense is given as it is stored", () => {
  expect(checkedSchedule(rrule("FREQ=DAILY"))).toEqual(rrule("FREQ=DAILY", "UTC"));
});

test("R9: a zone of a million letters is refused without a search for its neighbours", () => {
  const zone = "X".repeat(1_000_000);
  expect(() => checkedSchedule({ cron: "0 0 * * *", timezone: zone, day_or: true })).toThrow(
    /^Invalid timezone: "X{500}…/,
  );
});
