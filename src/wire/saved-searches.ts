// Saved searches: the filters of a list of runs, under a name.
import { endpoint, type Out, shape, strictShape } from "./endpoint.ts";
import { page, reading } from "./filters.ts";
import { anyJson, list, orDefault, stored, text } from "./primitives.ts";
import { creates } from "./repeat.ts";

const savedSearchFilter = shape(() => ({
  object: text(),
  property: text(),
  type: text(),
  operation: text(),
  value: anyJson(),
}));

export const savedSearch = shape(() => ({
  ...stored(),
  name: text(),
  filters: list(savedSearchFilter()),
}));
export type SavedSearch = Out<typeof savedSearch>;

export const savedSearchCreate = strictShape(() => ({
  name: text(),
  filters: orDefault(list(savedSearchFilter()), () => []),
}));
export type SavedSearchCreate = Out<typeof savedSearchCreate>;

export const saveSearch = endpoint("PUT", "/saved_searches/", {
  repeat: creates("/saved_searches/{id}"),
  body: savedSearchCreate,
  response: savedSearch,
  statuses: [201, 200],
});
export const readSavedSearch = endpoint("GET", "/saved_searches/{id}", { response: savedSearch });
export const deleteSavedSearch = endpoint("DELETE", "/saved_searches/{id}");
export const listSavedSearches = reading("/saved_searches/filter", page, () => list(savedSearch()));
