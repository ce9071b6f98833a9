// The story of a flow run, in one read.
import { readOwnJson } from "#db/codecs.ts";
import type { Reader } from "#db/connect.ts";
import { EMPTY_DETAILS } from "#domain/states.ts";
import { secondsOf, spansOf } from "#domain/time-spent.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import type { FlowRunStory } from "#wire/runs/flow-run-stories.ts";
import type { StateDetails } from "#wire/runs/states.ts";
import { readRow } from "../flow-run-pages/rows.ts";
import { rowsOfPage } from "../kernel/paging.ts";
import { waitingOf } from "./waiting.ts";

/** `undefined` when it is not there. `now` in milliseconds. */
export function readStory(q: Reader, id: string, now: number): FlowRunStory | undefined {
  const row = readRow(q, id, now);
  if (!row) return undefined;
  const states = statesOf(q, id);
  const timed = states.map(({ state_details: { scheduled_time }, ...state }) => ({ ...state, scheduled_time }));
  const until = toTimestamp(now);
  const spans = spansOf(timed, until);
  return { row, waiting: waitingOf(q, id, now) ?? null, spans, seconds: secondsOf(spans, until), states };
}

type Stored = Omit<FlowRunStory["states"][number], "state_details"> & { state_details: string };

/** Without the data that they hold: a result may be large. */
function statesOf(q: Reader, id: string): FlowRunStory["states"] {
  const rows = q.each<Stored>(
    `select id, type, name, timestamp, message, state_details from flow_run_state where flow_run_id = ? order by timestamp`,
    id,
  );
  return rowsOfPage(rows, ["message", "state_details"]).map((state) => ({
    ...state,
    state_details: { ...EMPTY_DETAILS, ...readOwnJson<Partial<StateDetails>>(state.state_details) },
  }));
}
