// Lists the blocks: named settings of storage, infrastructure, secrets and notifications.
import { Copy, Ellipsis, Pencil, Plus, Trash2 } from "lucide-preact";
import { pages } from "#lib/page-addresses.ts";
import type { BlockDocument } from "#wire/blocks.ts";
import { to } from "../data/base.ts";
import { useQuery } from "../data/query.ts";
import { useAddress } from "../parts/address.ts";
import { BulkBar } from "../parts/bulk-bar.tsx";
import { Button } from "../parts/button.tsx";
import { copyText } from "../parts/copy.tsx";
import { Empty, NothingFound } from "../parts/empty.tsx";
import { ChoiceFilter, ClearFilters, FilterBar, SearchFilter } from "../parts/filter-bar.tsx";
import { type Column, List } from "../parts/list.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Menu, MenuItem } from "../parts/menu.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { usePicked } from "../parts/picked.ts";
import { Time } from "../parts/time.tsx";
import { blockName, removedBlocks } from "./block-actions.ts";

const MOST = 200;
const FILTERS = ["search", "type", "capability"];

export default function BlocksPage() {
  const address = useAddress();
  const search = address.one("search");
  const types = address.all("type");
  const capabilities = address.all("capability");
  const body = {
    block_documents: { name: search ? { like_: search } : null, is_anonymous: { eq_: false } },
    block_types: types.length > 0 ? { slug: { any_: types } } : null,
    block_schemas: capabilities.length > 0 ? { block_capabilities: { all_: capabilities } } : null,
    limit: MOST,
  };
  const list = useQuery("listBlockDocuments", { body });
  const known = useQuery("listBlockTypes", { body: { limit: MOST } }).data ?? [];
  const abilities = useQuery("listBlockCapabilities", {}).data ?? [];
  const picked = usePicked();
  const isFiltered = search !== undefined || types.length + capabilities.length > 0;
  return (
    <>
      <PageHead
        title="Blocks"
        actions={
          <Button kind="main" icon={Plus} href={to(pages.blockCatalog())}>
            New block
          </Button>
        }
      />
      <FilterBar>
        <SearchFilter label="Search names" />
        <ChoiceFilter
          name="type"
          label="Type"
          options={known.map(({ slug, name }) => ({ value: slug, title: name }))}
        />
        <ChoiceFilter
          name="capability"
          label="Capability"
          options={abilities.toSorted().map((value) => ({ value, title: value }))}
        />
        <ClearFilters names={FILTERS} />
      </FilterBar>
      <Loaded of={list}>
        {(rows) =>
          rows.length > 0 ? (
            <List
              {...{ rows, picked, columns: COLUMNS, label: "Blocks", isOld: list.isOld }}
              idOf={({ id }) => id}
              hrefOf={({ id }) => to(pages.block(id))}
              menu={(block) => <BlockMenu block={block} />}
            />
          ) : isFiltered ? (
            <NothingFound clearHref={address.with({ search: null, type: null, capability: null })} />
          ) : (
            <Empty title="There are no blocks yet." command="orch block create secret --name api-key --field value=-">
              A block is a named setting: a bucket, a machine, a secret, a channel for messages.
            </Empty>
          )
        }
      </Loaded>
      <BulkBar picked={picked}>
        <Button
          kind="danger"
          icon={Trash2}
          onClick={async () => {
            const chosen = (list.data ?? []).filter(({ id }) => picked.has(id));
            if (await removedBlocks(chosen)) picked.clear();
          }}
        >
          Delete
        </Button>
      </BulkBar>
    </>
  );
}

const COLUMNS: Column<BlockDocument>[] = [
  {
    title: "Name",
    cell: ({ id, name }) => (
      <a class="main-link" href={to(pages.block(id))}>
        {name}
      </a>
    ),
  },
  { title: "Type", width: "26%", cell: ({ block_type }) => block_type?.name },
  {
    title: "Can",
    width: "26%",
    gives: "third",
    cell: ({ block_schema }) => <span class="quiet">{block_schema?.capabilities.join(", ")}</span>,
  },
  {
    title: "Changed",
    width: "150px",
    gives: "second",
    isNamedBelow: true,
    cell: ({ updated }) => <Time at={updated} />,
  },
];

function BlockMenu({ block }: { block: BlockDocument }) {
  const label = `Actions on ${block.name}`;
  return (
    <Menu button={{ kind: "plain", icon: Ellipsis, label }} label={label}>
      {() => (
        <>
          <MenuItem icon={Pencil} href={to(pages.editBlock(block.id))}>
            Change
          </MenuItem>
          <MenuItem icon={Copy} onClick={() => copyText(blockName(block))}>
            Copy the name
          </MenuItem>
          <MenuItem icon={Trash2} isDanger onClick={() => removedBlocks([block])}>
            Delete
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
