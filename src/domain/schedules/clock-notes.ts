// What the clocks do around a run of a schedule: changed since the run before, swallowed the time that was meant, show it twice.
import type { ScheduledDate } from "./expand.ts";
import type { Zone } from "./zone.ts";

export interface ClockNotes {
  /** Minutes that the clocks went forward since the run before; fewer than none when they went back. */
  clock_change: number;
  /** The time of day that the schedule names and no clock shows on that day. */
  moved_from: string | null;
  /** Which of two times with the same clock face is meant. */
  repeated: "first" | "second" | null;
}

export function clockNotes(zone: Zone, { instant, wall }: ScheduledDate, before: number): ClockNotes {
  const face = instant + zone.offset(instant);
  const [first, second] = [zone.instant(face, "larger"), zone.instant(face, "smaller")];
  return {
    clock_change: clockChange(zone, instant, before),
    moved_from: wall === face ? null : clock(wall),
    repeated: first === second ? null : instant === first ? "first" : "second",
  };
}

/** Minutes between the offsets of two moments. */
export function clockChange(zone: Zone, instant: number, before: number): number {
  return (zone.offset(instant) - zone.offset(before)) / 60_000;
}

/** In words; empty when there is nothing to say. `yours` is the change of the clocks where the reader is. */
export function notesText({ clock_change, moved_from, repeated }: ClockNotes, yours = 0): string {
  const notes: string[] = [];
  if (clock_change !== 0) notes.push(`clocks ${changeText(clock_change)}`);
  if (yours !== 0 && yours !== clock_change) notes.push(`yours ${changeText(yours)}`);
  if (moved_from !== null) notes.push(`moved: ${moved_from} does not exist`);
  if (repeated !== null) notes.push(`comes twice: the ${repeated} time`);
  return notes.join(", ");
}

function changeText(minutes: number): string {
  const length = Math.abs(minutes);
  return `${minutes > 0 ? "forward" : "back"} ${length % 60 === 0 ? `${length / 60} h` : `${length} min`}`;
}

/** `02:30`; seconds only when there are any. */
function clock(wall: number): string {
  return new Date(wall).toISOString().slice(11, 19).replace(/:00$/, "");
}
