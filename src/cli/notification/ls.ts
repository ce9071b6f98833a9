// `orch notification ls`.
import { listNotificationPolicies } from "#wire/notifications.ts";
import { withApi } from "../api.ts";
import { command, LIST_OPTIONS } from "../kit/command.ts";
import { allPages } from "../kit/pages.ts";
import { json } from "../terminal/layout.ts";
import { table } from "../terminal/output.ts";
import { blocksOf } from "./named.ts";

export const ls = command({
  description: "List notifications.",
  examples: ["orch notification ls", "orch notification ls --json"],
  options: LIST_OPTIONS,
  async run({ options, io, loaded }) {
    await withApi(loaded.settings, async ({ client }) => {
      const policies = await allPages((page) => client.call(listNotificationPolicies, { body: page }));
      if (options.json) return io.out(json(policies));
      if (policies.length === 0) {
        const example = "orch notification create --state Failed --type slack-webhook --field url=https://…";
        io.out("No notifications yet. For messages to Slack about runs that fail:");
        return io.out(`  ${example}`);
      }
      const blocks = await blocksOf(client, policies);
      const rows = policies.map(({ id, is_active, state_names, tags, block_document_id }) => [
        id,
        state_names.join(", ") || "any",
        tags.join(", ") || "any",
        blocks.get(block_document_id) ?? "",
        is_active ? "yes" : "paused",
      ]);
      io.out(table("Notifications", ["ID", "States", "Tags", "Block", "Active"], rows, io.columns));
    });
  },
});
