// `orch deployment preview`: the next runs of a schedule, as its own clocks and yours show them.
import { dates } from "#domain/schedules/expand.ts";
import { createZones, isoText, type Zone } from "#domain/schedules/zone.ts";
import { systemClock } from "#lib/clock.ts";
import { toMillis } from "#lib/timestamps.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../command.ts";
import { wholeNumber } from "../numbers.ts";
import { relativeTime, table } from "../output.ts";
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
    const instants = [...dates(schedule, bounds, zones)].map(({ instant }) => instant);
    const runs = instants.map((instant, index) => ({
      scheduled_time: isoText(zone, instant),
      local_time: isoText(local, instant),
      note: noteOn(zone, instant, instants[index - 1] ?? now),
    }));
    if (!is_schedule_active)
      io.err("The schedule is paused: no run is created before 'orch deployment resume-schedule'.");
    if (options.json) return io.out(JSON.stringify(runs, null, 2));
    if (runs.length === 0) return io.out(`The schedule of '${options.name}' has no runs left.`);
    const rows = runs.map(({ scheduled_time, local_time, note }, index) => [
      shown(scheduled_time),
      ...(local.name === zone.name ? [] : [shown(local_time)]),
      relativeTime(instants[index] ?? now, now),
      note ?? "",
    ]);
    const head = [zone.name, ...(local.name === zone.name ? [] : [local.name]), "When", "Clocks"];
    io.out(table(`Next runs of ${options.name}`, head, rows, io.columns));
  },
});

/** What the zone's clocks did since the run before, and whether they show this time twice. */
function noteOn(zone: Zone, instant: number, before: number): string | null {
  const change = (zone.offset(instant) - zone.offset(before)) / 60_000;
  const moved = change === 0 ? [] : [`${change > 0 ? "forward" : "back"} ${minutesText(Math.abs(change))}`];
  const wall = instant + zone.offset(instant);
  const readings = (["larger", "smaller"] as const).map((choose) => zone.instant(wall, choose));
  const twice = readings[0] === readings[1] ? [] : ["this time comes twice"];
  const notes = [...moved, ...twice];
  return notes.length > 0 ? notes.join(", ") : null;
}

function minutesText(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

function shown(iso: string): string {
  return iso.replace("T", " ");
}
