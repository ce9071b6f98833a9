// What becomes of a deployment's runs that would overlap, and of those that are late: policies of orch, which the answers of the
// old API do not have.
import * as v from "valibot";
import { isExact, isObject } from "#lib/json.ts";
import { parseDuration } from "#lib/text/duration.ts";
import { endpoint, lazy, type Out, shape, strictShape } from "../endpoint.ts";
import { list, oneOf, primitive, uuid } from "../primitives.ts";
import { READS } from "../repeat.ts";

/** What happens to a run that is due while another run of its deployment is under way. */
export const OVERLAPS = ["allow", "skip", "wait", "cancel-older"] as const;
export type Overlap = (typeof OVERLAPS)[number];

/** Which of the scheduled runs that could not start in time start later: all, the newest, or none. */
export const CATCHUPS = ["all", "last", "none"] as const;

/** `{"within": 3600}`: those that are late by that many seconds at most. */
export type Catchup = (typeof CATCHUPS)[number] | { within: number };
export type CatchupInput = (typeof CATCHUPS)[number] | { within: number | string };

/** Ten years: nothing later is worth a run. */
export const MOST_CATCHUP_SECONDS = 10 * 366 * 86_400;
const PERMITTED = `value is not 'all', 'last', 'none', or {"within": seconds} with more than 0 seconds and at most ten years`;

export function catchup(): v.GenericSchema<CatchupInput, Catchup> {
  const words = { type: "string", enum: CATCHUPS };
  const within = { type: "object", properties: { within: { type: "number" } }, required: ["within"] };
  return primitive<Catchup, CatchupInput>({ anyOf: [words, within] }, (input) => {
    const word = CATCHUPS.find((known) => known === input);
    if (word) return { value: word };
    const seconds = isObject(input) && Object.keys(input).join() === "within" ? secondsOf(input["within"]) : null;
    if (seconds === null || !(seconds > 0 && seconds <= MOST_CATCHUP_SECONDS))
      return { message: PERMITTED, type: "value_error" };
    return { value: { within: seconds } };
  });
}

function secondsOf(given: unknown): number | null {
  if (isExact(given)) return Number(given.rawJSON);
  if (typeof given === "number") return given;
  return typeof given === "string" ? parseDuration(given) : null;
}

/** Sent with a deployment; what is left out stays as it is. */
export const runPolicyChange = strictShape(() => ({
  overlap: v.optional(oneOf(OVERLAPS)),
  catchup: v.optional(catchup()),
}));
export type RunPolicyChange = Out<typeof runPolicyChange>;

export interface RunPolicy {
  overlap: Overlap;
  catchup: Catchup;
}

/** Of deployments that say nothing else: every run starts, whatever else is under way and however late it is. */
export const DEFAULT_RUN_POLICY: RunPolicy = { overlap: "allow", catchup: "all" };

export const deploymentRunPolicy = shape(() => ({
  deployment_id: uuid(),
  overlap: oneOf(OVERLAPS),
  catchup: catchup(),
}));

/** The policies of these deployments, in no order; deployments that are not there are left out. */
export const readRunPolicies = endpoint("POST", "/orch/run_policies", {
  repeat: READS,
  body: strictShape(() => ({ deployment_ids: list(uuid()) })),
  response: lazy(() => list(deploymentRunPolicy())),
});
