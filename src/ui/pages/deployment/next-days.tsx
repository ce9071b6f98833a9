// Draws the next seven days of a deployment, a mark for each run, and says where a clock change moves one.
import type { UpcomingRuns } from "#wire/deployments/schedule-previews.ts";
import { clock, timeText, zone } from "../../data/zone.ts";

const DAYS = 7;
/** Marks of one day that are drawn: more are one line. */
const MOST_MARKS = 150;

export function NextDays({ upcoming, from }: { upcoming: UpcomingRuns; from: number }) {
  const one = upcoming.deployments[0];
  const planned = one?.planned.map(({ at }) => at) ?? [];
  const times = [...(one?.times ?? []), ...planned].toSorted((a, b) => a - b);
  const days = clock.value.daysFrom(from, DAYS).map((day) => dayOf(day, times));
  return (
    <div class="next-days">
      {days.map(({ title, of }) => (
        <div class="day" key={title}>
          <span class="small quiet nowrap">
            {title.split(" ").slice(0, 2).join(" ")}
            <span class="month"> {title.split(" ").slice(2).join(" ")}</span>
          </span>
          <span class="marks" aria-hidden="true">
            {of.slice(0, MOST_MARKS).map((at) => (
              <i key={at} style={{ left: `${shareOfDay(at) * 100}%` }} title={timeText(at, "exact")} />
            ))}
          </span>
          <span class="small">{wordsOf(of)}</span>
          {notesOf(one, title).map((note) => (
            <span class="small state-late" key={note} title={note}>
              {note}
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}

function dayText(at: number): string {
  return new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: zone.value,
  }).format(at);
}

function dayOf(at: number, times: readonly number[]): { title: string; of: number[] } {
  const title = dayText(at);
  return { title, of: times.filter((time) => dayText(time) === title) };
}

/** By the clock of the zone that is shown, so that a day of 23 or 25 hours has its marks where the clock says. */
function shareOfDay(at: number): number {
  const [hours = 0, minutes = 0] = timeText(at, "clock").split(":").map(Number);
  return (hours * 60 + minutes) / 1440;
}

function wordsOf(times: readonly number[]) {
  if (times.length === 0) return "—";
  if (times.length <= 2) return times.map((at) => timeText(at, "clock")).join(", ");
  return (
    <>
      {times.length}
      <span class="month"> runs</span>
    </>
  );
}

function notesOf(one: UpcomingRuns["deployments"][number] | undefined, title: string): string[] {
  const notes = (one?.notes ?? []).filter(({ index }) => dayText(one?.times[index] ?? 0) === title);
  return [...new Set(notes.map(({ note }) => note))].slice(0, 1);
}
