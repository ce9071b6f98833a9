// Lists the deployments: schedule in words, the next run, the last runs, and a switch.
import { Copy, CopyPlus, Pencil, Play, Trash2 } from "lucide-preact";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import type { DeploymentActivity } from "#wire/deployments/deployment-activity.ts";
import { to } from "../data/base.ts";
import { useQuery } from "../data/query.ts";
import { Empty } from "../parts/lists/empty.tsx";
import { ChoiceFilter } from "../parts/lists/filter-bar.tsx";
import type { Column } from "../parts/lists/list.tsx";
import { ListPage, MOST } from "../parts/lists/list-page.tsx";
import { MenuItem, RowMenu } from "../parts/menu.tsx";
import { copyText } from "../parts/text/copy.tsx";
import { Tags } from "../parts/text/tags.tsx";
import { useAddress } from "../parts/use-address.ts";
import { quickRun, removedDeployments, scheduleSwitch } from "./deployment/actions.tsx";
import { LastRuns } from "./deployment/last-runs.tsx";
import { NextRun } from "./deployment/next-run.tsx";
import "../style/deployments.css";

const SORTS = ["NAME_ASC", "NAME_DESC", "CREATED_DESC", "UPDATED_DESC"] as const;
const USUAL = SORTS[0];
const RUNS = 30;

export default function DeploymentsPage() {
  const address = useAddress();
  const search = address.one("search");
  const tags = address.all("tag");
  const sort = SORTS.find((known) => known === address.one("sort")) ?? USUAL;
  const deployments = { name: search ? { like_: search } : null, tags: tags.length > 0 ? { all_: tags } : null };
  const list = useQuery("readDeploymentActivity", { body: { deployments, sort, limit: MOST, runs: RUNS } });
  const rows = list.data?.deployments ?? [];
  const known = [...new Set([...tags, ...rows.flatMap((row) => row.tags)])].sort();
  return (
    <ListPage
      label="Deployments"
      of={list}
      rows={rows}
      count={list.data?.count}
      search="Search names"
      filters={<ChoiceFilter name="tag" label="Tag" options={known.map((tag) => ({ value: tag, title: tag }))} />}
      filterNames={["tag"]}
      columns={columns(address)}
      usualSort={USUAL}
      idOf={({ id }) => id}
      hrefOf={({ id }) => to(pages.deployment(id))}
      menu={(deployment) => <DeploymentMenu deployment={deployment} />}
      remove={removedDeployments}
      empty={
        <Empty
          title="There are no deployments yet."
          command="orch deployment build flows/hello.ts:hello -n daily --apply"
        >
          A deployment is a flow with its schedule, its parameters and the place where it runs.
        </Empty>
      }
    />
  );
}

function columns(address: ReturnType<typeof useAddress>): Column<DeploymentActivity>[] {
  return [
    {
      title: "Name",
      sort: { up: "NAME_ASC", down: "NAME_DESC" },
      cell: ({ id, name, flow_id, flow_name }) => (
        <span class="run-name">
          <a class="quiet" href={to(pages.flow(flow_id))}>
            {flow_name}
          </a>
          <span class="quiet"> › </span>
          <a class="main-link" href={to(pages.deployment(id))}>
            {name}
          </a>
        </span>
      ),
    },
    {
      title: "Schedule",
      gives: "third",
      cell: ({ schedules, paused }) => {
        const words = schedules.map((each) => each.words).join("; ");
        return (
          <span class={`cut ${paused ? "quiet" : ""}`} title={words}>
            {words}
          </span>
        );
      },
    },
    {
      title: "Next run",
      width: "152px",
      gives: "second",
      cell: ({ next_run }) => <NextRun at={next_run} />,
    },
    { title: "Last runs", width: "190px", gives: "second", cell: ({ runs }) => <LastRuns runs={runs} /> },
    {
      title: "Tags",
      width: "13%",
      gives: "third",
      cell: ({ tags }) => (
        <Tags
          tags={tags}
          most={2}
          hrefOf={(tag) => address.with({ tag: [...new Set([...address.all("tag"), tag])] })}
        />
      ),
    },
    { title: "On", width: "64px", cell: (deployment) => scheduleSwitch(deployment) },
  ];
}

function DeploymentMenu({ deployment }: { deployment: DeploymentActivity }) {
  const { route } = useLocation();
  const { id, name } = deployment;
  return (
    <RowMenu of={name}>
      {() => (
        <>
          <MenuItem icon={Play} onClick={() => quickRun(deployment, route)}>
            Quick run
          </MenuItem>
          <MenuItem icon={CopyPlus} href={to(pages.runDeployment(id))}>
            Custom run
          </MenuItem>
          <MenuItem icon={Pencil} href={to(pages.editDeployment(id))}>
            Change
          </MenuItem>
          <MenuItem icon={Copy} onClick={() => copyText(id)}>
            Copy the id
          </MenuItem>
          <MenuItem icon={Trash2} isDanger onClick={() => removedDeployments([deployment])}>
            Delete
          </MenuItem>
        </>
      )}
    </RowMenu>
  );
}
