// Shows one work queue: how to take its runs, what comes next, what has run, and whether it is healthy.
import { Pencil, Trash2 } from "lucide-preact";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import type { WorkPool } from "#wire/pools/work-pools.ts";
import type { WorkQueue } from "#wire/pools/work-queues.ts";
import { to } from "../../data/base.ts";
import { useQuery, useReadAgain } from "../../data/query.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { RunList } from "../../parts/runs/run-list.tsx";
import { Tabs, useTab } from "../../parts/tabs.tsx";
import { Details } from "../../parts/text/details.tsx";
import { Id } from "../../parts/text/id.tsx";
import { Time } from "../../parts/text/time.tsx";
import { ListenLine } from "./listen-line.tsx";
import { Polled } from "./polled.tsx";
import { queueSwitch, removedQueues } from "./pool-actions.tsx";
import { queueCommand } from "./pool-data.ts";
import { isSilent, nextSilence } from "./silence.ts";

const TABS = [
  { key: "upcoming", title: "Upcoming runs" },
  { key: "runs", title: "Runs" },
  { key: "details", title: "Details" },
] as const;

export function QueueView({ queue, pool }: { queue: WorkQueue; pool: WorkPool | undefined }) {
  const { id, name, description } = queue;
  const { route } = useLocation();
  const tab = useTab(["upcoming", "runs", "details"]);
  const health = useQuery("readWorkQueueStatus", { params: { id } });
  const { data: status, readAt } = health;
  useReadAgain(health, status && nextSilence([status.last_polled], readAt));
  const parent = pool ? to(pages.workPool(pool.name)) : to(pages.workQueues());
  const crumbs = pool
    ? [
        { title: "Work pools", href: to(pages.workPools()) },
        { title: pool.name, href: parent },
      ]
    : [{ title: "Work queues", href: parent }];
  const actions = (
    <>
      <Button icon={Pencil} href={to(pool ? pages.editPoolQueue(pool.name, name) : pages.editWorkQueue(id))}>
        Change
      </Button>
      <Button
        icon={Trash2}
        onClick={async () => {
          if (await removedQueues([queue], pool?.name)) route(parent);
        }}
      >
        Delete
      </Button>
    </>
  );
  const own = { work_pool_queues: { id: { any_: [id] } } };
  const upcoming = { ...own, flow_runs: { state: { type: { any_: ["SCHEDULED" as const] } } } };
  return (
    <>
      <PageHead title={name} {...{ crumbs, actions }}>
        {queueSwitch(queue)}
      </PageHead>
      <div class="stack">
        {description && <p>{description}</p>}
        <ListenLine
          what="queue"
          poolType={pool?.type}
          isPaused={queue.is_paused}
          isSilent={status && isSilent(status.last_polled, readAt)}
          late={status?.late_runs_count ?? 0}
          command={queueCommand(pool, name)}
        />
        <Tabs tabs={TABS} label={`Parts of ${name}`} />
        {tab === "upcoming" && (
          <RunList
            filters={upcoming}
            usualSort="EXPECTED_START_TIME_ASC"
            empty={
              <Empty title="Nothing is scheduled in this queue." command="orch deployment run FLOW/DEPLOYMENT">
                Runs of the deployments that name this queue wait here.
              </Empty>
            }
          />
        )}
        {tab === "runs" && <RunList filters={own} />}
        {tab === "details" && <QueueDetails queue={queue} />}
      </div>
    </>
  );
}

function QueueDetails({ queue }: { queue: WorkQueue }) {
  const { id, priority, concurrency_limit: limit, last_polled, created, updated, filter } = queue;
  return (
    <Details
      facts={[
        ["Priority", priority],
        ["Runs at once", limit ?? "no limit"],
        ["Last asked for work", <Polled at={last_polled} />],
        ["Takes runs with the tags", filter?.tags?.join(", ")],
        ["Created", <Time at={created} />],
        ["Changed", <Time at={updated} />],
        ["Id", <Id id={id} />],
      ]}
    />
  );
}
