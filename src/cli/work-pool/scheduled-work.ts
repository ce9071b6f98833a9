// What `preview` shows: the runs that agents will get from a queue or a pool, those due first in front.
import { systemClock } from "#lib/clock.ts";
import { relativeTime } from "#lib/text/words-of-time.ts";
import { toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import type { QueuedFlowRun } from "#wire/runs/flow-runs.ts";
import { flowText, type WithNames } from "../flow-run/listing.ts";
import type { Io } from "../kit/command.ts";
import { wholeNumber } from "../options/numbers.ts";
import { table } from "../terminal/output.ts";

const USUAL_HOURS = 1;
const HOUR_MS = 3_600_000;

export const HOURS_OPTION = {
  hours: { type: "string", alias: "h", description: `How many hours to look ahead. Default: ${USUAL_HOURS}.` },
  help: { type: "boolean", description: "Show this page." },
} as const;

/** The end of the window, as the API takes it. */
export function previewEnd(hours: string | undefined): string {
  return toTimestamp(systemClock.now() + (wholeNumber("--hours", hours, 1) ?? USUAL_HOURS) * HOUR_MS);
}

/** A look is no poll: without this the server would take us for an agent of the queue. */
export const ONLY_LOOKING = { headers: { "x-prefect-ui": "true" } };

/** `closed` is why nothing is given at all. */
export function printPreview(
  io: Io,
  title: string,
  runs: readonly (QueuedFlowRun & WithNames)[],
  closed: string | undefined,
): void {
  if (runs.length === 0) {
    const advice = "try increasing how far into the future you preview with the --hours flag";
    io.out(`No runs found - ${closed ?? advice}`);
    return;
  }
  const now = systemClock.now();
  const rows = runs.map((run) => {
    const due = toMillis(run.expected_start_time ?? run.next_scheduled_start_time ?? run.created);
    const when = relativeTime(due, now);
    return [due < now ? { text: when, colour: io.paint.warn } : when, run.name, flowText(run), run.id];
  });
  io.out(table(title, ["When", "Name", "Flow", "ID"], rows, io.columns));
}
