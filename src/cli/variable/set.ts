// `orch variable set`, which the old command line has not.
import { type ErrorCode, OrchError } from "#lib/errors.ts";
import {
  createVariable,
  MOST_VALUE_LENGTH,
  readVariableByName,
  updateVariableByName,
  VARIABLE_NAME,
} from "#wire/variables.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { checkNewName, shownName } from "../options/new-name.ts";
import { json } from "../terminal/layout.ts";
import { NAME_OPTION } from "./named.ts";

export const set = command({
  description: "Create or change a variable.",
  examples: ["orch variable set limit 5", "orch variable set limit 5 -t etl"],
  options: {
    ...NAME_OPTION,
    value: { type: "positional", required: true, description: "The value, a text.", mayBeEmpty: true },
    tag: { type: "string", alias: "t", multiple: true, description: "A tag. The tags given replace the present ones." },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const { name, value, tag } = options;
    if (!VARIABLE_NAME.test(name)) {
      const sentence = `'${shownName(name)}' is no name for a variable: it has lower-case letters, digits and underscores.`;
      throw new OrchError("invalid", sentence);
    }
    checkNewName("a variable", name);
    if (value.length > MOST_VALUE_LENGTH) {
      const sentence = `The value has ${value.length} characters: values of variables have at most ${MOST_VALUE_LENGTH}.`;
      throw new OrchError("invalid", sentence);
    }
    await withApi(loaded.settings, async ({ client }) => {
      const fields = { value, ...(tag.length > 0 ? { tags: tag } : {}) };
      const params = { name };
      const update = () => client.call(updateVariableByName, { params, body: fields });
      const create = () => client.call(createVariable, { body: { name, ...fields } });
      // Another one may make it between the two.
      await update().catch(onCode("not_found", () => create().catch(onCode("conflict", update))));
      if (options.json) return io.out(json(await client.call(readVariableByName, { params })));
      io.out(io.paint.good(`Set variable '${name}'.`));
    });
  },
});

/** For `catch`: does something else for an error with this code. */
function onCode(code: ErrorCode, instead: () => Promise<unknown>): (error: unknown) => Promise<unknown> {
  return (error) => {
    if (error instanceof OrchError && error.code === code) return instead();
    throw error;
  };
}
