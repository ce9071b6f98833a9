// `orch deployment set-schedule`.
import { readDeployment, updateDeployment } from "#wire/deployments.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../command.ts";
import { json } from "../layout.ts";
import { readOneSchedule, SCHEDULE_OPTIONS } from "../schedule-options.ts";
import { deploymentNamed, splitDeploymentName } from "./named.ts";

export const setSchedule = command({
  description: "Set the schedule of a deployment. Runs of the earlier one that have not begun are deleted.",
  examples: [
    "orch deployment set-schedule say-hi/marvin --cron '0 9 * * 1-5' --timezone Europe/Berlin",
    "orch deployment set-schedule say-hi/marvin --interval 3600 --anchor-date 2026-01-01",
    "orch deployment set-schedule say-hi/marvin --rrule 'FREQ=MONTHLY;BYDAY=1MO'",
  ],
  options: {
    name: { type: "positional", required: true, description: "<flow-name>/<deployment-name>" },
    ...SCHEDULE_OPTIONS,
    day_or: {
      type: "string",
      description: "Whether a cron's day and weekday mean either (true, the default) or both (false).",
    },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    splitDeploymentName(options.name);
    const schedule = readOneSchedule(options);
    await withApi(loaded.settings, async ({ client }) => {
      const { id } = await deploymentNamed(client, options.name);
      await client.call(updateDeployment, { params: { id }, body: { schedule } });
      if (options.json) {
        return io.out(json(await client.call(readDeployment, { params: { id } })));
      }
      io.out(io.paint.good("Updated deployment schedule!"));
    });
  },
});
