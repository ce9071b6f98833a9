// Flows: a name, tags, and the deployments and runs that hang on them.
import * as v from "valibot";
import { endpoint, lazy, type Out } from "../endpoint.ts";
import { page, runFilters, sortedBy } from "../filters.ts";
import { integer, list, orDefault, text, timestamp, uuid } from "../primitives.ts";
import { creates, READS } from "../repeat.ts";

export const flow = lazy(() =>
  v.object({ id: uuid(), created: timestamp(), updated: timestamp(), name: text(), tags: list(text()) }),
);
export type Flow = Out<typeof flow>;

export const FLOW_SORTS = ["CREATED_DESC", "UPDATED_DESC", "NAME_ASC", "NAME_DESC"] as const;

export const createFlow = endpoint("POST", "/flows/", {
  repeat: creates("/flows/{id}"),
  body: lazy(() => v.strictObject({ name: text({ name: true }), tags: orDefault(list(text()), () => []) })),
  response: flow,
  statuses: [201, 200],
});
export const readFlow = endpoint("GET", "/flows/{id}", { response: flow });
export const readFlowByName = endpoint("GET", "/flows/name/{name}", { response: flow });
export const updateFlow = endpoint("PATCH", "/flows/{id}", {
  body: lazy(() => v.strictObject({ tags: v.optional(list(text())) })),
});
export const deleteFlow = endpoint("DELETE", "/flows/{id}");
export const listFlows = endpoint("POST", "/flows/filter", {
  repeat: READS,
  body: lazy(() => v.object({ ...page(), ...runFilters(), sort: sortedBy(FLOW_SORTS, "NAME_ASC") })),
  bodyOptional: true,
  response: lazy(() => list(flow())),
});
export const countFlows = endpoint("POST", "/flows/count", {
  repeat: READS,
  body: lazy(() => v.object(runFilters())),
  bodyOptional: true,
  response: lazy(() => integer()),
});
