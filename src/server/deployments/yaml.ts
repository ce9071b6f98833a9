// A deployment as its file: what `deployment build` would write of it. Secrets of its blocks stay hidden.

import { blockAsPrinted } from "#blocks/printed-block.ts";
import type { Reader } from "#db/connect.ts";
import { renderDeploymentFile } from "#domain/deployment-file.ts";
import { engineCommand } from "#domain/engine-command.ts";
import { newInfrastructure } from "#domain/infrastructure-blocks.ts";
import type { JsonObject } from "#lib/json.ts";
import { textFields } from "#wire/deployments/deployments.ts";
import { DEFAULT_RUN_POLICY } from "#wire/runs/run-policies.ts";
import { readDocument } from "../blocks/documents.ts";
import type { Vault } from "../kernel/vault.ts";
import { readRunPolicy } from "../run-policies/store.ts";
import { readDeployment } from "./store.ts";

/** `undefined` when it is not there. */
export function deploymentYaml(q: Reader, id: string, vault: Vault): string | undefined {
  const deployment = readDeployment(q, id);
  if (!deployment) return undefined;
  const flow = q.get<{ name: string }>("select name from flow where id = ?", deployment.flow_id);
  const block = (documentId: string | null): JsonObject | null => {
    const document = documentId === null ? undefined : readDocument(q, documentId, { vault, secrets: false });
    return document ? blockAsPrinted(document) : null;
  };
  const { name, tags, parameters, schedule } = deployment;
  const { overlap, catchup } = readRunPolicy(q, id) ?? DEFAULT_RUN_POLICY;
  const { is_schedule_active, infra_overrides, parameter_openapi_schema } = deployment;
  return renderDeploymentFile({
    ...textFields((field) => deployment[field]),
    ...{ name, tags, parameters, schedule, is_schedule_active, infra_overrides, parameter_openapi_schema },
    overlap: overlap === "allow" ? null : overlap,
    catchup: catchup === "all" ? null : catchup,
    infrastructure:
      block(deployment.infrastructure_document_id) ??
      newInfrastructure("process", engineCommand(deployment.entrypoint ?? "")),
    flow_name: flow?.name ?? "",
    storage: block(deployment.storage_document_id),
    timestamp: deployment.updated,
  });
}
