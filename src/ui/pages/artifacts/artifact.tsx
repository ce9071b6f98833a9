// Shows one artifact: what it holds, as people or as it was sent, and where it comes from.
import { Trash2 } from "lucide-preact";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import type { Artifact } from "#wire/artifacts.ts";
import { to } from "../../data/base.ts";
import { useQuery } from "../../data/query.ts";
import { Button } from "../../parts/button.tsx";
import { Loaded } from "../../parts/lists/loaded.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Tabs, useTab } from "../../parts/tabs.tsx";
import { Details } from "../../parts/text/details.tsx";
import { Id } from "../../parts/text/id.tsx";
import { Markdown } from "../../parts/text/markdown.tsx";
import { NamedLink } from "../../parts/text/named-link.tsx";
import { Time } from "../../parts/text/time.tsx";
import type { PageProps } from "../registry.ts";
import { removedArtifact } from "./artifact-actions.ts";
import { ArtifactData } from "./artifact-data.tsx";

export default function ArtifactPage({ params: { id } }: PageProps<"id">) {
  const query = useQuery("readArtifact", { params: { id } });
  return (
    <Loaded of={query} record="artifact">
      {(artifact) => <Shown artifact={artifact} />}
    </Loaded>
  );
}

const VIEWS = [
  { key: "view", title: "View" },
  { key: "raw", title: "Raw" },
] as const;

function Shown({ artifact }: { artifact: Artifact }) {
  const { id, key, type, description, created, flow_run_id, task_run_id } = artifact;
  const { route } = useLocation();
  const view = useTab(["view", "raw"]);
  const title = key ?? type ?? "Artifact";
  const crumbs = [{ title: "Artifacts", href: to(pages.artifacts()) }];
  const actions = (
    <Button
      icon={Trash2}
      onClick={async () => {
        if (await removedArtifact(id, title)) route(to(pages.artifacts()), true);
      }}
    >
      Delete
    </Button>
  );
  return (
    <>
      <PageHead {...{ title, crumbs, actions }}>{type && <span class="tag">{type}</span>}</PageHead>
      <div class="beside">
        <div class="stack">
          {description && <Markdown text={description} />}
          <Tabs tabs={VIEWS} label="Views of the artifact" />
          <ArtifactData artifact={artifact} isRaw={view === "raw"} />
        </div>
        <Details
          facts={[
            [
              "Versions",
              key && (
                <a class="link" href={to(pages.artifactKey(key))}>
                  {`All with the key ${key}`}
                </a>
              ),
            ],
            ["Flow run", flow_run_id && <NamedLink kind="flowRun" id={flow_run_id} />],
            ["Task run", task_run_id && <NamedLink kind="taskRun" id={task_run_id} />],
            ["Created", <Time at={created} />],
            ["Id", <Id id={id} />],
          ]}
        />
      </div>
    </>
  );
}
