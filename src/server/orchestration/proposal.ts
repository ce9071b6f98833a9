// A client's proposal becomes a state of the server's: its own timestamp, a name, the run it belongs to.
import * as v from "valibot";
import { EMPTY_DETAILS, USUAL_NAMES } from "#domain/states.ts";
import { type Timestamp, toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import { type State, type StateCreate, type StateInput, stateCreate } from "#wire/runs/states.ts";
import type { NewState } from "../states/store.ts";

const MICROSECOND = 0.001;

/** Now, but later than the state before: the states of a run are ordered by their timestamps. */
export function timestampAfter(now: Timestamp, initial: Pick<State, "timestamp"> | null): Timestamp {
  if (!initial || now > initial.timestamp) return now;
  return toTimestamp(toMillis(initial.timestamp) + MICROSECOND);
}

export function stateFrom(proposal: StateCreate, now: Timestamp, ids: Partial<NewState["state_details"]>): NewState {
  const { type, name, message, data, state_details } = proposal;
  const scheduled_time = state_details.scheduled_time ?? (type === "SCHEDULED" ? now : null);
  return {
    type,
    name: name ?? USUAL_NAMES[type],
    timestamp: now,
    message,
    data,
    state_details: { ...state_details, scheduled_time, ...ids },
  };
}

/** A state that the server proposes itself, complete as one that came over the wire. */
export function proposalOf(state: StateInput): StateCreate {
  return v.parse(stateCreate(), state);
}

/** What a run starts in when its creator names no state. */
export const FIRST_STATE: StateCreate = {
  type: "PENDING",
  name: null,
  message: null,
  data: undefined,
  state_details: EMPTY_DETAILS,
  timestamp: null,
  id: null,
};
