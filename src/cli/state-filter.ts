// `--state` and `--state-type`, as the lists of runs take them.
import { OrchError } from "#lib/errors.ts";
import { STATE_TYPES, type StateType } from "#wire/states.ts";

export const STATE_OPTIONS = {
  state: { type: "string", multiple: true, description: "Only runs in a state of this name, such as Late." },
  "state-type": { type: "string", multiple: true, description: "Only runs in a state of this type, such as FAILED." },
} as const;

export interface AskedStates {
  state: string[];
  "state-type": string[];
}

/** The filter of the API; undefined when nothing was asked. Throws `invalid` for what is no type. */
export function stateFilter({ state, "state-type": types }: AskedStates) {
  if (state.length === 0 && types.length === 0) return undefined;
  return {
    ...(state.length > 0 ? { name: { any_: state } } : {}),
    ...(types.length > 0 ? { type: { any_: types.map(stateType) } } : {}),
  };
}

function stateType(text: string): StateType {
  const type = STATE_TYPES.find((known) => known === text.toUpperCase());
  if (type) return type;
  throw new OrchError("invalid", `'${text}' is no state type. They are: ${STATE_TYPES.join(", ")}.`);
}
