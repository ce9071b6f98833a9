// Lists the artifacts, the newest of each key.
import { Copy, Trash2 } from "lucide-preact";
import { pages } from "#lib/text/page-addresses.ts";
import type { ArtifactCollection } from "#wire/artifacts.ts";
import { to } from "../../data/base.ts";
import { useQuery } from "../../data/query.ts";
import { Empty } from "../../parts/lists/empty.tsx";
import { ChoiceFilter } from "../../parts/lists/filter-bar.tsx";
import type { Column } from "../../parts/lists/list.tsx";
import { ListPage, MOST } from "../../parts/lists/list-page.tsx";
import { MenuItem, RowMenu } from "../../parts/menu.tsx";
import { copyText } from "../../parts/text/copy.tsx";
import { Time } from "../../parts/text/time.tsx";
import { useAddress } from "../../parts/use-address.ts";
import { removedKey } from "./artifact-actions.ts";
import { ARTIFACT_CODE, firstLine } from "./artifact-data.tsx";

const SORTS = ["UPDATED_DESC", "CREATED_DESC", "KEY_ASC", "KEY_DESC"] as const;
const USUAL = SORTS[0];
const TYPES = ["markdown", "table", "result"].map((value) => ({ value, title: value }));

export default function ArtifactsPage() {
  const address = useAddress();
  const search = address.one("search");
  const types = address.all("type");
  const sort = SORTS.find((known) => known === address.one("sort")) ?? USUAL;
  const artifacts = {
    key: search ? { like_: search } : null,
    type: types.length > 0 ? { any_: types } : null,
  };
  const list = useQuery("listLatestArtifacts", { body: { artifacts, sort, limit: MOST } });
  const count = useQuery("countLatestArtifacts", { body: { artifacts } });
  return (
    <ListPage
      label="Artifacts"
      of={list}
      rows={list.data ?? []}
      count={count.data}
      search="Search keys"
      filters={<ChoiceFilter name="type" label="Type" options={TYPES} />}
      filterNames={["type"]}
      columns={COLUMNS}
      usualSort={USUAL}
      idOf={({ id }) => id}
      hrefOf={({ key }) => to(pages.artifactKey(key))}
      menu={(artifact) => <KeyMenu artifact={artifact} />}
      empty={
        <Empty title="There are no artifacts yet." code={ARTIFACT_CODE}>
          A flow leaves texts, tables and links for people: a line such as this one makes an artifact.
        </Empty>
      }
    />
  );
}

const COLUMNS: Column<ArtifactCollection>[] = [
  {
    title: "Key",
    width: "28%",
    sort: { up: "KEY_ASC", down: "KEY_DESC" },
    cell: ({ key }) => (
      <a class="main-link" href={to(pages.artifactKey(key))}>
        {key}
      </a>
    ),
  },
  { title: "Type", width: "110px", cell: ({ type }) => type },
  {
    title: "Description",
    gives: "second",
    cell: ({ description }) => <span class="cut">{firstLine(description)}</span>,
  },
  {
    title: "Changed",
    width: "140px",
    gives: "third",
    sort: { up: "UPDATED_DESC", down: "UPDATED_DESC" },
    cell: ({ updated }) => <Time at={updated} />,
  },
];

function KeyMenu({ artifact }: { artifact: ArtifactCollection }) {
  return (
    <RowMenu of={artifact.key}>
      {() => (
        <>
          <MenuItem icon={Copy} onClick={() => copyText(artifact.key)}>
            Copy the key
          </MenuItem>
          <MenuItem icon={Trash2} isDanger onClick={() => removedKey(artifact.key)}>
            Delete all of this key
          </MenuItem>
        </>
      )}
    </RowMenu>
  );
}
