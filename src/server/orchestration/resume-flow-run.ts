// Resumes a paused run, with the input it waits for if it waits for one.
import type { Tx } from "#db/connect.ts";
import { misfitOfSchema } from "#domain/parameters/schema-fit.ts";
import { Running, Scheduled } from "#domain/states.ts";
import { timestampNow } from "#lib/clock.ts";
import { isObject, type JsonObject, tryParseJson } from "#lib/json.ts";
import type { State } from "#wire/runs/states.ts";
import { insertInput, readInputValue } from "../flow-run-inputs/store.ts";
import * as store from "../flow-runs/store.ts";
import { orchestrationNotFound } from "../http/problem.ts";
import type { ServerContext } from "../kernel/context.ts";
import { proposalOf } from "./proposal.ts";
import { proposeFlowRunState } from "./propose.ts";
import type { Proposed } from "./verdict.ts";

/** An answer that changes nothing. */
export function notNow(reason: string): Proposed {
  return { state: null, status: "ABORT", details: { type: "abort_details", reason }, stored: false };
}

/** Throws 404 `Flow run with id … not found`. */
export function resumeFlowRun(tx: Tx, context: ServerContext, id: string, input: JsonObject | null): Proposed {
  const { clock } = context;
  const run = store.readFlowRun(tx, id, clock.now());
  if (!run) throw orchestrationNotFound(`Flow run with id ${id} not found`);
  if (run.state_type !== "PAUSED" || !run.state) return notNow("Cannot resume a flow run that is not paused.");
  const { pause_reschedule: again, run_input_keyset: keys } = run.state.state_details;
  const refused = keys && refusalOfInput(tx, id, keys, input ?? {});
  if (refused) return rejected(run.state, refused);
  const proposal = again ? Scheduled(timestampNow(clock), { name: "Resuming" }) : Running();
  const proposed = proposeFlowRunState(tx, context, id, proposalOf(proposal), { attempt: null });
  if (proposed.status !== "ACCEPT") return proposed;
  // Its process ended with the pause: the agent that started that one does not decide about the next.
  if (again) store.forgetInfrastructure(tx, id);
  const key = keys?.["response"];
  if (key && input && Object.keys(input).length > 0) {
    insertInput(tx, timestampNow(clock), { flow_run_id: id, key, value: JSON.stringify(input), sender: null });
  }
  return proposed;
}

/** Why the input is not what the run waits for. `keys` name the inputs that hold its schema and will hold the answer. */
function refusalOfInput(tx: Tx, id: string, keys: Record<string, string>, input: JsonObject): string | undefined {
  const text = readInputValue(tx, id, keys["schema"] ?? "");
  if (text === undefined) return "Run input schema not found.";
  const schema = tryParseJson(text);
  if (!isObject(schema)) return "Run input schema is not valid JSON.";
  const misfit = misfitOfSchema(schema, input, "run_input");
  return misfit && `Reason: ${misfit}`;
}

function rejected(state: State, reason: string): Proposed {
  return { state, status: "REJECT", details: { type: "reject_details", reason }, stored: false };
}
