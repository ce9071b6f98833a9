// Where a deployment runs, and what else is known of it.
import { pages } from "#lib/text/page-addresses.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";
import { to } from "../../data/base.ts";
import { useQuery } from "../../data/query.ts";
import { Loaded } from "../../parts/lists/loaded.tsx";
import { Details } from "../../parts/text/details.tsx";
import { Id } from "../../parts/text/id.tsx";
import { JsonView } from "../../parts/text/json-view.tsx";
import { LongText } from "../../parts/text/long-text.tsx";
import { NamedLink } from "../../parts/text/named-link.tsx";
import { Time } from "../../parts/text/time.tsx";

export function PlaceTab({ deployment }: { deployment: Deployment }) {
  const { work_pool_name: pool, work_queue_name: queue, infra_overrides: overrides } = deployment;
  return (
    <>
      <Details
        facts={[
          [
            "Work pool",
            pool && (
              <a class="link" href={to(pages.workPool(pool))}>
                {pool}
              </a>
            ),
          ],
          [
            "Work queue",
            pool && queue ? (
              <a class="link" href={to(pages.poolQueue(pool, queue))}>
                {queue}
              </a>
            ) : (
              queue
            ),
          ],
          ["Entrypoint", deployment.entrypoint && <code>{deployment.entrypoint}</code>],
          ["Path", deployment.path && <code>{deployment.path}</code>],
          ["Storage", deployment.storage_document_id && <BlockLink id={deployment.storage_document_id} />],
          [
            "Infrastructure",
            deployment.infrastructure_document_id && <BlockLink id={deployment.infrastructure_document_id} />,
          ],
        ]}
      />
      {Object.keys(overrides).length > 0 && (
        <>
          <h2>Overrides of the infrastructure</h2>
          <JsonView value={overrides} label="Overrides of the infrastructure" />
        </>
      )}
      {deployment.pull_steps && <JsonView value={deployment.pull_steps} label="Steps that fetch the code" />}
    </>
  );
}

/** As `orch deployment build` writes it. */
export function YamlTab({ id }: { id: string }) {
  const query = useQuery("readDeploymentYaml", { params: { id } });
  return <Loaded of={query}>{(text) => <LongText text={text} label="The deployment as a file" />}</Loaded>;
}

function BlockLink({ id }: { id: string }) {
  const block = useQuery("readBlockDocument", { params: { id } }).data;
  const title = block?.is_anonymous ? (block.block_type?.name ?? "anonymous") : block?.name;
  return (
    <a class="link" href={to(pages.block(id))}>
      {block?.block_type && !block.is_anonymous ? `${block.block_type.slug}/${title}` : (title ?? "…")}
    </a>
  );
}

export function DetailsTab({ deployment }: { deployment: Deployment }) {
  const { created_by, updated_by } = deployment;
  return (
    <Details
      facts={[
        ["Version", deployment.version],
        ["Created", <Time at={deployment.created} as="exact" />],
        ["Created by", created_by?.display_value],
        ["Changed", <Time at={deployment.updated} as="exact" />],
        ["Changed by", updated_by?.display_value],
        ["Manifest", deployment.manifest_path],
        ["Flow", <NamedLink kind="flow" id={deployment.flow_id} />],
        ["Id", <Id id={deployment.id} />],
      ]}
    />
  );
}
