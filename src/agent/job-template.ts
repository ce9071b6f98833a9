// A work pool's base job template filled in: variables with their defaults, the deployment's own values, and
// `{{ placeholders }}` in the job.
import { overridden } from "#blocks/overrides.ts";
import { isObject, type Json, type JsonObject, objectOf, textOfJson } from "#lib/json.ts";
import { own, setOwn } from "#lib/own.ts";
import { createFiller } from "#lib/text/fill.ts";

const PLACEHOLDER = /\{\{\s*([\w.-]+)\s*\}\}/g;
const ONLY_PLACEHOLDER = /^\{\{\s*([\w.-]+)\s*\}\}$/;
/** `{{ prefect.blocks.secret.token }}`: the block `token` of type `secret`. */
const BLOCKS = "prefect.blocks.";

/** What a template may name besides its variables. Blocks come with their secrets. */
export interface Referred {
  blockById(id: string): Promise<JsonObject>;
  blockByName(slug: string, name: string): Promise<JsonObject>;
}

/** The job's configuration; empty for an empty template. */
export async function filledTemplate(
  template: JsonObject,
  overrides: JsonObject,
  referred: Referred,
): Promise<JsonObject> {
  const { job_configuration: configuration, variables } = template;
  if (!isObject(configuration)) return {};
  const values = variableValues(objectOf(variables), overrides);
  const resolved = (await withBlocks(values, referred)) as JsonObject; // an object gives an object
  const fill = createFiller(PLACEHOLDER, (name) => {
    const value = own(resolved, name) ?? null;
    return value === null ? undefined : textOfJson(value);
  });
  return (filled(configuration, resolved, fill) ?? {}) as JsonObject; // as above
}

/** `env.NAME` is a path into the variable `env`, unless there is a variable of that very name. */
function variableValues(variables: JsonObject, overrides: JsonObject): JsonObject {
  const data: JsonObject = {};
  for (const [name, property] of Object.entries(objectOf(variables["properties"]))) {
    if (isObject(property) && Object.hasOwn(property, "default")) setOwn(data, name, property["default"] ?? null);
  }
  return overridden({ name: "work pool", fields: variables, data, lax: true }, overrides);
}

/** References to blocks become what the blocks hold. */
async function withBlocks(value: Json, referred: Referred): Promise<Json> {
  if (typeof value === "string") return blockNamed(value, referred);
  if (Array.isArray(value)) return Promise.all(value.map((item) => withBlocks(item, referred)));
  if (!isObject(value)) return value;
  const reference = value["$ref"];
  const id = isObject(reference) ? reference["block_document_id"] : undefined;
  if (typeof id === "string") return referred.blockById(id);
  const entries = Object.entries(value).map(async ([key, item]) => [key, await withBlocks(item, referred)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function blockNamed(text: string, referred: Referred): Promise<Json> {
  const [, name] = ONLY_PLACEHOLDER.exec(text) ?? [];
  if (!name?.startsWith(BLOCKS)) return text;
  const [slug = "", document = ""] = name.slice(BLOCKS.length).split(".");
  const data = await referred.blockByName(slug, document);
  return data["value"] ?? data;
}

/**
 * Alone, a placeholder becomes the value as it is; within a text, its text. `undefined` for one alone that has no value: the field
 * is left out.
 */
function filled(template: Json, values: JsonObject, fill: (text: string) => string): Json | undefined {
  if (typeof template === "string") {
    const [, alone] = ONLY_PLACEHOLDER.exec(template) ?? [];
    return alone === undefined ? fill(template) : own(values, alone);
  }
  if (Array.isArray(template)) return template.flatMap((item) => filled(item, values, fill) ?? []);
  if (!isObject(template)) return template;
  const entries = Object.entries(template);
  const kept = entries.flatMap(([key, item]): [string, Json][] => {
    const value = filled(item, values, fill);
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(kept);
}
