// Variables from user code: named text that is kept on the server.
import { OrchError } from "#lib/errors.ts";
import { createVariable, readVariableByName, updateVariableByName, VARIABLE_NAME } from "#wire/variables.ts";
import { apiFor, type Host } from "./host.ts";

export interface SetVariableOptions {
  /** In the place of those that it has. */
  tags?: string[];
}

/** The functions for user files of `host`. */
export function variablesFor(host: Host | null) {
  async function get(name: string): Promise<string | null>;
  async function get<T>(name: string, fallback: T): Promise<string | T>;
  async function get(name: string, fallback: unknown = null): Promise<unknown> {
    const { client } = await apiFor(host, "variables.get()");
    try {
      return (await client.call(readVariableByName, { params: { name } })).value;
    } catch (error) {
      if (error instanceof OrchError && error.code === "not_found") return fallback;
      throw error;
    }
  }

  async function set(name: string, value: string, { tags }: SetVariableOptions = {}): Promise<void> {
    if (name === "" || !VARIABLE_NAME.test(name)) {
      const sentence = `'${name}' is no name for a variable: it has lower-case letters, digits and underscores.`;
      throw new OrchError("invalid", sentence);
    }
    const { client } = await apiFor(host, "variables.set()");
    const fields = { value, ...(tags === undefined ? {} : { tags }) };
    const change = () => client.call(updateVariableByName, { params: { name }, body: fields });
    try {
      await change();
    } catch (error) {
      if (!(error instanceof OrchError) || error.code !== "not_found") throw error;
      await client.call(createVariable, { body: { name, ...fields } }).catch((conflict) => {
        if (conflict instanceof OrchError && conflict.code === "conflict") return change(); // another one was quicker
        throw conflict;
      });
    }
  }

  return {
    variables: {
      /**
       * The variable's text; the fallback, or null, when there is none of that name.
       *
       * @example const limit = Number(await variables.get("limit", "10"));
       */
      get,
      /** Makes it, or changes it. Throws `invalid` for a name that is none. */
      set,
    },
  };
}
