// Variables: named text that flows read.
import * as v from "valibot";
import { creating, endpoint, type Out, shape, strictShape } from "./endpoint.ts";
import { nullAs, page, reading, sortedBy, variableFilter } from "./filters.ts";
import { integer, keptUnlessSent, list, maybe, stored, text } from "./primitives.ts";

/** Lower-case letters, digits and underscores. */
export const VARIABLE_NAME = /^[a-z0-9_]*$/;
const NAME = {
  ...{ pattern: VARIABLE_NAME, max: 255 },
  refusal: "name must only contain lowercase letters, numbers, and underscores",
};
export const MOST_VALUE_LENGTH = 5000;
const VALUE = { max: MOST_VALUE_LENGTH };

export const variable = shape(() => ({
  ...stored(),
  name: text(),
  value: text(),
  tags: list(text()),
}));
export type Variable = Out<typeof variable>;

export const variableCreate = strictShape(() => ({
  name: text(NAME),
  value: text(VALUE),
  tags: nullAs(list(text()), []),
}));
export type VariableCreate = Out<typeof variableCreate>;

/** Only what is sent is changed. */
export const variableUpdate = strictShape(() => ({
  name: v.optional(text(NAME)),
  // The old server cuts off at 255 here, although 5,000 can be created.
  value: keptUnlessSent(text(VALUE)),
  tags: keptUnlessSent(list(text())),
}));
export type VariableUpdate = Out<typeof variableUpdate>;

export const VARIABLE_SORTS = ["CREATED_DESC", "UPDATED_DESC", "NAME_DESC", "NAME_ASC"] as const;

export const createVariable = creating("/variables/", variableCreate, variable);
export const readVariable = endpoint("GET", "/variables/{id}", { idInRoute: true, response: variable });
export const readVariableByName = endpoint("GET", "/variables/name/{name}", { response: variable });
export const listVariables = reading(
  "/variables/filter",
  () => ({ ...page(), variables: maybe(variableFilter()), sort: sortedBy(VARIABLE_SORTS, "NAME_ASC") }),
  () => list(variable()),
);
export const countVariables = reading(
  "/variables/count",
  () => ({ variables: maybe(variableFilter()) }),
  () => integer(),
);
export const updateVariable = endpoint("PATCH", "/variables/{id}", { idInRoute: true, body: variableUpdate });
export const updateVariableByName = endpoint("PATCH", "/variables/name/{name}", { body: variableUpdate });
export const deleteVariable = endpoint("DELETE", "/variables/{id}", { idInRoute: true });
export const deleteVariableByName = endpoint("DELETE", "/variables/name/{name}");
