// Lists the times of a day that hours, minutes and seconds make together.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Each in order and without repeats. */
export interface ClockTimes {
  hours: readonly number[];
  minutes: readonly number[];
  seconds: readonly number[];
}

/** In order, from `from` on. Whole hours and minutes before `from` are skipped without looking at what is in them. */
export function* timesOf(day: number, { hours, minutes, seconds }: ClockTimes, from: number): Generator<number> {
  for (const hour of hours) {
    const hourStart = day + hour * HOUR;
    if (hourStart + HOUR <= from) continue;
    for (const minute of minutes) {
      const minuteStart = hourStart + minute * MINUTE;
      if (minuteStart + MINUTE <= from) continue;
      for (const second of seconds) {
        const wall = minuteStart + second * SECOND;
        if (wall >= from) yield wall;
      }
    }
  }
}

export function countOf({ hours, minutes, seconds }: ClockTimes): number {
  return hours.length * minutes.length * seconds.length;
}

/** The time at an index of the whole list, without making the list. */
export function timeAt({ hours, minutes, seconds }: ClockTimes, index: number): number {
  const second = seconds[index % seconds.length] ?? 0;
  const minute = minutes[Math.floor(index / seconds.length) % minutes.length] ?? 0;
  const hour = hours[Math.floor(index / seconds.length / minutes.length)] ?? 0;
  return hour * HOUR + minute * MINUTE + second * SECOND;
}
