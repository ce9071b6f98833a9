// `orch flow-run resume`, which the old command line has not: the word that a paused run waits for.
import { OrchError } from "#lib/errors.ts";
import { readFlowRun, resumeFlowRun } from "#wire/runs/flow-runs.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { flowRunNamed, RUN_OPTION } from "./named.ts";

export const resume = command({
  description: "Resume a paused flow run.",
  examples: ["orch flow-run resume quiet-owl", "orch flow-run resume 01a20946-350f-70f8-ab27-c804bdef8934"],
  options: { ...RUN_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const run = await withApi(loaded.settings, async ({ client }) => {
      const before = await flowRunNamed(client, options.run);
      const { id, name } = before;
      const params = { id };
      const { status, details } = await client.call(resumeFlowRun, { params, body: {} });
      if (status === "ABORT" || status === "REJECT") {
        const reason = "reason" in details && details.reason ? ` ${details.reason}` : "";
        throw new OrchError("conflict", `Flow run '${name}' was not resumed: it is ${before.state_name}.${reason}`);
      }
      return client.call(readFlowRun, { params });
    });
    io.out(options.json ? json(run) : io.paint.good(`Resumed flow run '${run.name}'.`));
  },
});
