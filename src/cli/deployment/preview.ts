// `orch deployment preview`: the next runs of a schedule, as its own clocks and yours show them.

import { clockChange, clockNotes, notesText } from "#domain/schedules/clock-notes.ts";
import { dates } from "#domain/schedules/expand.ts";
import { createZones, isoText } from "#domain/schedules/zone.ts";
import { systemClock } from "#lib/clock.ts";
import { relativeTime } from "#lib/text/words-of-time.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { wholeNumber } from "../options/numbers.ts";
import { json } from "../terminal/layout.ts";
import { table } from "../terminal/output.ts";
import { deploymentNamed } from "./named.ts";

const USUAL_COUNT = 10;
const MOST = 1000;

export const preview = command({
  description: "Show the next runs of a deployment's schedule, in its time zone and in yours.",
  examples: ["orch deployment preview say-hi/marvin", "orch deployment preview say-hi/marvin -n 50 --json"],
  options: {
    name: { type: "positional", required: true, description: "<flow-name>/<deployment-name>" },
    count: { type: "string", alias: "n", description: `How many, ${MOST} at most. Default: ${USUAL_COUNT}.` },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const limit = wholeNumber("--count", options.count, 1, MOST) ?? USUAL_COUNT;
    const deployment = await withApi(loaded.settings, ({ client }) => deploymentNamed(client, options.name));
    const { schedule, is_schedule_active } = deployment;
    if (!schedule) {
      if (options.json) return io.out("[]");
      return io.out(`'${options.name}' has no schedule. 'orch deployment set-schedule' gives it one.`);
    }
    const zones = createZones();
    const zone = zones.get(schedule.timezone || "UTC");
    const local = zones.get(new Intl.DateTimeFormat().resolvedOptions().timeZone);
    const now = systemClock.now();
    const bounds = { start: now, limit, anchor: toMillis(deployment.created) };
    const found = [...dates(schedule, bounds, zones)];
    const runs = found.map((date, index) => {
      const before = found[index - 1]?.instant ?? now;
      return {
        scheduled_time: date.text,
        local_time: isoText(local, date.instant),
        ...clockNotes(zone, date, before),
        local_clock_change: clockChange(local, date.instant, before),
      };
    });
    if (!is_schedule_active)
      io.err("The schedule is paused: no run is created before 'orch deployment resume-schedule'.");
    if (options.json) return io.out(json(runs));
    if (runs.length === 0) return io.out(`The schedule of '${options.name}' has no runs left.`);
    const isElsewhere = local.name !== zone.name;
    const rows = runs.map((run, index) => [
      shown(run.scheduled_time),
      ...(isElsewhere ? [shown(run.local_time)] : []),
      relativeTime(found[index]?.instant ?? now, now),
      notesText(run, isElsewhere ? run.local_clock_change : 0),
    ]);
    const head = [zone.name, ...(isElsewhere ? [local.name] : []), "When", "Clocks"];
    io.out(table(`Next runs of ${options.name}`, head, rows, io.columns));
  },
});

/** `2026-11-28 02:30 +01:00`, with seconds only when there are any. */
function shown(iso: string): string {
  const [date = "", clock = ""] = iso.split("T");
  const [, time = "", seconds = "", offset = ""] = /^(\d\d:\d\d)(:[\d.]+)(.*)$/.exec(clock) ?? [];
  return `${date} ${time}${seconds === ":00" ? "" : seconds} ${offset}`;
}
