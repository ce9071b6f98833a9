// Puts a deployment together: from the flow, from the options of the build, and where an option is missing, from the
// deployment of that name that the server has already.

import { blockAsPrinted } from "#blocks/printed-block.ts";
import type { Client } from "#client/client.ts";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { engineCommand } from "#domain/engine-command.ts";
import { languageAt } from "#domain/entrypoint.ts";
import { type InfrastructureType, isImageBased, newInfrastructure } from "#domain/infrastructure-blocks.ts";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import { type BlockDocument, readBlockDocument } from "#wire/blocks.ts";
import { type Deployment, readDeploymentByName, type TextField, textFields } from "#wire/deployments/deployments.ts";
import type { ScheduleInput } from "#wire/deployments/schedules.ts";
import type { Catchup, Overlap } from "#wire/runs/run-policies.ts";
import type { FlowDescription } from "../flow-source.ts";
import { NO_POLICIES, type SetPolicies, setPoliciesOf } from "./run-policies.ts";

/** The options of the build; `undefined` where one is missing. */
export interface BuildOptions extends Partial<Record<TextField, string | undefined>> {
  name: string;
  tags?: string[] | undefined;
  parameters?: JsonObject | undefined;
  schedule?: ScheduleInput | undefined;
  overlap?: Overlap | undefined;
  catchup?: Catchup | undefined;
  infra_overrides: JsonObject;
  /** A new block of this type, or one that the server keeps. */
  infrastructure?: InfrastructureType | BlockDocument | undefined;
  storage?: BlockDocument | undefined;
  /** The image of new infrastructure that has one, for TypeScript flows; null for Prefect's, which has no orch. */
  default_image?: string | null | undefined;
}

/** What is known of the flow. */
export interface BuiltFlow extends FlowDescription {
  /** `flows/marvin.ts:sayHi`, relative to `path`. */
  entrypoint: string;
  /** Where its code lies: a snapshot, a folder, or a path in the storage block. */
  path: string;
}

/** What the server has under this name. */
export interface Existing extends SetPolicies {
  deployment: Deployment;
  infrastructure: JsonObject | null;
}

export async function readExisting(client: Client, flowName: string, name: string): Promise<Existing | undefined> {
  const params = { flow_name: flowName, deployment_name: name };
  const deployment = await client.call(readDeploymentByName, { params }).catch((error) => {
    if (error instanceof OrchError && error.code === "not_found") return undefined;
    throw error;
  });
  if (!deployment) return undefined;
  const id = deployment.infrastructure_document_id;
  return {
    deployment,
    ...((await setPoliciesOf(client, [deployment.id])).get(deployment.id) ?? NO_POLICIES),
    infrastructure: id ? blockAsPrinted(await client.call(readBlockDocument, { params: { id } })) : null,
  };
}

/** `now` is the file's timestamp. */
export function buildDeployment(
  flow: BuiltFlow,
  options: BuildOptions,
  existing: Existing | undefined,
  now: string,
): DeploymentSpec {
  const before = existing?.deployment;
  const texts = textFields((field) => options[field] ?? before?.[field] ?? null);
  return {
    name: options.name,
    ...texts,
    description: texts.description ?? flow.description,
    version: options.version ?? flow.version,
    work_queue_name: texts.work_queue_name ?? "default",
    tags: options.tags ?? before?.tags ?? [...flow.tags],
    parameters: options.parameters ?? before?.parameters ?? {},
    schedule: options.schedule ?? before?.schedule ?? null,
    is_schedule_active: before?.is_schedule_active ?? null,
    overlap: options.overlap ?? existing?.overlap ?? null,
    catchup: options.catchup ?? existing?.catchup ?? null,
    infra_overrides: options.infra_overrides,
    infrastructure: chooseInfrastructure(flow, options.infrastructure, existing, options.default_image),
    flow_name: flow.name,
    storage: options.storage ? blockAsPrinted(options.storage) : null,
    path: flow.path,
    entrypoint: flow.entrypoint,
    parameter_openapi_schema: flow.schema,
    timestamp: now,
  };
}

/** The infrastructure of the options, else the server's, else a process. */
export function chooseInfrastructure(
  { entrypoint, python }: Pick<BuiltFlow, "entrypoint" | "python">,
  told: BuildOptions["infrastructure"],
  existing: Existing | undefined,
  defaultImage?: string | null,
): JsonObject {
  if (typeof told === "object") return blockAsPrinted(told);
  if (told === undefined && existing?.infrastructure) return existing.infrastructure;
  const slug = told ?? "process";
  const made = newInfrastructure(slug, engineCommand(entrypoint, slug === "process" ? python : undefined));
  const isForOrch = isImageBased(made) && languageAt(entrypoint) === "typescript";
  return isForOrch && defaultImage ? { ...made, image: defaultImage } : made;
}
