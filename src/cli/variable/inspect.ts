// `orch variable inspect`.
import { withApi } from "../api.ts";
import { showInspected } from "../details/show.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { NAME_OPTION, variableNamed } from "./named.ts";

export const inspect = command({
  description: "Show a variable.",
  examples: ["orch variable inspect limit", "orch variable inspect limit --json"],
  options: { ...NAME_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const variable = await withApi(loaded.settings, ({ client }) => variableNamed(client, options.name));
    showInspected({ title: `Variable '${variable.name}'`, record: variable, leaveOut: ["name"] }, options, io);
  },
});
