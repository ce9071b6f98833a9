// Shows one concurrency limit, and the task runs that hold its slots.
import { Eraser, Pencil, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import type { ConcurrencyLimit } from "#wire/pools/concurrency-limits.ts";
import type { TaskRun } from "#wire/runs/task-runs.ts";
import { to } from "../../data/base.ts";
import { useQuery } from "../../data/query.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { type Column, List } from "../../parts/lists/list.tsx";
import { Loaded } from "../../parts/lists/loaded.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { StateBadge } from "../../parts/runs/state-badge.tsx";
import { Details } from "../../parts/text/details.tsx";
import { Id } from "../../parts/text/id.tsx";
import { Duration, Time } from "../../parts/text/time.tsx";
import type { PageProps } from "../registry.ts";
import { SlotMeter } from "../work/slot-meter.tsx";
import { freed, removed } from "./limit-actions.ts";
import { LimitDialog } from "./limit-dialog.tsx";

const MOST = 200;

export default function ConcurrencyLimitPage({ params: { id } }: PageProps<"id">) {
  const query = useQuery("readConcurrencyLimit", { params: { id } });
  return (
    <Loaded of={query} record="concurrency limit">
      {(limit) => <Limit limit={limit} />}
    </Loaded>
  );
}

function Limit({ limit }: { limit: ConcurrencyLimit }) {
  const { route } = useLocation();
  const [isEdited, setEdited] = useState(false);
  const crumbs = [{ title: "Concurrency limits", href: to(pages.concurrencyLimits()) }];
  const actions = (
    <>
      <Button icon={Pencil} onClick={() => setEdited(true)}>
        Change
      </Button>
      <Button icon={Eraser} onClick={() => freed(limit)}>
        Free all slots
      </Button>
      <Button
        icon={Trash2}
        onClick={async () => {
          if (await removed([limit])) route(to(pages.concurrencyLimits()), true);
        }}
      >
        Delete
      </Button>
    </>
  );
  return (
    <>
      <PageHead title={limit.tag} {...{ crumbs, actions }} />
      <div class="stack">
        <Details
          facts={[
            ["Slots in use", <SlotMeter limit={limit} />],
            ["Created", <Time at={limit.created} />],
            ["Changed", <Time at={limit.updated} />],
            ["Id", <Id id={limit.id} />],
          ]}
        />
        <h2>Task runs that hold a slot</h2>
        <Holders limit={limit} />
      </div>
      {isEdited && <LimitDialog limit={limit} onClose={() => setEdited(false)} />}
    </>
  );
}

function Holders({ limit: { active_slots: ids, tag } }: { limit: ConcurrencyLimit }) {
  const body = { task_runs: { id: { any_: ids.slice(0, MOST) } }, limit: MOST };
  const list = useQuery("listTaskRuns", ids.length === 0 ? null : { body });
  if (ids.length === 0) {
    return <Empty title="No slot is taken.">{`A task run with the tag ${tag} takes one while it is Running.`}</Empty>;
  }
  return (
    <Loaded of={list}>
      {(rows) => (
        <List
          {...{ rows, columns: COLUMNS, label: "Task runs that hold a slot", isOld: list.isOld }}
          idOf={({ id }) => id}
          hrefOf={({ id }) => to(pages.taskRun(id))}
        />
      )}
    </Loaded>
  );
}

const COLUMNS: Column<TaskRun>[] = [
  {
    title: "Task run",
    cell: ({ id, name }) => (
      <a class="main-link" href={to(pages.taskRun(id))}>
        {name}
      </a>
    ),
  },
  { title: "State", width: "20%", cell: ({ state }) => state && <StateBadge type={state.type} name={state.name} /> },
  { title: "Running for", width: "20%", cell: ({ start_time }) => <Duration since={start_time} isInList /> },
];
