// `orch notification create`: with a block that is there, or one made for it as the web pages do.
import type { Client } from "#client/client.ts";
import { USUAL_NAMES } from "#domain/states.ts";
import { OrchError } from "#lib/errors.ts";
import { didYouMean } from "#lib/text/nearest.ts";
import { type BlockDocument, createBlockDocument, deleteBlockDocument } from "#wire/blocks.ts";
import { createNotificationPolicy } from "#wire/notifications.ts";
import { withApi } from "../api.ts";
import { dataOfFields } from "../block/fields/ask.ts";
import { FIELD_OPTION } from "../block/fields/given.ts";
import { blockOf } from "../block/named.ts";
import { idsForNew, typeWithFields } from "../block/type-fields.ts";
import { command, type Io, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { shownBlock, whichRuns } from "./named.ts";

export const create = command({
  description: "Create a notification about flow runs that enter a state.",
  examples: [
    "orch notification create --state Failed --state Crashed --block slack-webhook/team",
    "orch notification create --state Late --tag prod --type slack-webhook --field url=@address.txt",
    "orch notification create --type email --field smtp_server=mail.example.com --field email_from=orch@example.com --field email_to=ops@example.com",
  ],
  options: {
    state: { type: "string", alias: "s", multiple: true, description: "Name of a state. Default: any state." },
    tag: { type: "string", alias: "t", multiple: true, description: "Only runs with this tag. Default: all runs." },
    block: { type: "string", alias: "b", description: "The block that sends the messages, as type/name." },
    type: { type: "string", description: "Instead of --block: create a block of this type." },
    ...FIELD_OPTION,
    message: {
      type: "string",
      alias: "m",
      description: "Text of the message; {flow_run_name} and the like are replaced.",
    },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const { state, tag, block: named, type, field, message } = options;
    if ((named === undefined) === (type === undefined)) {
      throw new OrchError(
        "invalid",
        "Give the block that sends the messages: --block TYPE/NAME, or --type TYPE with its --field name=value.",
      );
    }
    if (named !== undefined && field.length > 0) {
      throw new OrchError("invalid", "--field is for a block that is made by --type; that of --block has its own.");
    }
    await withApi(loaded.settings, async ({ client }) => {
      const block =
        type === undefined
          ? await blockOf(client, { slug: named, id: undefined })
          : await makeBlock(client, type, field, io);
      const body = {
        ...{ state_names: state.map(stateName), tags: tag, block_document_id: block.id },
        message_template: message ?? null,
      };
      const policy = await client.call(createNotificationPolicy, { body }).catch(async (error: unknown) => {
        // It would stay unused, with its secrets.
        if (type !== undefined) await client.call(deleteBlockDocument, { params: { id: block.id } });
        throw error;
      });
      for (const given of state) noteMisspelt(given, io);
      if (options.json) return io.out(json(policy));
      io.out(
        io.paint.good(
          `Created notification ${policy.id}: ${shownBlock(block)} sends messages about ${whichRuns(policy)}.`,
        ),
      );
      io.out(`See whether it arrives: orch notification test ${policy.id}`);
    });
  },
});

async function makeBlock(client: Client, slug: string, given: readonly string[], io: Io): Promise<BlockDocument> {
  const { fields } = await typeWithFields(client, slug);
  const data = await dataOfFields(given, fields, { client, io });
  const ids = await idsForNew(client, slug);
  return client.call(createBlockDocument, { body: { ...ids, data, is_anonymous: true } });
}

/** States have names of any kind; those that are usual are known in any case. */
const KNOWN = [
  ...Object.values(USUAL_NAMES),
  ...["Late", "AwaitingRetry", "Retrying", "Resuming", "Suspended", "TimedOut", "Cached"],
];

/** Programs name states as they like, so no name is refused. */
function noteMisspelt(given: string, io: Io): void {
  const meant = KNOWN.includes(stateName(given)) ? "" : didYouMean(given, KNOWN);
  if (meant !== "") io.err(`No state of orch's own is named '${given}'.${meant}`);
}

function stateName(given: string): string {
  return KNOWN.find((name) => name.toLowerCase() === given.toLowerCase()) ?? given;
}
