// `--state` and `--state-type`, as the lists of runs take them.
import { STATE_NAMES } from "#domain/states.ts";
import { OrchError } from "#lib/errors.ts";
import { didYouMean } from "#lib/text/nearest.ts";
import { STATE_TYPES, type StateType } from "#wire/runs/states.ts";

export const STATE_OPTIONS = {
  state: {
    type: "string",
    multiple: true,
    description: "Only runs in the state with this name, such as Late; or several, with commas.",
  },
  "state-type": { type: "string", multiple: true, description: "Only runs in a state of this type, such as FAILED." },
} as const;

export interface AskedStates {
  state: string[];
  "state-type": string[];
}

/** Names and types of states; empty lists for any. */
export interface WantedStates {
  names: string[];
  types: StateType[];
}

/**
 * Names and types in the spelling of the API, whatever case they were typed in. Flows may give names to states: a name that
 * is not known is looked for by `isUsed`. Throws `invalid`, with all that there are.
 */
export async function wantedStates(
  asked: AskedStates,
  isUsed: (name: string) => Promise<boolean>,
): Promise<WantedStates> {
  const names: string[] = [];
  for (const text of asked.state) {
    // A flow may call a state as it likes.
    const several = text.includes(",") && !(await isUsed(text)) ? wordsIn(text) : [text];
    for (const word of several) names.push(await stateName(word, isUsed));
  }
  return { names, types: asked["state-type"].flatMap(wordsIn).map(stateType) };
}

/** `failed, crashed` */
function wordsIn(text: string): string[] {
  return text.split(",").flatMap((word) => (word.trim() === "" ? [] : [word.trim()]));
}

/** The filter of the API; undefined when nothing was asked. */
export function stateFilter({ names, types }: WantedStates) {
  if (names.length === 0 && types.length === 0) return undefined;
  return {
    ...(names.length > 0 ? { name: { any_: names } } : {}),
    ...(types.length > 0 ? { type: { any_: types } } : {}),
  };
}

async function stateName(text: string, isUsed: (name: string) => Promise<boolean>): Promise<string> {
  const known = STATE_NAMES.find((name) => name.toLowerCase() === text.toLowerCase());
  if (known !== undefined) return known;
  if (await isUsed(text)) return text;
  const hint = didYouMean(text, STATE_NAMES);
  throw new OrchError("invalid", `'${text}' is no state of a run.${hint} They are: ${STATE_NAMES.join(", ")}.`);
}

function stateType(text: string): StateType {
  const type = STATE_TYPES.find((known) => known === text.toUpperCase());
  if (type) return type;
  throw new OrchError("invalid", `'${text}' is no state type. They are: ${STATE_TYPES.join(", ")}.`);
}
