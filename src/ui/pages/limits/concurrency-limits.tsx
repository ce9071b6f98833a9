// Lists the concurrency limits of task runs by tag, and makes, frees and deletes them.
import { Eraser, Pencil, Plus, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { pages } from "#lib/text/page-addresses.ts";
import type { ConcurrencyLimit } from "#wire/pools/concurrency-limits.ts";
import { to } from "../../data/base.ts";
import { useQuery } from "../../data/query.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import type { Column } from "../../parts/lists/list.tsx";
import { ListPage, MOST } from "../../parts/lists/list-page.tsx";
import { MenuItem, RowMenu } from "../../parts/menu.tsx";
import { Time } from "../../parts/text/time.tsx";
import { SlotMeter } from "../work/slot-meter.tsx";
import { freed, removed } from "./limit-actions.ts";
import { LimitDialog } from "./limit-dialog.tsx";

export default function ConcurrencyLimitsPage() {
  const [opened, setOpened] = useState<ConcurrencyLimit | "new">();
  const list = useQuery("listConcurrencyLimits", { body: { limit: MOST } });
  return (
    <>
      <ListPage
        label="Concurrency limits"
        of={list}
        rows={byTag(list.data ?? [])}
        actions={
          <Button kind="main" icon={Plus} onClick={() => setOpened("new")}>
            New limit
          </Button>
        }
        columns={COLUMNS}
        idOf={({ id }) => id}
        hrefOf={({ id }) => to(pages.concurrencyLimit(id))}
        menu={(limit) => <LimitMenu limit={limit} onEdit={() => setOpened(limit)} />}
        remove={removed}
        empty={
          <Empty title="There are no limits yet." command="orch concurrency-limit create database 5">
            A limit says how many task runs with a tag may run at once; the others wait for a slot.
          </Empty>
        }
      />
      {opened && <LimitDialog limit={opened === "new" ? undefined : opened} onClose={() => setOpened(undefined)} />}
    </>
  );
}

const COLUMNS: Column<ConcurrencyLimit>[] = [
  {
    title: "Tag",
    cell: ({ id, tag }) => (
      <a class="main-link" href={to(pages.concurrencyLimit(id))}>
        {tag}
      </a>
    ),
  },
  { title: "Slots in use", width: "38%", cell: (limit) => <SlotMeter limit={limit} /> },
  {
    title: "Changed",
    width: "160px",
    gives: "third",
    cell: ({ updated }) => <Time at={updated} />,
  },
];

function byTag(limits: readonly ConcurrencyLimit[]): ConcurrencyLimit[] {
  return limits.toSorted((one, other) => one.tag.localeCompare(other.tag));
}

function LimitMenu({ limit, onEdit }: { limit: ConcurrencyLimit; onEdit: () => void }) {
  return (
    <RowMenu of={limit.tag}>
      {() => (
        <>
          <MenuItem icon={Pencil} onClick={onEdit}>
            Change
          </MenuItem>
          <MenuItem icon={Eraser} onClick={() => freed(limit)}>
            Free all slots
          </MenuItem>
          <MenuItem icon={Trash2} isDanger onClick={() => removed([limit])}>
            Delete
          </MenuItem>
        </>
      )}
    </RowMenu>
  );
}
