// Flows: a name, tags, and the deployments and runs that hang on them.
import * as v from "valibot";
import { endpoint, type Out, shape, strictShape } from "../endpoint.ts";
import { page, reading, runFilters, sortedBy } from "../filters.ts";
import { integer, list, orDefault, stored, text } from "../primitives.ts";
import { creates } from "../repeat.ts";

export const flow = shape(() => ({ ...stored(), name: text(), tags: list(text()) }));
export type Flow = Out<typeof flow>;

export const FLOW_SORTS = ["CREATED_DESC", "UPDATED_DESC", "NAME_ASC", "NAME_DESC"] as const;

export const createFlow = endpoint("POST", "/flows/", {
  repeat: creates("/flows/{id}"),
  body: strictShape(() => ({ name: text({ name: true }), tags: orDefault(list(text()), () => []) })),
  response: flow,
  statuses: [201, 200],
});
export const readFlow = endpoint("GET", "/flows/{id}", { response: flow });
export const readFlowByName = endpoint("GET", "/flows/name/{name}", { response: flow });
export const updateFlow = endpoint("PATCH", "/flows/{id}", {
  body: strictShape(() => ({ tags: v.optional(list(text())) })),
});
export const deleteFlow = endpoint("DELETE", "/flows/{id}");
export const listFlows = reading(
  "/flows/filter",
  () => ({ ...page(), ...runFilters(), sort: sortedBy(FLOW_SORTS, "NAME_ASC") }),
  () => list(flow()),
);
export const countFlows = reading("/flows/count", runFilters, () => integer());
