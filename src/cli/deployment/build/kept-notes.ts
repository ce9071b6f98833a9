// Says what a build takes over from the deployment that the server has already, where that is not what a new one would have.
import { catchupText } from "#domain/catchup.ts";
import { isImageBased } from "#domain/infrastructure-blocks.ts";
import type { Existing } from "#project/deployments/build.ts";
import type { BuildFlags } from "./build-options.ts";

/** One line, or none. */
export function noteKept(flags: BuildFlags, existing: Existing | undefined, say: (line: string) => void): void {
  if (!existing) return;
  const { deployment, infrastructure, overlap, catchup } = existing;
  const kept = [
    ...infrastructureKept(flags, infrastructure),
    ...scheduleKept(flags, deployment),
    ...(flags.param.length > 0 || flags.params || Object.keys(deployment.parameters).length === 0
      ? []
      : ["parameters"]),
    ...(flags.tag.length > 0 || deployment.tags.length === 0 ? [] : ["tags"]),
    ...(flags.overlap !== undefined || !overlap ? [] : [`overlap '${overlap}'`]),
    ...(flags.catchup !== undefined || !catchup ? [] : [`catch-up '${catchupText(catchup)}'`]),
  ];
  if (kept.length > 0) say(`Kept from the deployment on the server: ${kept.join(", ")}.`);
}

/** A schedule that is paused stays paused, also when it becomes another one. */
function scheduleKept(flags: BuildFlags, { schedule, is_schedule_active }: Existing["deployment"]): string[] {
  const isPaused = is_schedule_active === false;
  if (isScheduled(flags)) return isPaused ? [`that the schedule is paused${RESUMED_BY}`] : [];
  return schedule ? [isPaused ? `the schedule, which is paused${RESUMED_BY}` : "the schedule"] : [];
}

const RESUMED_BY = " ('orch deployment resume-schedule' resumes it)";

function infrastructureKept(flags: BuildFlags, infrastructure: Existing["infrastructure"]): string[] {
  if (flags.infra !== undefined || flags["infra-block"] !== undefined || !infrastructure) return [];
  const type = String(infrastructure["block_type_slug"] ?? infrastructure["_block_type_slug"] ?? "process");
  if (type === "process") return [];
  // An image brings its code, so nothing is uploaded: the note says so.
  const why = isImageBased(infrastructure) ? " (runs take the code from its image, so nothing is uploaded)" : "";
  return [`infrastructure '${type}'${why}; '--infra process' changes it`];
}

function isScheduled({ cron, interval, rrule }: BuildFlags): boolean {
  return [cron, interval, rrule].some((flag) => flag !== undefined);
}
