// `orch deployment inspect`.
import { catchupText } from "#domain/catchup.ts";
import { shownPolicies } from "#project/deployments/run-policies.ts";
import { readBlockDocument } from "#wire/blocks.ts";
import { withApi } from "../api.ts";
import type { Field } from "../details/draw.ts";
import { withoutEmpty } from "../details/fields.ts";
import { showInspected } from "../details/show.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { page } from "../terminal/layout.ts";
import { pythonValue } from "../terminal/python-text.ts";
import { deploymentNamed } from "./named.ts";
import { parameterFields } from "./parameter-fields.ts";
import { scheduleText } from "./schedule-text.ts";

/** Said in words by the fields below. */
const SAID = ["name", "schedule", "is_schedule_active", "parameter_openapi_schema", "infrastructure", "catchup"];

export const inspect = command({
  description: "Show a deployment.",
  examples: ["orch deployment inspect say-hi/marvin", "orch deployment inspect say-hi/marvin --json"],
  options: {
    name: { type: "positional", required: true, description: "<flow-name>/<deployment-name>" },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const found = await withApi(loaded.settings, async ({ client }) => {
      const stored = await deploymentNamed(client, options.name);
      const deployment = { ...stored, ...(await shownPolicies(client, stored.id)), infrastructure: undefined };
      const id = deployment.infrastructure_document_id;
      if (!id) return deployment;
      const block = await client.call(readBlockDocument, { params: { id } });
      return { ...deployment, infrastructure: { ...block.data, block_type_slug: block.block_type?.slug ?? null } };
    });
    const { schedule, catchup, infrastructure } = found;
    if (!io.isTerminal && !options.json) {
      // As the documentation page prints it: scripts made for Prefect read it.
      const { infrastructure: block, ...rest } = found;
      io.out(page(pythonValue(block ? found : rest)));
      return;
    }
    const words = await scheduleText(found);
    const pattern = schedule && ("cron" in schedule ? schedule.cron : "rrule" in schedule ? schedule.rrule : undefined);
    const first: Field[] = [
      { label: "Schedule", value: words === "" ? "none" : words },
      ...(pattern ? [{ label: "Pattern", value: pattern }] : []),
      ...(catchup ? [{ label: "Catch-up", value: catchupText(catchup) }] : []),
    ];
    const parameters = parameterFields(found.parameter_openapi_schema);
    const where = infrastructure ? [{ label: "Infrastructure", value: withoutEmpty(infrastructure) }] : [];
    const title = `Deployment '${options.name}'`;
    showInspected({ title, record: found, leaveOut: SAID, first: () => first, more: [parameters, where] }, options, io);
  },
});
