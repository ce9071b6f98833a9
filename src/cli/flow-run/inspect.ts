// `orch flow-run inspect`.
import { withApi } from "../api.ts";
import { STATE_FIELDS, stateFields } from "../details/run-state.ts";
import { showInspected } from "../details/show.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { withNames } from "./listing.ts";
import { flowRunNamed, RUN_OPTION } from "./named.ts";

export const inspect = command({
  description: "Show a flow run.",
  examples: ["orch flow-run inspect last", "orch flow-run inspect 01a20946-350f-70f8-ab27-c804bdef8934 --json"],
  options: { ...RUN_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const { run, names } = await withApi(loaded.settings, async ({ client }) => {
      const found = await flowRunNamed(client, options.run);
      return { run: found, names: options.json ? [] : await withNames(client, [found]) };
    });
    const nameFields = names.flatMap(({ flow_name, deployment_name }) => [
      ...(flow_name === "" ? [] : [{ label: "Flow", value: flow_name }]),
      ...(deployment_name === null ? [] : [{ label: "Deployment", value: `${flow_name}/${deployment_name}` }]),
    ]);
    showInspected(
      {
        title: `Flow run '${run.name}'`,
        record: run,
        leaveOut: STATE_FIELDS,
        first: (now) => [...stateFields(run, io.paint, now), ...nameFields],
      },
      options,
      io,
    );
  },
});
