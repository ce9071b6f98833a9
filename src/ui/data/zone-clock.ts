// Converts between moments and what the clocks of one time zone show, also where a clock change leaves times out or repeats them.

export interface ZoneClock {
  /** Its name: `Europe/Berlin`. */
  readonly zone: string;
  /** What people call it at a moment: `CET`, or `GMT+5:30` where English has no word. */
  nameAt(millis: number): string;
  /** How far the zone is ahead of UTC at a moment, in milliseconds. */
  offsetAt(millis: number): number;
  /** What its clocks show at a moment: milliseconds as if they were those of UTC. */
  local(millis: number): number;
  /** The moment its clocks show this. Of a time that is left out that of the clock before the change; of one that comes twice, the first. */
  moment(local: number): number;
  /** As a field of type datetime-local has it: `2026-11-27T14:05`. */
  write(millis: number): string;
  /** Milliseconds of such a text; `NaN` for what is none. */
  read(text: string): number;
  /** When each of `count` days begins: that of the moment, and those after it. Days have 23 to 25 hours. */
  daysFrom(millis: number, count: number): number[];
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export function zoneClock(timeZone: string): ZoneClock {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "longOffset", hour: "numeric" });
  return clockOf(timeZone, (millis) => {
    const [, sign, hours = "0", minutes = "0"] = /GMT([+-])(\d+)(?::(\d+))?/.exec(format.format(millis)) ?? [];
    return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  });
}

/** Of the browser's zone. It needs no Intl until a name is asked for: the first use of that costs 10 ms and more. */
export function browserClock(): ZoneClock {
  return clockOf(undefined, (millis) => -new Date(millis).getTimezoneOffset() * MINUTE_MS);
}

function clockOf(timeZone: string | undefined, offsetAt: ZoneClock["offsetAt"]): ZoneClock {
  let names: Intl.DateTimeFormat | undefined;
  function namesOfZone(): Intl.DateTimeFormat {
    names ??= new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "short" });
    return names;
  }
  const nameAt = (millis: number) =>
    namesOfZone()
      .formatToParts(millis)
      .find(({ type }) => type === "timeZoneName")?.value ?? "";
  const local = (millis: number) => millis + offsetAt(millis);
  function moment(wanted: number): number {
    const [before, after] = [wanted - offsetAt(wanted - DAY_MS), wanted - offsetAt(wanted + DAY_MS)];
    return local(before) !== wanted && local(after) === wanted ? after : before;
  }
  const write = (millis: number) => new Date(local(millis)).toISOString().slice(0, 16);
  const read = (text: string) => {
    const wanted = Date.parse(`${text}Z`);
    return Number.isNaN(wanted) ? wanted : moment(wanted);
  };
  return {
    ...{ nameAt, offsetAt, local, moment, write, read },
    get zone() {
      return namesOfZone().resolvedOptions().timeZone;
    },
    daysFrom(millis, count) {
      const today = Math.floor(local(millis) / DAY_MS) * DAY_MS;
      return Array.from({ length: count }, (_, number) => moment(today + number * DAY_MS));
    },
  };
}
