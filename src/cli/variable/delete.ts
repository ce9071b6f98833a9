// `orch variable delete`.
import { deleteVariableByName } from "#wire/variables.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { confirmDeletion, YES_OPTION } from "../terminal/confirm.ts";
import { json } from "../terminal/layout.ts";
import { NAME_OPTION, variableNamed } from "./named.ts";

export const remove = command({
  description: "Delete a variable.",
  examples: ["orch variable delete limit", "orch variable delete limit --yes"],
  options: { ...NAME_OPTION, ...YES_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const { name } = options;
    await withApi(loaded.settings, async ({ client }) => {
      const variable = await variableNamed(client, name);
      await confirmDeletion(io, options, `variable '${name}'`);
      await client.call(deleteVariableByName, { params: { name } });
      io.out(options.json ? json(variable) : io.paint.good(`Deleted variable '${name}'.`));
    });
  },
});
