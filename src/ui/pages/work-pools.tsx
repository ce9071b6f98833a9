// Lists the work pools: whether anything takes their runs, and how many may run at once.
import { Copy, Ellipsis, Pencil, Plus, Trash2 } from "lucide-preact";
import { pages } from "#lib/page-addresses.ts";
import type { WorkPool } from "#wire/work-pools.ts";
import { to } from "../data/base.ts";
import { useQuery } from "../data/query.ts";
import { useAddress } from "../parts/address.ts";
import { BulkBar } from "../parts/bulk-bar.tsx";
import { Button } from "../parts/button.tsx";
import { copyText } from "../parts/copy.tsx";
import { Empty, NothingFound } from "../parts/empty.tsx";
import { ClearFilters, FilterBar, SearchFilter } from "../parts/filter-bar.tsx";
import { type Column, List } from "../parts/list.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Menu, MenuItem } from "../parts/menu.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { usePicked } from "../parts/picked.ts";
import { Health, useStatuses } from "./health.tsx";
import { Polled } from "./polled.tsx";
import { poolSwitch, removedPools } from "./pool-actions.tsx";
import { lastPolledOf, MOST } from "./pool-data.ts";

interface Row extends WorkPool {
  queues: number;
  lastPolled: string | null;
  late: number;
}

export default function WorkPoolsPage() {
  const address = useAddress();
  const search = address.one("search") ?? "";
  const list = useQuery("listWorkPools", { body: { limit: MOST } });
  const queues = useQuery("listWorkQueues", { body: { limit: MOST } });
  const statuses = useStatuses(queues.data ?? []);
  const picked = usePicked();
  return (
    <>
      <PageHead
        title="Work pools"
        actions={
          <Button kind="main" icon={Plus} href={to(pages.createWorkPool())}>
            New work pool
          </Button>
        }
      />
      <FilterBar>
        <SearchFilter label="Search names" />
        <ClearFilters names={["search"]} />
      </FilterBar>
      <Loaded of={list}>
        {(all) => {
          const rows = all
            .filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()))
            .map((pool): Row => {
              const own = (queues.data ?? []).filter(({ work_pool_id }) => work_pool_id === pool.id);
              const late = own.reduce((sum, { id }) => sum + (statuses.get(id)?.late_runs_count ?? 0), 0);
              return { ...pool, queues: own.length, lastPolled: lastPolledOf(own), late };
            });
          if (rows.length === 0 && search) return <NothingFound clearHref={address.with({ search: null })} />;
          if (rows.length === 0) {
            return (
              <Empty title="There are no work pools yet." command="orch agent start -q default">
                The first queue brings the pool default-agent-pool with it.
              </Empty>
            );
          }
          return (
            <List
              {...{ rows, picked, columns: COLUMNS, label: "Work pools", isOld: list.isOld }}
              idOf={({ id }) => id}
              hrefOf={({ name }) => to(pages.workPool(name))}
              menu={(pool) => <PoolMenu pool={pool} />}
            />
          );
        }}
      </Loaded>
      <BulkBar picked={picked}>
        <Button
          kind="danger"
          icon={Trash2}
          onClick={async () => {
            const chosen = (list.data ?? []).filter(({ id }) => picked.has(id));
            if (await removedPools(chosen.map(({ name }) => name))) picked.clear();
          }}
        >
          Delete
        </Button>
      </BulkBar>
    </>
  );
}

const COLUMNS: Column<Row>[] = [
  {
    title: "Name",
    cell: ({ name }) => (
      <a class="main-link" href={to(pages.workPool(name))}>
        {name}
      </a>
    ),
  },
  { title: "Type", width: "130px", gives: "third", cell: ({ type }) => type },
  {
    title: "Status",
    width: "150px",
    gives: "second",
    cell: ({ is_paused, late }) => <Health word={is_paused ? "Paused" : late > 0 ? "Late" : "Ready"} late={late} />,
  },
  {
    title: "Queues",
    width: "80px",
    gives: "second",
    isNamedBelow: true,
    isEndAligned: true,
    cell: ({ queues }) => queues,
  },
  {
    title: "At once",
    width: "100px",
    gives: "third",
    isEndAligned: true,
    cell: ({ concurrency_limit: limit }) => limit ?? <span class="quiet">no limit</span>,
  },
  {
    title: "Last asked for work",
    width: "190px",
    gives: "third",
    cell: ({ lastPolled }) => <Polled at={lastPolled} />,
  },
  { title: "On", width: "64px", cell: (pool) => poolSwitch(pool) },
];

function PoolMenu({ pool: { name } }: { pool: WorkPool }) {
  const label = `Actions on ${name}`;
  return (
    <Menu button={{ kind: "plain", icon: Ellipsis, label }} label={label}>
      {() => (
        <>
          <MenuItem icon={Pencil} href={to(pages.editWorkPool(name))}>
            Change
          </MenuItem>
          <MenuItem icon={Copy} onClick={() => copyText(name)}>
            Copy the name
          </MenuItem>
          <MenuItem icon={Trash2} isDanger onClick={() => removedPools([name])}>
            Delete
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
