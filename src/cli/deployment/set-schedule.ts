// `orch deployment set-schedule`: another schedule, none, or another policy for runs that overlap or are late.
import { OrchError } from "#lib/errors.ts";
import { knowsPolicies, shownPolicies } from "#project/deployments/run-policies.ts";
import { readDeployment, updateDeployment } from "#wire/deployments/deployments.ts";
import type { Schedule } from "#wire/deployments/schedules.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import {
  POLICY_OPTIONS,
  readChangedSchedule,
  readOneSchedule,
  readPolicies,
  SCHEDULE_OPTIONS,
  type ScheduleFlags,
  scheduleNotes,
} from "../options/schedule-options.ts";
import { json } from "../terminal/layout.ts";
import { deploymentNamed, isDeploymentName } from "./named.ts";

export const setSchedule = command({
  description:
    "Set or remove the schedule of a deployment or its policies for overlapping and missed runs. Runs of an " +
    "earlier schedule that have not begun are deleted; those that an agent holds already are skipped.",
  examples: [
    "orch deployment set-schedule say-hi/marvin --cron '0 9 * * 1-5' --timezone Europe/Berlin",
    "orch deployment set-schedule say-hi/marvin --interval 1h --anchor-date 2026-01-01",
    "orch deployment set-schedule say-hi/marvin --rrule 'FREQ=MONTHLY;BYDAY=1MO'",
    "orch deployment set-schedule say-hi/marvin --timezone Europe/Vienna",
    "orch deployment set-schedule say-hi/marvin --overlap skip --catchup last",
    "orch deployment set-schedule say-hi/marvin --none",
  ],
  options: {
    name: { type: "positional", required: true, description: "<flow-name>/<deployment-name>" },
    ...SCHEDULE_OPTIONS,
    "day-or": {
      type: "string",
      description: "Whether a cron's day and weekday mean either (true, the default) or both (false).",
    },
    none: { type: "boolean", description: "Remove the schedule." },
    ...POLICY_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    // A name that can be none is refused before the options, with the one that was meant.
    if (!isDeploymentName(options.name)) {
      await withApi(loaded.settings, ({ client }) => deploymentNamed(client, options.name));
    }
    const run_policy = readPolicies(options);
    const hasPolicy = Object.keys(run_policy).length > 0;
    const wanted = scheduleOf(options, hasPolicy);
    await withApi(loaded.settings, async ({ client }) => {
      const { id, schedule: before } = await deploymentNamed(client, options.name);
      const schedule = wanted === "changed" ? readChangedSchedule(options, before, options.name) : wanted;
      const body = { ...(schedule === undefined ? {} : { schedule }), ...(hasPolicy ? { run_policy } : {}) };
      if (hasPolicy && !(await knowsPolicies(client))) throw notKept(client.description);
      await client.call(updateDeployment, { params: { id }, body });
      if (schedule) for (const note of scheduleNotes(schedule, options["anchor-date"])) io.err(io.paint.warn(note));
      if (options.json) {
        const deployment = await client.call(readDeployment, { params: { id } });
        return io.out(json({ ...deployment, ...(await shownPolicies(client, id)) }));
      }
      if (schedule === null) return io.out(io.paint.good(`'${options.name}' has no schedule any more.`));
      io.out(io.paint.good(`Updated deployment ${schedule ? "schedule" : "policies"}!`));
    });
  },
});

function notKept(server: string): OrchError {
  const sentence = `${server} does not know the policies of --overlap and --catchup, which only orch's own server keeps. Nothing was changed.`;
  return new OrchError("invalid", sentence);
}

/** Null for none, undefined where it is left alone, `changed` for the one there is with another zone, anchor or reading of days. */
function scheduleOf(
  options: ScheduleFlags & { none: boolean },
  hasPolicy: boolean,
): Schedule | "changed" | null | undefined {
  const { cron, interval, rrule, timezone, none, "day-or": dayOr, "anchor-date": anchor } = options;
  const isNew = [cron, interval, rrule].some((flag) => flag !== undefined);
  const isChanged = [timezone, dayOr, anchor].some((flag) => flag !== undefined);
  const isGiven = isNew || isChanged;
  if (none && isGiven)
    throw new OrchError("invalid", "`--none` removes the schedule: leave out the other schedule options.");
  if (none) return null;
  if (!isNew && isChanged) return "changed";
  return !isGiven && hasPolicy ? undefined : readOneSchedule(options);
}
