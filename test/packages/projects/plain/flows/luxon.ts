import { DateTime, Interval } from "luxon";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(from: string = "2026-03-28T12:00", zone: string = "Europe/Zurich") {
  const start = DateTime.fromISO(from, { zone });
  const day = Interval.after(start, { days: 1 });
  getRunLogger().info(`${day.length("hours")} hours to ${day.end?.toISO()}`);
});
