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
import type { CatchupInput, Overlap } from "#wire/runs/run-policies.ts";
import { Block, definitionOf, type SavedBlock } from "../blocks/block.ts";
import { type Schedule, scheduleFromWire, scheduleToWire } from "./schedules.ts";

export interface DeploymentFields {
  name: string;
  flowName: string | null;
  description: string | null;
  version: string | null;
  tags: string[];
  parameters: Record<string, unknown>;
  schedule: Schedule | null;
  isScheduleActive: boolean | null;
  /** What becomes of a run that is due while another one is under way; null: they run beside each other. */
  overlap: Overlap | null;
  /** Which runs that could not start in time start later: `within` in seconds, or such as `6h`; null: all. */
  catchup: CatchupInput | null;
  workQueueName: string | null;
  workPoolName: string | null;
  infraOverrides: JsonObject;
  /** A block, or one as the server has it; null: a process. */
  infrastructure: Block | JsonObject | null;
  storage: Block | JsonObject | null;
  path: string | null;
  entrypoint: string | null;
  manifestPath: string | null;
  parameterOpenapiSchema: JsonObject | null;
}

export type FieldName = keyof DeploymentFields;

export function defaultFields(): DeploymentFields {
  return {
    ...{ name: "", flowName: null, description: null, version: null, tags: [], parameters: {}, schedule: null },
    ...{
      isScheduleActive: null,
      overlap: null,
      catchup: null,
      workQueueName: "default",
      workPoolName: null,
      infraOverrides: {},
    },
    ...{ infrastructure: null, storage: null, path: null, entrypoint: null, manifestPath: null },
    parameterOpenapiSchema: null,
  };
}

export const FIELD_NAMES = Object.keys(defaultFields()) as FieldName[];

/** Throws `invalid` for a field that deployments do not have. */
export function checkFields(given: object): void {
  const unknown = Object.keys(given).find((name) => !FIELD_NAMES.includes(name as FieldName));
  if (unknown === undefined) return;
  throw new OrchError(
    "invalid",
    `Deployments have no field '${unknown}'. Their fields are: ${FIELD_NAMES.join(", ")}.`,
  );
}

export function fieldsOfSpec(spec: DeploymentSpec): DeploymentFields {
  return {
    name: spec.name,
    flowName: spec.flow_name,
    description: spec.description,
    version: spec.version,
    tags: spec.tags,
    parameters: objectWithNumbers(spec.parameters),
    schedule: spec.schedule && scheduleFromWire(spec.schedule),
    isScheduleActive: spec.is_schedule_active,
    overlap: spec.overlap,
    catchup: spec.catchup,
    workQueueName: spec.work_queue_name,
    workPoolName: spec.work_pool_name,
    infraOverrides: spec.infra_overrides,
    infrastructure: spec.infrastructure,
    storage: spec.storage,
    path: spec.path,
    entrypoint: spec.entrypoint,
    manifestPath: spec.manifest_path,
    parameterOpenapiSchema: spec.parameter_openapi_schema,
  };
}

/** `process` is the infrastructure of a deployment that names none. */
export function specOf(
  fields: DeploymentFields,
  { process, policies, timestamp }: { process: JsonObject; policies: SetPolicies; timestamp: string },
): DeploymentSpec {
  if (!fields.name) throw new OrchError("invalid", "A deployment needs a 'name'.");
  if (!fields.flowName) throw new OrchError("invalid", `The deployment '${fields.name}' needs a 'flowName'.`);
  return {
    name: fields.name,
    description: fields.description,
    // Numbers are versions too.
    version: fields.version === null ? null : String(fields.version),
    work_queue_name: fields.workQueueName,
    work_pool_name: fields.workPoolName,
    tags: fields.tags,
    parameters: sendableParameters(fields.parameters, fields.parameterOpenapiSchema),
    schedule: fields.schedule && scheduleToWire(fields.schedule),
    is_schedule_active: fields.isScheduleActive,
    ...policies,
    infra_overrides: sendableParameters(fields.infraOverrides, null),
    infrastructure: printed(fields.infrastructure) ?? process,
    flow_name: fields.flowName,
    manifest_path: fields.manifestPath,
    storage: printed(fields.storage),
    path: fields.path,
    entrypoint: fields.entrypoint,
    parameter_openapi_schema: fields.parameterOpenapiSchema,
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
