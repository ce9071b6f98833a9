// Shows one work pool: how to take its runs, its queues, its runs, the workers that look after it.
import { Ellipsis, Pencil, Plus, Trash2 } from "lucide-preact";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import type { WorkPool } from "#wire/pools/work-pools.ts";
import type { Worker } from "#wire/pools/workers.ts";
import { to } from "../../data/base.ts";
import { useQuery, useReadAgain } from "../../data/query.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { type Column, List } from "../../parts/lists/list.tsx";
import { Loaded } from "../../parts/lists/loaded.tsx";
import { Menu, MenuItem } from "../../parts/menu.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { RunList } from "../../parts/runs/run-list.tsx";
import { Tabs, useTab } from "../../parts/tabs.tsx";
import { Details } from "../../parts/text/details.tsx";
import { Id } from "../../parts/text/id.tsx";
import { JsonView } from "../../parts/text/json-view.tsx";
import { Time } from "../../parts/text/time.tsx";
import type { PageProps } from "../registry.ts";
import { ListenLine } from "./listen-line.tsx";
import { poolSwitch, removedPools } from "./pool-actions.tsx";
import { AGENT_TYPE, lastPolledOf, MOST, poolCommand } from "./pool-data.ts";
import { QueueList } from "./queue-list.tsx";
import { isSilent, nextSilence } from "./silence.ts";

export default function WorkPoolPage({ params: { name } }: PageProps<"name">) {
  const query = useQuery("readWorkPool", { params: { name } });
  return (
    <Loaded of={query} record="work pool">
      {(pool) => <Pool pool={pool} />}
    </Loaded>
  );
}

function Pool({ pool }: { pool: WorkPool }) {
  const { name, type, description } = pool;
  const hasWorkers = type !== AGENT_TYPE;
  const queues = useQuery("listPoolQueues", { params: { work_pool_name: name }, body: { limit: MOST } });
  const lastPolled = queues.data && lastPolledOf(queues.data);
  useReadAgain(queues, lastPolled === undefined ? undefined : nextSilence([lastPolled], queues.readAt));
  const tab = useTab(["queues", "runs", "workers", "details"]);
  const tabs = [
    { key: "queues", title: "Queues" },
    { key: "runs", title: "Runs" },
    ...(hasWorkers ? [{ key: "workers", title: "Workers" }] : []),
    { key: "details", title: "Details" },
  ];
  return (
    <>
      <PageHead
        title={name}
        crumbs={[{ title: "Work pools", href: to(pages.workPools()) }]}
        actions={<Actions pool={pool} />}
      >
        {poolSwitch(pool)}
      </PageHead>
      <div class="stack">
        {description && <p>{description}</p>}
        <ListenLine
          what="pool"
          poolType={type}
          isPaused={pool.is_paused}
          isSilent={lastPolled === undefined ? undefined : isSilent(lastPolled, queues.readAt)}
          command={poolCommand(pool)}
        />
        <Tabs tabs={tabs} label={`Parts of ${name}`} />
        {tab === "queues" && <QueueList pool={pool} />}
        {tab === "runs" && <RunList filters={{ work_pools: { name: { any_: [name] } } }} />}
        {tab === "workers" && <Workers pool={pool} />}
        {tab === "details" && <PoolDetails pool={pool} />}
      </div>
    </>
  );
}

function Actions({ pool: { name } }: { pool: WorkPool }) {
  const { route } = useLocation();
  const label = `More actions on ${name}`;
  return (
    <>
      <Button icon={Plus} href={to(pages.createPoolQueue(name))}>
        New work queue
      </Button>
      <Button icon={Pencil} href={to(pages.editWorkPool(name))}>
        Change
      </Button>
      <Menu button={{ icon: Ellipsis, label }} label={label}>
        {() => (
          <MenuItem
            icon={Trash2}
            isDanger
            onClick={async () => {
              if (await removedPools([name])) route(to(pages.workPools()), true);
            }}
          >
            Delete
          </MenuItem>
        )}
      </Menu>
    </>
  );
}

function Workers({ pool }: { pool: WorkPool }) {
  const list = useQuery("listWorkers", { params: { work_pool_name: pool.name }, body: { limit: MOST } });
  return (
    <Loaded of={list}>
      {(rows) =>
        rows.length > 0 ? (
          <List {...{ rows, columns: WORKERS, label: "Workers", isOld: list.isOld }} idOf={({ id }) => id} />
        ) : (
          <Empty title="No worker has looked after this pool." command={poolCommand(pool)} />
        )
      }
    </Loaded>
  );
}

const WORKERS: Column<Worker>[] = [
  { title: "Name", cell: ({ name }) => name },
  { title: "Last seen", width: "180px", cell: ({ last_heartbeat_time: at }) => <Time at={at} /> },
];

function PoolDetails({ pool }: { pool: WorkPool }) {
  const { id, type, concurrency_limit: limit, created, updated, base_job_template: template } = pool;
  return (
    <>
      <Details
        facts={[
          ["Type", type],
          ["Runs at once", limit ?? "no limit"],
          ["Created", <Time at={created} />],
          ["Changed", <Time at={updated} />],
          ["Id", <Id id={id} />],
        ]}
      />
      {Object.keys(template).length > 0 && (
        <>
          <h2>Base job template</h2>
          <JsonView value={template} label="Base job template" />
        </>
      )}
    </>
  );
}
