// What a deployment holds in user code, and the same as its file and the server have it.
import { join, sep } from "node:path";
import { hideSecrets, hideSettings } from "#blocks/secrets.ts";
import type { Client } from "#client/client.ts";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { sendableParameters } from "#domain/parameters/sendable.ts";
import type { ApiSettings } from "#engine/session/api.ts";
import { OrchError } from "#lib/errors.ts";
import { type JsonObject, objectWithNumbers } from "#lib/json.ts";
import type { SetPolicies } from "#project/deployments/run-policies.ts";
import { TEXT_FIELDS, type TextField } from "#wire/deployments/deployments.ts";
import type { CatchupInput, Overlap } from "#wire/runs/run-policies.ts";
import { Block, definitionOf, type SavedBlock } from "../blocks/block.ts";
import { camelCase } from "../blocks/fields.ts";
import { type Schedule, scheduleFromWire, scheduleToWire } from "./schedules.ts";

/** `work_queue_name` to `workQueueName`. */
type CamelCase<Name extends string> = Name extends `${infer First}_${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Name;

/** Each is a field of DeploymentSpec, under the name that user code has for it. */
export interface DeploymentFields extends Record<CamelCase<TextField>, string | null> {
  name: string;
  flowName: string | null;
  tags: string[];
  parameters: Record<string, unknown>;
  schedule: Schedule | null;
  isScheduleActive: boolean | null;
  /** What becomes of a run that is due while another one is under way; null: they run beside each other. */
  overlap: Overlap | null;
  /** Which runs that could not start in time start later: `within` in seconds, or such as `6h`; null: all. */
  catchup: CatchupInput | null;
  infraOverrides: JsonObject;
  /** A block, or one as the server has it; null: a process. */
  infrastructure: Block | JsonObject | null;
  storage: Block | JsonObject | null;
  parameterOpenapiSchema: JsonObject | null;
}

export type FieldName = keyof DeploymentFields;

const NO_TEXTS = Object.fromEntries(TEXT_FIELDS.map((field) => [camelCase(field), null])) as Record<
  CamelCase<TextField>,
  null
>; // each of the list

export function defaultFields(): DeploymentFields {
  return {
    ...{ name: "", flowName: null, ...NO_TEXTS, workQueueName: "default", tags: [], parameters: {} },
    ...{ schedule: null, isScheduleActive: null, overlap: null, catchup: null, infraOverrides: {} },
    ...{ infrastructure: null, storage: null, parameterOpenapiSchema: null },
  };
}

export const FIELD_NAMES = Object.keys(defaultFields()) as FieldName[];

/** A deployment as the server or a file has it. */
type KnownSpec = Omit<DeploymentSpec, "timestamp" | "infrastructure"> & { infrastructure: JsonObject | null };

/** `workQueueName` to `work_queue_name`. */
function specName(name: FieldName): keyof KnownSpec {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) as keyof KnownSpec; // all fields are named so
}

/** Throws `invalid` for a field that deployments do not have. */
export function checkFields(given: object): void {
  const unknown = Object.keys(given).find((name) => !FIELD_NAMES.includes(name as FieldName));
  if (unknown === undefined) return;
  throw new OrchError(
    "invalid",
    `Deployments have no field '${unknown}'. Their fields are: ${FIELD_NAMES.join(", ")}.`,
  );
}

export function fieldsOfSpec(spec: KnownSpec): DeploymentFields {
  const values = FIELD_NAMES.map((name) => [name, spec[specName(name)]]);
  return {
    ...(Object.fromEntries(values) as DeploymentFields), // all of the list
    parameters: objectWithNumbers(spec.parameters),
    schedule: spec.schedule && scheduleFromWire(spec.schedule),
  };
}

/** `process` is the infrastructure of a deployment that names none. */
export function specOf(
  fields: DeploymentFields,
  { process, policies, timestamp }: { process: JsonObject; policies: SetPolicies; timestamp: string },
): DeploymentSpec {
  if (!fields.name) throw new OrchError("invalid", "A deployment needs a 'name'.");
  if (!fields.flowName) throw new OrchError("invalid", `The deployment '${fields.name}' needs a 'flowName'.`);
  const values = FIELD_NAMES.map((name) => [specName(name), fields[name]]);
  return {
    ...(Object.fromEntries(values) as DeploymentSpec), // with what is below
    // Numbers are versions too.
    version: fields.version === null ? null : String(fields.version),
    parameters: sendableParameters(fields.parameters, fields.parameterOpenapiSchema),
    schedule: fields.schedule && scheduleToWire(fields.schedule),
    ...policies,
    infra_overrides: sendableParameters(fields.infraOverrides, null),
    infrastructure: printed(fields.infrastructure) ?? process,
    storage: printed(fields.storage),
    timestamp,
  };
}

/** A block as deployment files print it: secrets as asterisks, and where it is kept. */
export function printed(block: Block | JsonObject | null): JsonObject | null {
  if (block instanceof Block) return printedAt(block, block.saved);
  const slug = block?.["block_type_slug"] ?? block?.["_block_type_slug"] ?? block?.["type"];
  return block && { ...block, ...(slug === undefined ? {} : { block_type_slug: slug, _block_type_slug: slug }) };
}

/** True for a copy of the code that a build has made. */
export function isSnapshot(path: string, { ORCH_LOCAL_STORAGE_PATH: root }: ApiSettings): boolean {
  return path.startsWith(join(root, "snapshots") + sep);
}

/** What user code made is saved for this deployment alone, as it is now; a named block is the server's own. */
export async function kept(client: Client, block: Block | JsonObject | null): Promise<JsonObject | null> {
  if (!(block instanceof Block) || (block.saved && !block.saved.isAnonymous)) return printed(block);
  const { saveAnonymous } = await import("../blocks/documents.ts");
  const { id, name } = await saveAnonymous(client, definitionOf(block), block.toData());
  return printedAt(block, { id, name, isAnonymous: true });
}

function printedAt(block: Block, saved: SavedBlock | null): JsonObject {
  const { slug, fields } = definitionOf(block);
  const place = saved && {
    _block_document_id: saved.id,
    _block_document_name: saved.name,
    _is_anonymous: saved.isAnonymous,
  };
  return {
    ...hideSettings(slug, hideSecrets(block.toData(), fields)),
    ...place,
    block_type_slug: slug,
    _block_type_slug: slug,
  };
}
