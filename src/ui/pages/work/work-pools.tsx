// Lists the work pools: whether anything takes their runs, and how many may run at once.
import { Copy, Pencil, Plus, Trash2 } from "lucide-preact";
import { pages } from "#lib/text/page-addresses.ts";
import type { WorkPool } from "#wire/pools/work-pools.ts";
import { to } from "../../data/base.ts";
import { useQuery, useReadAgain } from "../../data/query.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import type { Column } from "../../parts/lists/list.tsx";
import { ListPage } from "../../parts/lists/list-page.tsx";
import { MenuItem, RowMenu } from "../../parts/menu.tsx";
import { copyText } from "../../parts/text/copy.tsx";
import { useAddress } from "../../parts/use-address.ts";
import { Health, useStatuses } from "./health.tsx";
import { Polled } from "./polled.tsx";
import { poolSwitch, removedPools } from "./pool-actions.tsx";
import { lastPolledOf, MOST } from "./pool-data.ts";
import { isSilent, nextSilence } from "./silence.ts";

interface Row extends WorkPool {
  queues: number;
  lastPolled: string | null;
  isSilent: boolean;
  late: number;
}

export default function WorkPoolsPage() {
  const address = useAddress();
  const search = address.one("search") ?? "";
  const list = useQuery("listWorkPools", { body: { limit: MOST } });
  const queues = useQuery("listWorkQueues", { body: { limit: MOST } });
  const statuses = useStatuses(queues.data ?? []);
  const polledOf = ({ id }: WorkPool) => lastPolledOf((queues.data ?? []).filter((one) => one.work_pool_id === id));
  useReadAgain(queues, nextSilence((list.data ?? []).map(polledOf), queues.readAt));
  const rows = (list.data ?? [])
    .filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()))
    .map((pool): Row => {
      const own = (queues.data ?? []).filter(({ work_pool_id }) => work_pool_id === pool.id);
      const late = own.reduce((sum, { id }) => sum + (statuses.get(id)?.late_runs_count ?? 0), 0);
      const lastPolled = polledOf(pool);
      return { ...pool, queues: own.length, lastPolled, isSilent: isSilent(lastPolled, queues.readAt), late };
    });
  return (
    <ListPage
      label="Work pools"
      of={list}
      rows={rows}
      actions={
        <Button kind="main" icon={Plus} href={to(pages.createWorkPool())}>
          New work pool
        </Button>
      }
      search="Search names"
      columns={COLUMNS}
      idOf={({ id }) => id}
      hrefOf={({ name }) => to(pages.workPool(name))}
      menu={(pool) => <PoolMenu pool={pool} />}
      remove={(chosen) => removedPools(chosen.map(({ name }) => name))}
      empty={
        <Empty title="There are no work pools yet." command="orch agent start -q default">
          A pool holds the queues in which runs wait for agents. The first agent brings default-agent-pool with it.
        </Empty>
      }
    />
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
    cell: (pool) => <Health of={pool} poolType={pool.type} {...pool} />,
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
  return (
    <RowMenu of={name}>
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
    </RowMenu>
  );
}
