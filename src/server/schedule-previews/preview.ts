// Expands a schedule that is being written into its next runs, with a word where the clocks change.
import { createBudget } from "#domain/schedules/budget.ts";
import { type ClockNotes, clockChange, clockNotes, notesText } from "#domain/schedules/clock-notes.ts";
import { dates, type ScheduledDate } from "#domain/schedules/expand.ts";
import { checkedSchedule } from "#domain/schedules/refusals.ts";
import { scheduleWords } from "#domain/schedules/words.ts";
import { createZones, isoText, isZone, type Zone } from "#domain/schedules/zone.ts";
import { OrchError } from "#lib/errors.ts";
import { shortened } from "#lib/limits.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import type { CLOCK_MARKS, SCHEDULE_FIELDS, SchedulePreview } from "#wire/deployments/schedule-previews.ts";
import type { Schedule } from "#wire/deployments/schedules.ts";

export interface PreviewQuestion {
  schedule: Schedule;
  count: number;
  /** Milliseconds. */
  after: number;
  readerZone: string | null;
}

/** Throws `invalid` for a zone of the reader that is none. */
export function previewOf({ schedule, count, after, readerZone }: PreviewQuestion): SchedulePreview {
  if (readerZone !== null && !isZone(readerZone)) {
    throw new OrchError("invalid", `'reader_timezone' is no time zone: '${shortened(readerZone)}'.`);
  }
  try {
    const checked = checkedSchedule(schedule);
    const zones = createZones();
    const zone = zones.get(checked.timezone || "UTC");
    const reader = readerZone === null ? null : zones.get(readerZone);
    const bounds = { start: after, limit: count, anchor: after, budget: createBudget() };
    const found = count === 0 ? [] : [...dates(checked, bounds, zones)];
    const runs = found.map((date, index) => {
      const before = found[index - 1]?.instant ?? after;
      return {
        time: toTimestamp(date.instant),
        local: isoText(zone, date.instant),
        reader: reader && isoText(reader, date.instant),
        ...markOf(zone, date, before, reader ? clockChange(reader, date.instant, before) : 0),
      };
    });
    return { problem: null, words: scheduleWords(checked), timezone: zone.name, runs };
  } catch (error) {
    if (!(error instanceof OrchError) || error.code !== "invalid") throw error;
    const sentence = error.message.replaceAll("\n", " ");
    return { problem: { field: fieldOf(schedule, sentence), sentence }, words: null, timezone: null, runs: [] };
  }
}

function fieldOf(schedule: Schedule, sentence: string): (typeof SCHEDULE_FIELDS)[number] {
  if (sentence.startsWith("Invalid timezone")) return "timezone";
  if ("cron" in schedule) return "cron";
  if ("rrule" in schedule) return "rrule";
  return sentence.startsWith("invalid datetime") ? "anchor_date" : "interval";
}

type Mark = (typeof CLOCK_MARKS)[number];

/** `yours`: minutes that the reader's clocks were changed since the moment `before`. */
export function markOf(
  zone: Zone,
  date: ScheduledDate,
  before: number,
  yours = 0,
): { mark: Mark | null; note: string | null } {
  // On almost every day there is nothing to note: this is the quick answer.
  const isPlain = zone.isSteady(date.instant) && zone.offset(date.instant) === zone.offset(before);
  if (isPlain && yours === 0) return { mark: null, note: null };
  const notes = clockNotes(zone, date, before);
  const note = notesText(notes, yours);
  return note === "" ? { mark: null, note: null } : { mark: wordFor(notes), note };
}

function wordFor({ moved_from, repeated }: ClockNotes): Mark {
  if (moved_from !== null) return "moved";
  return repeated === null ? "changed" : "doubled";
}
