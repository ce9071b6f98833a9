// Lists the artifacts, the newest of each key.
import { Copy, Ellipsis, Trash2 } from "lucide-preact";
import { pages } from "#lib/page-addresses.ts";
import type { ArtifactCollection } from "#wire/artifacts.ts";
import { to } from "../data/base.ts";
import { useQuery } from "../data/query.ts";
import { useAddress } from "../parts/address.ts";
import { copyText } from "../parts/copy.tsx";
import { Empty, NothingFound } from "../parts/empty.tsx";
import { ChoiceFilter, ClearFilters, FilterBar, SearchFilter } from "../parts/filter-bar.tsx";
import { type Column, List } from "../parts/list.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Menu, MenuItem } from "../parts/menu.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Time } from "../parts/time.tsx";
import { removedKey } from "./artifact-actions.ts";
import { firstLine } from "./artifact-data.tsx";

const SORTS = ["UPDATED_DESC", "CREATED_DESC", "KEY_ASC", "KEY_DESC"] as const;
const USUAL = SORTS[0];
const FILTERS = ["search", "type"];
const TYPES = ["markdown", "table", "result"].map((value) => ({ value, title: value }));
const MOST = 200;

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
    <>
      <PageHead title="Artifacts">{count.data !== undefined && <span class="quiet">{count.data}</span>}</PageHead>
      <FilterBar>
        <SearchFilter label="Search keys" />
        <ChoiceFilter name="type" label="Type" options={TYPES} />
        <ClearFilters names={FILTERS} />
      </FilterBar>
      <Loaded of={list}>
        {(rows) =>
          rows.length > 0 ? (
            <List
              {...{ rows, columns: COLUMNS, label: "Artifacts", usualSort: USUAL, isOld: list.isOld }}
              idOf={({ id }) => id}
              hrefOf={({ key }) => to(pages.artifactKey(key))}
              menu={(artifact) => <KeyMenu artifact={artifact} />}
            />
          ) : search || types.length > 0 ? (
            <NothingFound clearHref={address.with({ search: null, type: null })} />
          ) : (
            <Empty title="There are no artifacts yet." command="orch artifact ls">
              A flow leaves tables and texts for people with createTableArtifact and createMarkdownArtifact.
            </Empty>
          )
        }
      </Loaded>
    </>
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
  const label = `Actions on ${artifact.key}`;
  return (
    <Menu button={{ kind: "plain", icon: Ellipsis, label }} label={label}>
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
    </Menu>
  );
}
