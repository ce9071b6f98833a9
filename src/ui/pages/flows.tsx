// Lists the flows, with their deployments and their newest runs: a model for the other lists.
import { Copy, Trash2 } from "lucide-preact";
import { useMemo } from "preact/hooks";
import { pages } from "#lib/text/page-addresses.ts";
import type { DeploymentActivity } from "#wire/deployments/deployment-activity.ts";
import type { Flow } from "#wire/deployments/flows.ts";
import { to } from "../data/base.ts";
import { useQuery } from "../data/query.ts";
import { Empty } from "../parts/lists/empty.tsx";
import type { Column } from "../parts/lists/list.tsx";
import { ListPage, MOST } from "../parts/lists/list-page.tsx";
import { MenuItem, RowMenu } from "../parts/menu.tsx";
import { copyText } from "../parts/text/copy.tsx";
import { Tags } from "../parts/text/tags.tsx";
import { Time } from "../parts/text/time.tsx";
import { useAddress } from "../parts/use-address.ts";
import { LastRuns } from "./deployment/last-runs.tsx";
import { removedFlows } from "./flow-actions.ts";
import "../style/deployments.css";

const SORTS = ["NAME_ASC", "NAME_DESC", "CREATED_DESC", "UPDATED_DESC"] as const;
const USUAL = SORTS[0];
const RUNS = 20;

export default function FlowsPage() {
  const address = useAddress();
  const search = address.one("search");
  const sort = SORTS.find((known) => known === address.one("sort")) ?? USUAL;
  const flows = search ? { name: { like_: search } } : null;
  const list = useQuery("listFlows", { body: { flows, sort, limit: MOST } });
  const count = useQuery("countFlows", { body: { flows } });
  const activity = useActivity(list.data ?? []);
  return (
    <ListPage
      label="Flows"
      of={list}
      rows={list.data ?? []}
      count={count.data}
      search="Search names"
      columns={columns(activity)}
      usualSort={USUAL}
      idOf={({ id }) => id}
      hrefOf={({ id }) => to(pages.flow(id))}
      menu={(flow) => <FlowMenu flow={flow} />}
      remove={removedFlows}
      empty={
        <Empty title="There are no flows yet." command="orch dev">
          A flow appears here with its first run or its first deployment.
        </Empty>
      }
    />
  );
}

type Activity = ReadonlyMap<string, { deployments: number; runs: DeploymentActivity["runs"] }>;

/** Of the deployments of these flows, in one call. */
function useActivity(flows: readonly Flow[]): Activity {
  const ids = flows.map(({ id }) => id);
  const body = { flows: { id: { any_: ids } }, limit: MOST, runs: RUNS };
  const read = useQuery("readDeploymentActivity", ids.length > 0 ? { body } : null).data;
  return useMemo(() => {
    const byFlow = Map.groupBy(read?.deployments ?? [], ({ flow_id }) => flow_id);
    return new Map([...byFlow].map(([id, all]) => [id, { deployments: all.length, runs: newest(all) }]));
  }, [read]);
}

/** The newest runs of several deployments, in the order of time. */
function newest(all: readonly DeploymentActivity[]): DeploymentActivity["runs"] {
  const runs = all
    .flatMap(({ runs: { ids, states, at, seconds } }) =>
      ids.map((id, place) => ({ id, state: states[place], at: at[place] ?? 0, seconds: seconds[place] ?? 0 })),
    )
    .toSorted((one, other) => one.at - other.at)
    .slice(-RUNS);
  return {
    ids: runs.map(({ id }) => id),
    states: runs.flatMap(({ state }) => state ?? []),
    at: runs.map(({ at }) => at),
    seconds: runs.map(({ seconds }) => seconds),
  };
}

const columns = (activity: Activity): Column<Flow>[] => [
  {
    title: "Name",
    sort: { up: "NAME_ASC", down: "NAME_DESC" },
    cell: ({ id, name }) => (
      <a class="main-link" href={to(pages.flow(id))}>
        {name}
      </a>
    ),
  },
  {
    title: "Deployments",
    width: "110px",
    gives: "second",
    isNamedBelow: true,
    isEndAligned: true,
    cell: ({ id }) => activity.get(id)?.deployments ?? null,
  },
  {
    title: "Last runs",
    width: "150px",
    gives: "second",
    cell: ({ id }) => {
      const runs = activity.get(id)?.runs;
      return runs && <LastRuns runs={runs} />;
    },
  },
  { title: "Tags", width: "20%", gives: "third", cell: ({ tags }) => <Tags tags={tags} /> },
  {
    title: "Created",
    width: "160px",
    gives: "third",
    sort: { up: "CREATED_DESC", down: "CREATED_DESC" },
    cell: ({ created }) => <Time at={created} />,
  },
];

function FlowMenu({ flow }: { flow: Flow }) {
  return (
    <RowMenu of={flow.name}>
      {() => (
        <>
          <MenuItem icon={Copy} onClick={() => copyText(flow.id)}>
            Copy the id
          </MenuItem>
          <MenuItem icon={Trash2} isDanger onClick={() => removedFlows([flow])}>
            Delete
          </MenuItem>
        </>
      )}
    </RowMenu>
  );
}
