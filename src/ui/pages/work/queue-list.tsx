// Lists the queues of a pool, or of all pools: priority, limit, and whether anything listens.
import { Copy, Pencil, Trash2 } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { pages } from "#lib/text/page-addresses.ts";
import type { WorkPool } from "#wire/pools/work-pools.ts";
import type { WorkQueue } from "#wire/pools/work-queues.ts";
import { to } from "../../data/base.ts";
import { type Query, useQuery } from "../../data/query.ts";
import { Empty } from "../../parts/lists/empty.tsx";
import type { Column } from "../../parts/lists/list.tsx";
import { Listing, type ListingProps, ListPage } from "../../parts/lists/list-page.tsx";
import { MenuItem, RowMenu } from "../../parts/menu.tsx";
import { copyText } from "../../parts/text/copy.tsx";
import { useAddress } from "../../parts/use-address.ts";
import { Health, useStatuses } from "./health.tsx";
import { Polled } from "./polled.tsx";
import { queueSwitch, removedQueues } from "./pool-actions.tsx";
import { MOST } from "./pool-data.ts";

export function QueueList({ pool }: { pool: WorkPool }) {
  const list = useQuery("listPoolQueues", { params: { work_pool_name: pool.name }, body: { limit: MOST } });
  return <Listing {...useQueues({ list, poolOf: () => pool })} />;
}

/** The page of the queues of all pools, each with its pool's name. */
export function AllQueues({ actions }: { actions: ComponentChildren }) {
  const list = useQuery("listWorkQueues", { body: { limit: MOST } });
  const pools = useQuery("listWorkPools", { body: { limit: MOST } }).data ?? [];
  const poolOf = ({ work_pool_id }: WorkQueue) => pools.find(({ id }) => id === work_pool_id);
  return <ListPage {...useQueues({ list, poolOf, hasPools: true })} actions={actions} />;
}

interface QueuesProps {
  list: Query<WorkQueue[]>;
  poolOf: (queue: WorkQueue) => WorkPool | undefined;
  hasPools?: boolean;
}

function useQueues({ list, poolOf, hasPools = false }: QueuesProps): ListingProps<WorkQueue> {
  const search = (useAddress().one("search") ?? "").toLowerCase();
  const statuses = useStatuses(list.data ?? []);
  const poolName = hasPools ? undefined : list.data?.[0] && poolOf(list.data[0])?.name;
  return {
    label: "Work queues",
    of: list,
    rows: (list.data ?? []).filter(({ name }) => name.toLowerCase().includes(search)),
    search: "Search names",
    columns: columns({ poolOf, hasPools, statuses }),
    idOf: ({ id }) => id,
    hrefOf: (queue) => pageOfQueue(queue, poolOf(queue)),
    menu: (queue) => <QueueMenu queue={queue} pool={poolOf(queue)} />,
    remove: (chosen) => removedQueues(chosen, poolName),
    empty: (
      <Empty title="There are no queues yet." command="orch agent start -q default">
        Runs wait in a queue until an agent takes them. An agent makes the queues that it asks.
      </Empty>
    ),
  };
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
      cell: (queue) => {
        const status = statuses.get(queue.id);
        if (!status) return null;
        return (
          <Health of={queue} poolType={poolOf(queue)?.type} isSilent={status.isSilent} late={status.late_runs_count} />
        );
      },
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
  const edit = pool ? pages.editPoolQueue(pool.name, queue.name) : pages.editWorkQueue(queue.id);
  return (
    <RowMenu of={queue.name}>
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
    </RowMenu>
  );
}
