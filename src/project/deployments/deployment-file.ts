// Reads deployment.yaml, with a sentence for everything that is wrong with it.
import { readCatchup, readOverlap } from "#domain/catchup.ts";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { FILE_FIELDS } from "#domain/deployment-file.ts";

import { readInterval } from "#domain/schedules/read-interval.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, objectOf } from "#lib/json.ts";
import { textFields } from "#wire/deployments/deployments.ts";
import type { Catchup, Overlap } from "#wire/runs/run-policies.ts";
import { fieldMeant } from "./file-values.ts";
import { readYamlMapping } from "./yaml-reader.ts";

const KNOWN = new Set<string>(FILE_FIELDS);

/** Throws `invalid` with a sentence that names the file, and the line where there is one. */
export function parseDeploymentFile(text: string, path: string): DeploymentSpec {
  const fields = parseFields(text, path);
  const refuse = (why: string) => refusal(path, why);
  const name = textOf(fields["name"]);
  const flow_name = textOf(fields["flow_name"]);
  if (!name) throw refuse("'name' is missing");
  if (!flow_name) throw refuse("'flow_name' is missing");
  const { infrastructure } = fields;
  if (!isObject(infrastructure)) throw refuse("'infrastructure' is missing");
  const block = infrastructure;
  const slug = block["_block_type_slug"] ?? block["block_type_slug"] ?? block["type"];
  if (typeof slug !== "string") throw refuse("'infrastructure' has no 'type'");
  const { storage } = fields;
  if (isObject(storage) && typeof storage["_block_type_slug"] !== "string")
    throw refuse("'storage' has no '_block_type_slug'");
  const expect = <T extends Json>(key: string, is: (value: Json) => boolean, kind: string, fallback: T): T => {
    const value = fields[key];
    if (value === undefined || value === null) return fallback;
    if (!is(value)) throw refuse(`'${key}' must be ${kind}`);
    return value as T; // just checked
  };
  const words = (key: string) => textOf(expect<Json>(key, isText, "text", null));
  const object = (key: string) => expect<JsonObject>(key, isObject, "a mapping", {});
  return {
    name,
    ...textFields(words),
    tags: expect<Json[]>("tags", (tags) => Array.isArray(tags) && tags.every(isText), "a list of texts", []).map(
      String,
    ),
    parameters: object("parameters"),
    schedule: expect<JsonObject | null>("schedule", isObject, "a mapping", null) as DeploymentSpec["schedule"], // the server checks its kind
    is_schedule_active: expect<boolean | null>(
      "is_schedule_active",
      (value) => typeof value === "boolean",
      "true or false",
      null,
    ),
    // Both were read by parseFields.
    overlap: (fields["overlap"] ?? null) as Overlap | null,
    catchup: (fields["catchup"] ?? null) as Catchup | null,
    infra_overrides: object("infra_overrides"),
    infrastructure: { ...block, block_type_slug: slug, _block_type_slug: slug },
    flow_name,
    storage: expect<JsonObject | null>("storage", isObject, "a mapping", null),
    parameter_openapi_schema: withoutNulls(object("parameter_openapi_schema")),
    timestamp: words("timestamp"),
  };
}

/** Numbers too: a name or a version may look like one. */
const isText = (value: Json): boolean => typeof value === "string" || typeof value === "number";

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}

function withoutNulls(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== null));
}

function refusal(path: string, why: string): OrchError {
  return new OrchError("invalid", `'${path}' did not conform to deployment spec: ${why}`);
}

/** Read as PyYAML reads it. Throws `invalid` for what is no deployment file. */
export function parseFields(text: string, path: string): JsonObject {
  const fields = readYamlMapping(text, path);
  const unknown = Object.keys(fields).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) throw refusal(path, `extra fields not permitted: ${unknown.join(", ")}`);
  const schema = objectOf(fieldMeant("parameter_openapi_schema", fields["parameter_openapi_schema"] ?? {}, {}));
  const meant = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, fieldMeant(key, value, schema)]));
  try {
    return { ...meant, ...scheduleOf(meant), ...policiesOf(meant) };
  } catch (error) {
    throw error instanceof OrchError ? refusal(path, error.message.replace(/\.$/, "")) : error;
  }
}

/** Its interval in seconds, so that a build leaves `1h` as it was typed. */
function scheduleOf({ schedule }: JsonObject): JsonObject {
  if (!isObject(schedule) || !Object.hasOwn(schedule, "interval")) return {};
  const interval = readInterval(schedule["interval"], "'schedule.interval'");
  return { schedule: { ...schedule, interval } };
}

/** However they are written, so that two ways to write one policy are the same. */
function policiesOf({ overlap, catchup }: JsonObject): JsonObject {
  return {
    ...(overlap === undefined || overlap === null ? {} : { overlap: readOverlap(overlap, "'overlap'") }),
    ...(catchup === undefined || catchup === null ? {} : { catchup: readCatchup(catchup, "'catchup'") }),
  };
}
