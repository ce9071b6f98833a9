// `orch notification delete`. A block that was made for it goes too: nothing else uses it.
import { deleteBlockDocument, readBlockDocument } from "#wire/blocks.ts";
import { deleteNotificationPolicy, listNotificationPolicies } from "#wire/notifications.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { allPages } from "../kit/pages.ts";
import { confirmDeletion, YES_OPTION } from "../terminal/confirm.ts";
import { json } from "../terminal/layout.ts";
import { ID_OPTION, notificationOf, whichRuns } from "./named.ts";

export const remove = command({
  description: "Delete a notification.",
  examples: ["orch notification delete 7c9e6679-7425-40de-944b-e07fc1f90ae7 --yes"],
  options: { ...ID_OPTION, ...YES_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    await withApi(loaded.settings, async ({ client }) => {
      const policy = await notificationOf(client, options.id);
      await confirmDeletion(io, options, `the notification about ${whichRuns(policy)}`);
      await client.call(deleteNotificationPolicy, { params: { id: policy.id } });
      await removeOwnBlock(policy.block_document_id);
      io.out(options.json ? json(policy) : io.paint.good(`Deleted notification ${policy.id}.`));

      async function removeOwnBlock(id: string): Promise<void> {
        const params = { id };
        const { is_anonymous } = await client.call(readBlockDocument, { params });
        if (!is_anonymous) return;
        const others = await allPages((page) => client.call(listNotificationPolicies, { body: page }));
        if (others.some(({ block_document_id }) => block_document_id === id)) return;
        await client.call(deleteBlockDocument, { params });
      }
    });
  },
});
