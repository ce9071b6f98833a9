// `orch flow-run retry`: the same run again, with its parameters. Tasks whose results are kept do not run again.
import { AwaitingRetry, isTerminal } from "#domain/states.ts";
import { systemClock, timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { type FlowRun, readFlowRun, setFlowRunState } from "#wire/runs/flow-runs.ts";
import { nobodyListens } from "../agent/listeners.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { flowRunNamed, RUN_OPTION } from "./named.ts";
import { exitCodeOf, watchRun } from "./watch-run.ts";

export const retry = command({
  description: "Run a finished flow run again with the same parameters.",
  examples: ["orch flow-run retry last", "orch flow-run retry quiet-owl --watch"],
  options: {
    ...RUN_OPTION,
    watch: {
      type: "boolean",
      alias: "w",
      description: "Follow the run until it ends. The exit code is 0 if it completed, else 1.",
    },
    ...JSON_OPTION,
  },
  run: ({ options, io, loaded }) =>
    withApi(loaded.settings, async ({ client }) => {
      const run = await flowRunNamed(client, options.run);
      refuse(run);
      const params = { id: run.id };
      const state = AwaitingRetry(timestampNow(systemClock), { message: "Run again by 'orch flow-run retry'." });
      // The rules of Prefect let no cancelled run go on; who asks for it means it.
      const force = run.state_type === "CANCELLED";
      const { status, details } = await client.call(setFlowRunState, { params, body: { state, force } });
      if (status !== "ACCEPT") {
        const reason = "reason" in details && details.reason ? ` ${details.reason}` : "";
        throw new OrchError("conflict", `Flow run '${run.name}' was not run again.${reason}`);
      }
      const say = options.json ? io.err : io.out;
      say(io.paint.good(`Flow run '${run.name}' will run again.`));
      const nobody = options.json ? undefined : await nobodyListens(client, run);
      if (nobody) io.err(io.paint.warn(nobody));
      const waiting = await client.call(readFlowRun, { params });
      const last = options.watch
        ? await watchRun(client, waiting, io, { say, isWarned: nobody !== undefined })
        : waiting;
      if (options.json) io.out(json(last));
      return options.watch ? exitCodeOf(last) : 0;
    }),
});

/** Throws `conflict`. */
function refuse({ id, name, state_type, state_name, deployment_id }: FlowRun): void {
  if (!isTerminal(state_type)) {
    const sentence = `Flow run '${name}' has not ended: it is ${state_name}.`;
    throw new OrchError(
      "conflict",
      `${sentence} 'orch flow-run watch ${id}' follows it, 'orch flow-run cancel ${id}' ends it.`,
    );
  }
  if (deployment_id !== null) return;
  const sentence = `Flow run '${name}' is not of a deployment, so no agent can run it again.`;
  throw new OrchError("conflict", `${sentence} Run its flow as before: orch flow run FILE:FLOW.`);
}
