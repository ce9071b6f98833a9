// What may follow `--param` while it is typed: `name=`, and the values of choices and of true or false.
import { branchesOf } from "#domain/parameters/json-schema.ts";
import { type JsonObject, objectOf } from "#lib/json.ts";
import type { Candidate } from "./names.ts";

/** `schema`: a deployment's `parameter_openapi_schema`, or the same of a flow in a file. */
export function parameterWords(schema: JsonObject | null): Candidate[] {
  const definitions = objectOf(schema?.["definitions"]);
  return Object.entries(objectOf(schema?.["properties"])).flatMap(([name, property]) => {
    const branches = branchesOf(objectOf(property), definitions);
    const values = branches.flatMap(valuesOf);
    return [
      { value: `${name}=`, ...aboutOf(objectOf(property), branches) },
      ...values.map((value) => word(name, value)),
    ];
  });
}

function word(name: string, value: string): Candidate {
  return { value: `${name}=${value}` };
}

function valuesOf(branch: JsonObject): string[] {
  const { enum: choices, const: only, type } = branch;
  if (Array.isArray(choices)) return choices.map(typed);
  if (only !== undefined) return [typed(only)];
  return type === "boolean" ? ["true", "false"] : [];
}

/** As it is typed: text without quotation marks. */
function typed(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function aboutOf({ description }: JsonObject, branches: readonly JsonObject[]): { says?: string } {
  if (typeof description === "string" && description !== "") return { says: description.split("\n")[0] ?? "" };
  const types = [...new Set(branches.flatMap(({ type }) => (typeof type === "string" ? [type] : [])))];
  return types.length > 0 ? { says: types.join(" or ") } : {};
}
