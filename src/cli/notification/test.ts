// `orch notification test`: does it arrive?
import { OrchError } from "#lib/errors.ts";
import { testNotification } from "#wire/notifications.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { ID_OPTION, notificationOf } from "./named.ts";

export const send = command({
  description: "Send a notification now about a sample run.",
  examples: ["orch notification test 7c9e6679-7425-40de-944b-e07fc1f90ae7"],
  options: { ...ID_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    await withApi(loaded.settings, async ({ client }) => {
      const { block_document_id, message_template } = await notificationOf(client, options.id);
      const answer = await client.call(testNotification, { body: { block_document_id, message_template } });
      if (options.json) io.out(json(answer));
      else if (answer.sent) io.out(io.paint.good("The message was sent."));
      if (!answer.sent) throw new OrchError("unavailable", `The message was not sent: ${answer.reason}`);
    });
  },
});
