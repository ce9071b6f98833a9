// Shows one flow: its runs and its deployments.
import { Trash2 } from "lucide-preact";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import type { DeploymentActivity } from "#wire/deployments/deployment-activity.ts";
import type { Flow } from "#wire/deployments/flows.ts";
import { to } from "../data/base.ts";
import { useQuery } from "../data/query.ts";
import { Button } from "../parts/button.tsx";
import { Empty } from "../parts/lists/empty.tsx";
import { type Column, List } from "../parts/lists/list.tsx";
import { Loaded } from "../parts/lists/loaded.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { RunList } from "../parts/runs/run-list.tsx";
import { Tabs, useTab } from "../parts/tabs.tsx";
import { shellWord } from "../parts/text/command.tsx";
import { Details } from "../parts/text/details.tsx";
import { Id } from "../parts/text/id.tsx";
import { Tags } from "../parts/text/tags.tsx";
import { Time } from "../parts/text/time.tsx";
import { scheduleSwitch } from "./deployment/actions.tsx";
import { LastRuns } from "./deployment/last-runs.tsx";
import { NextRun } from "./deployment/next-run.tsx";
import { removedFlows } from "./flow-actions.ts";
import type { PageProps } from "./registry.ts";
import "../style/deployments.css";

export default function FlowPage({ params: { id } }: PageProps<"id">) {
  const query = useQuery("readFlow", { params: { id } });
  return (
    <Loaded of={query} record="flow">
      {(flow) => <Shown key={id} flow={flow} />}
    </Loaded>
  );
}

const MOST = 200;
const RUNS = 30;

function Shown({ flow }: { flow: Flow }) {
  const { id, name, tags, created, updated } = flow;
  const { route } = useLocation();
  const tab = useTab(["runs", "deployments", "details"]);
  const deployments = useQuery("readDeploymentActivity", {
    body: { flows: { id: { any_: [id] } }, limit: MOST, runs: RUNS },
  });
  const tabs = [
    { key: "runs", title: "Runs" },
    { key: "deployments", title: "Deployments", count: deployments.data?.count },
    { key: "details", title: "Details" },
  ];
  const actions = (
    <Button
      icon={Trash2}
      onClick={async () => {
        if (await removedFlows([flow])) route(to(pages.flows()), true);
      }}
    >
      Delete
    </Button>
  );
  return (
    <>
      <PageHead title={name} crumbs={[{ title: "Flows", href: to(pages.flows()) }]} actions={actions}>
        <Tags tags={tags} />
      </PageHead>
      <div class="stack">
        <Tabs tabs={tabs} label={`Parts of ${name}`} />
        {tab === "runs" && <RunList filters={{ flows: { id: { any_: [id] } } }} />}
        {tab === "deployments" && (
          <Loaded of={deployments}>
            {({ deployments: rows }) =>
              rows.length > 0 ? (
                <List
                  {...{ rows, columns: COLUMNS, label: "Deployments", isOld: deployments.isOld }}
                  idOf={(row) => row.id}
                  hrefOf={(row) => to(pages.deployment(row.id))}
                />
              ) : (
                <Empty
                  title="It has no deployments."
                  command={`orch deployment build FILE:${shellWord(name)} -n NAME --apply`}
                />
              )
            }
          </Loaded>
        )}
        {tab === "details" && (
          <Details
            facts={[
              ["Created", <Time at={created} as="exact" />],
              ["Changed", <Time at={updated} as="exact" />],
              ["Id", <Id id={id} />],
            ]}
          />
        )}
      </div>
    </>
  );
}

const COLUMNS: Column<DeploymentActivity>[] = [
  {
    title: "Name",
    cell: ({ id, name }) => (
      <a class="main-link" href={to(pages.deployment(id))}>
        {name}
      </a>
    ),
  },
  { title: "Schedule", gives: "second", cell: ({ schedules }) => schedules.map((each) => each.words).join("; ") },
  { title: "Next run", width: "136px", gives: "third", cell: ({ next_run }) => <NextRun at={next_run} /> },
  { title: "Last runs", width: "190px", gives: "third", cell: ({ runs }) => <LastRuns runs={runs} /> },
  { title: "On", width: "64px", cell: (deployment) => scheduleSwitch(deployment) },
];
