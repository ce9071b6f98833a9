// Lists the queues of a pool, or of all pools: priority, limit, and whether anything listens.
import { Copy, Ellipsis, Pencil, Trash2 } from "lucide-preact";
import { pages } from "#lib/page-addresses.ts";
import type { WorkPool } from "#wire/work-pools.ts";
import type { WorkQueue } from "#wire/work-queues.ts";
import { to } from "../data/base.ts";
import { type Query, useQuery } from "../data/query.ts";
import { useAddress } from "../parts/address.ts";
import { BulkBar } from "../parts/bulk-bar.tsx";
import { Button } from "../parts/button.tsx";
import { copyText } from "../parts/copy.tsx";
import { Empty, NothingFound } from "../parts/empty.tsx";
import { ClearFilters, FilterBar, SearchFilter } from "../parts/filter-bar.tsx";
import { type Column, List } from "../parts/list.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Menu, MenuItem } from "../parts/menu.tsx";
import { usePicked } from "../parts/picked.ts";
import { QueueHealth, useStatuses } from "./health.tsx";
import { Polled } from "./polled.tsx";
import { queueSwitch, removedQueues } from "./pool-actions.tsx";
import { MOST } from "./pool-data.ts";

export function QueueList({ pool }: { pool: WorkPool }) {
  const list = useQuery("listPoolQueues", { params: { work_pool_name: pool.name }, body: { limit: MOST } });
  return <Queues list={list} poolOf={() => pool} />;
}

/** The queues of all pools, each with its pool's name. */
export function AllQueues() {
  const list = useQuery("listWorkQueues", { body: { limit: MOST } });
  const pools = useQuery("listWorkPools", { body: { limit: MOST } }).data ?? [];
  return <Queues list={list} poolOf={({ work_pool_id }) => pools.find(({ id }) => id === work_pool_id)} hasPools />;
}

interface QueuesProps {
  list: Query<WorkQueue[]>;
  poolOf: (queue: WorkQueue) => WorkPool | undefined;
  hasPools?: boolean;
}

function Queues({ list, poolOf, hasPools = false }: QueuesProps) {
  const address = useAddress();
  const search = address.one("search") ?? "";
  const statuses = useStatuses(list.data ?? []);
  const picked = usePicked();
  const poolName = hasPools ? undefined : list.data?.[0] && poolOf(list.data[0])?.name;
  return (
    <>
      <FilterBar>
        <SearchFilter label="Search names" />
        <ClearFilters names={["search"]} />
      </FilterBar>
      <Loaded of={list}>
        {(all) => {
          const rows = all.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()));
          if (rows.length === 0 && search) return <NothingFound clearHref={address.with({ search: null })} />;
          if (rows.length === 0)
            return <Empty title="There are no queues yet." command="orch agent start -q default" />;
          return (
            <List
              {...{
                rows,
                picked,
                columns: columns({ poolOf, hasPools, statuses }),
                label: "Work queues",
                isOld: list.isOld,
              }}
              idOf={({ id }) => id}
              hrefOf={(queue) => pageOfQueue(queue, poolOf(queue))}
              menu={(queue) => <QueueMenu queue={queue} pool={poolOf(queue)} />}
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
            if (await removedQueues(chosen, poolName)) picked.clear();
          }}
        >
          Delete
        </Button>
      </BulkBar>
    </>
  );
}

/** Of a queue whose pool is not read yet, the address that old clients print. */
export function pageOfQueue(queue: WorkQueue, pool: WorkPool | undefined): string {
  return to(pool ? pages.poolQueue(pool.name, queue.name) : pages.workQueue(queue.id));
}

interface Shown extends Pick<QueuesProps, "poolOf" | "hasPools"> {
  statuses: ReturnType<typeof useStatuses>;
}

function columns({ poolOf, hasPools, statuses }: Shown): Column<WorkQueue>[] {
  const pool: Column<WorkQueue> = {
    title: "Pool",
    gives: "second",
    isNamedBelow: true,
    cell: (queue) => poolOf(queue)?.name,
  };
  return [
    {
      title: "Name",
      cell: (queue) => (
        <a class="main-link" href={pageOfQueue(queue, poolOf(queue))}>
          {queue.name}
        </a>
      ),
    },
    {
      title: "Status",
      width: "170px",
      gives: "second",
      cell: (queue) => <QueueHealth queue={queue} status={statuses.get(queue.id)} />,
    },
    ...(hasPools ? [pool] : []),
    {
      title: "Priority",
      width: "90px",
      gives: "third",
      isEndAligned: true,
      cell: ({ priority }) => priority,
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
      cell: ({ last_polled }) => <Polled at={last_polled} />,
    },
    { title: "On", width: "64px", cell: (queue) => queueSwitch(queue) },
  ];
}

function QueueMenu({ queue, pool }: { queue: WorkQueue; pool: WorkPool | undefined }) {
  const label = `Actions on ${queue.name}`;
  const edit = pool ? pages.editPoolQueue(pool.name, queue.name) : pages.editWorkQueue(queue.id);
  return (
    <Menu button={{ kind: "plain", icon: Ellipsis, label }} label={label}>
      {() => (
        <>
          <MenuItem icon={Pencil} href={to(edit)}>
            Change
          </MenuItem>
          <MenuItem icon={Copy} onClick={() => copyText(queue.id)}>
            Copy the id
          </MenuItem>
          <MenuItem icon={Trash2} isDanger onClick={() => removedQueues([queue], pool?.name)}>
            Delete
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
