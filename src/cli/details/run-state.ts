// The state of a run as `inspect` shows it: its name in its colour, since when, and its message.
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import type { Paint } from "../kit/command.ts";
import { stateColour } from "../terminal/state-colours.ts";
import type { Field } from "./draw.ts";
import { momentText } from "./fields.ts";

/** Fields of a run that these say; the time estimated is the total of a run that has ended. */
export const STATE_FIELDS = ["name", "state", "state_id", "state_type", "state_name", "estimated_run_time"];

type Stated = Pick<FlowRun, "state" | "state_type" | "state_name">;

export function stateFields(run: Stated, paint: Paint, now: number): Field[] {
  const { state } = run;
  if (!state) return [];
  const text = `${state.name ?? state.type}, ${momentText(state.timestamp, now)}`;
  const message = state.message ? [{ label: "Message", value: state.message }] : [];
  return [{ label: "State", value: text, colour: stateColour(run, paint) }, ...message];
}
