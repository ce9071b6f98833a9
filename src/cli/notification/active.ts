// `orch notification pause` and `resume`.
import { updateNotificationPolicy } from "#wire/notifications.ts";
import { withApi } from "../api.ts";
import { command } from "../kit/command.ts";
import { ID_OPTION, notificationOf } from "./named.ts";

function switching(verb: "pause" | "resume", is_active: boolean, said: string) {
  return command({
    description: is_active ? "Resume a paused notification." : "Pause a notification.",
    examples: [`orch notification ${verb} 7c9e6679-7425-40de-944b-e07fc1f90ae7`],
    options: { ...ID_OPTION },
    async run({ options, io, loaded }) {
      await withApi(loaded.settings, async ({ client }) => {
        const { id } = await notificationOf(client, options.id);
        await client.call(updateNotificationPolicy, { params: { id }, body: { is_active } });
        io.out(io.paint.good(`${said} notification ${id}.`));
      });
    },
  });
}

export const pause = switching("pause", false, "Paused");
export const resume = switching("resume", true, "Resumed");
