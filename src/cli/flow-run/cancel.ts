// `orch flow-run cancel`: asks for the run's end. Its agent ends the process, and all that runs in it or was started by it.
import { Cancelling } from "#domain/states.ts";
import { OrchError } from "#lib/errors.ts";
import { readFlowRun, setFlowRunState } from "#wire/runs/flow-runs.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { flowRunNamed, notFound, RUN_OPTION } from "./named.ts";

export const cancel = command({
  description: "Cancel a flow run with its tasks and subflows.",
  examples: ["orch flow-run cancel quiet-owl", "orch flow-run cancel 01a20946-350f-70f8-ab27-c804bdef8934"],
  options: { ...RUN_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const run = await withApi(loaded.settings, async ({ client }) => {
      const { id, name } = await flowRunNamed(client, options.run);
      const params = { id };
      const body = { state: Cancelling() };
      const { status, details } = await client.call(setFlowRunState, { params, body }).catch(notFound(id));
      if (status === "ABORT") {
        const reason = "reason" in details ? details.reason : null;
        throw new OrchError("conflict", `Flow run '${name}' was unable to be cancelled. Reason: '${reason}'`);
      }
      return client.call(readFlowRun, { params });
    });
    if (options.json) return io.out(json(run));
    // Three c's: scripts of the old command line's users may look for the sentence.
    io.out(io.paint.good(`Flow run '${run.name}' was successfully scheduled for cancellation.`));
  },
});
