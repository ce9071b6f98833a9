// Shows the artifacts of one key: the newest whole, the others as a list.
import { Trash2 } from "lucide-preact";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import type { Artifact } from "#wire/artifacts.ts";
import { to } from "../../data/base.ts";
import { useQuery } from "../../data/query.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { type Column, List } from "../../parts/lists/list.tsx";
import { Loaded } from "../../parts/lists/loaded.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Markdown } from "../../parts/text/markdown.tsx";
import { NamedLink } from "../../parts/text/named-link.tsx";
import { Time } from "../../parts/text/time.tsx";
import type { PageProps } from "../registry.ts";
import { removedKey } from "./artifact-actions.ts";
import { ArtifactData, firstLine } from "./artifact-data.tsx";

const MOST = 200;

export default function ArtifactKeyPage({ params: { key } }: PageProps<"key">) {
  const { route } = useLocation();
  const body = { artifacts: { key: { any_: [key] } }, sort: "CREATED_DESC" as const, limit: MOST };
  const list = useQuery("listArtifacts", { body });
  const crumbs = [{ title: "Artifacts", href: to(pages.artifacts()) }];
  const actions = (list.data?.length ?? 0) > 0 && (
    <Button
      icon={Trash2}
      onClick={async () => {
        if (await removedKey(key)) route(to(pages.artifacts()), true);
      }}
    >
      Delete all
    </Button>
  );
  return (
    <>
      <PageHead title={key} {...{ crumbs, actions }} />
      <Loaded of={list}>
        {(rows) => {
          const [newest] = rows;
          if (!newest) {
            return <Empty title="This key has no artifacts.">They may have been deleted with their runs.</Empty>;
          }
          return (
            <div class="stack">
              {newest.description && <Markdown text={newest.description} />}
              <ArtifactData artifact={newest} />
              <h2>Versions</h2>
              <List
                {...{ rows, columns: COLUMNS, label: `Versions of ${key}`, isOld: list.isOld }}
                idOf={({ id }) => id}
                hrefOf={({ id }) => to(pages.artifact(id))}
              />
            </div>
          );
        }}
      </Loaded>
    </>
  );
}

const COLUMNS: Column<Artifact>[] = [
  {
    title: "Created",
    width: "200px",
    cell: ({ id, created }) => (
      <a class="main-link" href={to(pages.artifact(id))}>
        <Time at={created} as="short" />
      </a>
    ),
  },
  { title: "Type", width: "110px", gives: "second", cell: ({ type }) => type },
  {
    title: "Description",
    gives: "second",
    cell: ({ description }) => <span class="cut">{firstLine(description)}</span>,
  },
  {
    title: "Flow run",
    width: "24%",
    cell: ({ flow_run_id }) => <NamedLink kind="flowRun" id={flow_run_id} />,
  },
];
