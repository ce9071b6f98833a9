// Makes the schema of a flow's parameters as deployments carry it: what each says of itself, in the order of the old engine.
import type { Json, JsonObject } from "#lib/json.ts";
import type { Doc } from "./jsdoc.ts";
import { withoutNull } from "./object-schemas.ts";
import { usedDefinitions } from "./type-definitions.ts";

export interface Parameter {
  name: string;
  /** What its type says: keywords, and for a property of a pattern its description. */
  keywords: JsonObject;
  /** Of its default, where that is known without running anything. */
  value: Json | undefined;
  optional: boolean;
}

/** Of a flow whose parameters cannot be seen: its runs take parameters by the function's own names, unchecked. */
export const UNSEEN: JsonObject = { title: "Parameters", type: "object" };

export function parametersSchema(
  parameters: readonly Parameter[],
  definitions: JsonObject,
  docs: Doc["params"],
): JsonObject {
  const entries = parameters.map((parameter, position): [string, Json] => [
    parameter.name,
    propertyOf(parameter, position, docs),
  ]);
  const properties = Object.fromEntries(entries);
  const required = parameters.filter(({ optional }) => !optional).map(({ name }) => name);
  const used = usedDefinitions(properties, definitions);
  return {
    title: "Parameters",
    type: "object",
    properties,
    ...(required.length > 0 ? { required } : {}),
    ...(Object.keys(used).length > 0 ? { definitions: used } : {}),
  };
}

function propertyOf({ name, keywords, value }: Parameter, position: number, docs: Doc["params"]): JsonObject {
  const { title: _, description: typed, ...typeKeywords } = keywords;
  // As the old engine has it for `Optional[…] = None`: null is the same as leaving it out.
  const { $ref, ...plain } = value === null ? withoutNull(typeKeywords) : typeKeywords;
  const description = docs.get(name) ?? nestedDoc(name, docs) ?? typed;
  return {
    title: name,
    ...(description ? { description } : {}),
    // A default of null is none, as the old engine has it.
    ...(value === undefined || value === null ? {} : { default: value }),
    position,
    ...($ref === undefined ? plain : { allOf: [{ $ref }] }),
  };
}

/** `@param options.name` of a pattern. */
function nestedDoc(name: string, docs: Doc["params"]): string | undefined {
  return [...docs].find(([key]) => key.endsWith(`.${name}`))?.[1];
}
