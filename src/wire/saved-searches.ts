// Saved searches: the filters of a list of runs, under a name.
import * as v from "valibot";
import { endpoint, lazy, type Out } from "./endpoint.ts";
import { page } from "./filters.ts";
import { anyJson, list, orDefault, text, timestamp, uuid } from "./primitives.ts";
import { creates, READS } from "./repeat.ts";

const savedSearchFilter = lazy(() =>
  v.object({ object: text(), property: text(), type: text(), operation: text(), value: anyJson() }),
);

export const savedSearch = lazy(() =>
  v.object({
    id: uuid(),
    created: timestamp(),
    updated: timestamp(),
    name: text(),
    filters: list(savedSearchFilter()),
  }),
);
export type SavedSearch = Out<typeof savedSearch>;

export const savedSearchCreate = lazy(() =>
  v.strictObject({ name: text(), filters: orDefault(list(savedSearchFilter()), () => []) }),
);
export type SavedSearchCreate = Out<typeof savedSearchCreate>;

export const saveSearch = endpoint("PUT", "/saved_searches/", {
  repeat: creates("/saved_searches/{id}"),
  body: savedSearchCreate,
  response: savedSearch,
  statuses: [201, 200],
});
export const readSavedSearch = endpoint("GET", "/saved_searches/{id}", { response: savedSearch });
export const deleteSavedSearch = endpoint("DELETE", "/saved_searches/{id}");
export const listSavedSearches = endpoint("POST", "/saved_searches/filter", {
  repeat: READS,
  body: lazy(() => v.object(page())),
  bodyOptional: true,
  response: lazy(() => list(savedSearch())),
});
