// Lists the blocks: named settings of storage, infrastructure, secrets and notifications.
import { Copy, Pencil, Plus, Trash2 } from "lucide-preact";
import { pages } from "#lib/text/page-addresses.ts";
import type { BlockDocument } from "#wire/blocks.ts";
import { to } from "../../data/base.ts";
import { useQuery } from "../../data/query.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { ChoiceFilter } from "../../parts/lists/filter-bar.tsx";
import type { Column } from "../../parts/lists/list.tsx";
import { ListPage, MOST } from "../../parts/lists/list-page.tsx";
import { MenuItem, RowMenu } from "../../parts/menu.tsx";
import { copyText } from "../../parts/text/copy.tsx";
import { Time } from "../../parts/text/time.tsx";
import { useAddress } from "../../parts/use-address.ts";
import { blockName, removedBlocks } from "./block-actions.ts";

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
  return (
    <ListPage
      label="Blocks"
      of={list}
      rows={list.data ?? []}
      actions={
        <Button kind="main" icon={Plus} href={to(pages.blockCatalog())}>
          New block
        </Button>
      }
      search="Search names"
      filters={
        <>
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
        </>
      }
      filterNames={["type", "capability"]}
      columns={COLUMNS}
      idOf={({ id }) => id}
      hrefOf={({ id }) => to(pages.block(id))}
      menu={(block) => <BlockMenu block={block} />}
      remove={removedBlocks}
      empty={
        <Empty title="There are no blocks yet." command="orch block create secret --name api-key --field value=-">
          A block is a named setting: a bucket, a machine, a secret, a channel for messages.
        </Empty>
      }
    />
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
  { title: "Type", width: "26%", gives: "second", cell: ({ block_type }) => block_type?.name },
  {
    title: "Capabilities",
    width: "26%",
    gives: "third",
    cell: ({ block_schema }) => <span class="quiet">{block_schema?.capabilities.join(", ")}</span>,
  },
  {
    title: "Changed",
    width: "150px",
    gives: "third",
    cell: ({ updated }) => <Time at={updated} />,
  },
];

function BlockMenu({ block }: { block: BlockDocument }) {
  return (
    <RowMenu of={block.name ?? "a block"}>
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
    </RowMenu>
  );
}
