// `orch deployment pause-schedule` and `resume-schedule`.
import { readDeployment, setScheduleActive, setScheduleInactive } from "#wire/deployments/deployments.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { deploymentNamed } from "./named.ts";

export const pauseSchedule = switching({
  active: false,
  done: "Paused",
  description: "Pause the schedule of a deployment. Its scheduled runs that have not begun are deleted.",
  example: "orch deployment pause-schedule say-hi/marvin",
});

export const resumeSchedule = switching({
  active: true,
  done: "Resumed",
  description: "Resume the schedule of a deployment.",
  example: "orch deployment resume-schedule say-hi/marvin",
});

function switching(to: { active: boolean; done: string; description: string; example: string }) {
  return command({
    description: to.description,
    examples: [to.example],
    options: {
      name: { type: "positional", required: true, description: "<flow-name>/<deployment-name>" },
      ...JSON_OPTION,
    },
    run: ({ options, io, loaded }) =>
      withApi(loaded.settings, async ({ client }) => {
        const { id, schedule } = await deploymentNamed(client, options.name);
        const params = { id };
        await (to.active ? client.call(setScheduleActive, { params }) : client.call(setScheduleInactive, { params }));
        if (options.json) return io.out(json(await client.call(readDeployment, { params: { id } })));
        io.out(io.paint.good(`${to.done} schedule for deployment ${options.name}`));
        if (!schedule) io.err("It has no schedule yet: 'orch deployment set-schedule' gives it one.");
      }),
  });
}
