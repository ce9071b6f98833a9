// Colours run states and log levels by what they mean: green went well, red did not, cyan goes on, yellow needs a look.
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import type { StateType } from "#wire/runs/states.ts";
import type { Paint } from "../kit/command.ts";

const BY_TYPE: Record<StateType, keyof Paint> = {
  COMPLETED: "good",
  FAILED: "bad",
  CRASHED: "bad",
  CANCELLED: "faint",
  CANCELLING: "warn",
  PAUSED: "warn",
  RUNNING: "busy",
  PENDING: "busy",
  SCHEDULED: "faint",
};

/** Late runs wait for an agent, and runs that wait for a retry have failed once. */
const BY_NAME: Record<string, keyof Paint> = { Late: "warn", AwaitingRetry: "warn" };

type Stated = Pick<FlowRun, "state_type" | "state_name">;

/** The colour of a run's state, as a function of the words to colour. */
export function stateColour({ state_type, state_name }: Stated, paint: Paint): (text: string) => string {
  const named = state_name !== null && Object.hasOwn(BY_NAME, state_name) ? BY_NAME[state_name] : undefined;
  const kind = named ?? (state_type === null ? undefined : BY_TYPE[state_type]);
  return kind === undefined ? (text) => text : paint[kind];
}

/** The colour of a log level, by its number. INFO, the usual one, has none. */
export function levelColour(level: number, paint: Paint): (text: string) => string {
  if (level >= 40) return paint.bad;
  if (level >= 30) return paint.warn;
  return level < 20 ? paint.faint : (text) => text;
}
