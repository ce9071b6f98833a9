// `orch flow inspect`.
import { withApi } from "../api.ts";
import { showInspected } from "../details/show.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { flowNamed, NAME_OPTION } from "./named.ts";

export const inspect = command({
  description: "Show a flow.",
  examples: ["orch flow inspect say-hi", "orch flow inspect say-hi --json"],
  options: { ...NAME_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const flow = await withApi(loaded.settings, ({ client }) => flowNamed(client, options.name));
    showInspected({ title: `Flow '${flow.name}'`, record: flow, leaveOut: ["name"] }, options, io);
  },
});
