// Shows one deployment: its next seven days, its last fifty runs, and all that it is made of.
import { Copy, CopyPlus, Ellipsis, Pencil, Play, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import type { DeploymentActivity } from "#wire/deployments/deployment-activity.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";
import { to } from "../data/base.ts";
import { moment, now } from "../data/clock.ts";
import { useQuery } from "../data/query.ts";
import { linkTo } from "../parts/address.ts";
import { Button } from "../parts/button.tsx";
import { Empty } from "../parts/lists/empty.tsx";
import { Loaded } from "../parts/lists/loaded.tsx";
import { Menu, MenuItem } from "../parts/menu.tsx";
import { NotFound } from "../parts/not-found.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { RunList } from "../parts/runs/run-list.tsx";
import { Tabs, useTab } from "../parts/tabs.tsx";
import { Command, shellWord } from "../parts/text/command.tsx";
import { copyText } from "../parts/text/copy.tsx";
import { Markdown } from "../parts/text/markdown.tsx";
import { Tags } from "../parts/text/tags.tsx";
import { Time } from "../parts/text/time.tsx";
import { fullName, quickRun, removedDeployments, scheduleSwitch } from "./deployment/actions.tsx";
import { LastRuns } from "./deployment/last-runs.tsx";
import { ListenNotice } from "./deployment/listeners.tsx";
import { NextDays } from "./deployment/next-days.tsx";
import { parameterNotes } from "./deployment/parameter-notes.ts";
import { ParametersTab } from "./deployment/parameters-tab.tsx";
import { policyWords, useRunPolicy } from "./deployment/run-policies.tsx";
import { ScheduleTab } from "./deployment/schedule-tab.tsx";
import { DetailsTab, PlaceTab, YamlTab } from "./deployment/tabs.tsx";
import type { PageProps } from "./registry.ts";
import "../style/deployments.css";

export default function DeploymentPage({ params: { id } }: PageProps<"id">) {
  const query = useQuery("readDeployment", { params: { id } });
  const activity = useQuery("readDeploymentActivity", { body: { deployments: { id: { any_: [id] } } } });
  return (
    <Loaded of={query} record="deployment">
      {(deployment) => (
        <Loaded of={activity} record="deployment">
          {({ deployments: [active] }) =>
            active ? (
              <Shown key={id} {...{ deployment, active }} />
            ) : (
              <NotFound what="There is no deployment at this address. It may have been deleted." />
            )
          }
        </Loaded>
      )}
    </Loaded>
  );
}

const TABS = ["runs", "parameters", "schedule", "place", "yaml", "description", "details"] as const;
const TITLES: Record<(typeof TABS)[number], string> = {
  runs: "Runs",
  parameters: "Parameters",
  schedule: "Schedule",
  place: "Where it runs",
  yaml: "YAML",
  description: "Description",
  details: "Details",
};

function Shown({ deployment, active }: { deployment: Deployment; active: DeploymentActivity }) {
  const { id, name } = deployment;
  const tab = useTab(TABS);
  const [from] = useState(now);
  const upcoming = useQuery("readUpcomingRuns", { body: { deployments: { id: { any_: [id] } } } });
  const words = active.schedules.map((each) => each.words).join("; ");
  const policy = useRunPolicy(id);
  const isScheduled = !active.paused && active.schedules.some((each) => each.active);
  const isBroken = !deployment.entrypoint && !deployment.manifest_path;
  return (
    <>
      <PageHead
        title={name}
        crumbs={[{ title: active.flow_name, href: to(pages.flow(deployment.flow_id)) }]}
        actions={<Actions active={active} canRun={!isBroken} />}
      >
        {scheduleSwitch(active)}
        <span>{words || <span class="quiet">no schedule</span>}</span>
        {active.next_run && (
          <span class="quiet">
            {toMillis(active.next_run) < moment.value ? "due" : "next"} <Time at={active.next_run} />
          </span>
        )}
        {policy?.overlap === "allow" && policy.catchup === "all" ? null : (
          <span class="quiet">{policy && policyWords(policy).join(" ")}</span>
        )}
        <Tags tags={deployment.tags} hrefOf={(tag) => linkTo(to(pages.deployments()), { tag })} />
      </PageHead>
      <div class="stack">
        {isBroken && <p class="notice bad">This deployment names no file of code, so it cannot run. Build it again.</p>}
        {parameterNotes(deployment, isScheduled).map((note) => (
          <p class="notice bad" key={note}>
            {note}
          </p>
        ))}
        <ListenNotice of={active} />
        <span>
          <Command>{`orch deployment run ${shellWord(fullName(active))}`}</Command>
        </span>
        <div class="deployment-charts">
          <section>
            <h2>The next seven days</h2>
            <Loaded of={upcoming}>{(found) => <NextDays upcoming={found} from={from} />}</Loaded>
          </section>
          <section>
            <h2>{active.runs.ids.length === 1 ? "The last run" : `The last ${active.runs.ids.length || 50} runs`}</h2>
            <LastRuns runs={active.runs} hasLinks />
          </section>
        </div>
        <Tabs tabs={TABS.map((key) => ({ key, title: TITLES[key] }))} label={`Parts of ${name}`} />
        {tab === "runs" && (
          <RunList
            filters={{ deployments: { id: { any_: [id] } } }}
            without={["deployment"]}
            empty={<NoRuns active={active} />}
          />
        )}
        {tab === "parameters" && <ParametersTab deployment={deployment} />}
        {tab === "schedule" && <ScheduleTab {...{ deployment, active }} />}
        {tab === "place" && <PlaceTab deployment={deployment} />}
        {tab === "yaml" && <YamlTab id={id} />}
        {tab === "description" &&
          (deployment.description ? (
            <Markdown text={deployment.description} />
          ) : (
            <Empty title="There is no description.">Write one with Change, in Markdown.</Empty>
          ))}
        {tab === "details" && <DetailsTab deployment={deployment} />}
      </div>
    </>
  );
}

function NoRuns({ active }: { active: DeploymentActivity }) {
  return <Empty title="It has not run yet." command={`orch deployment run ${shellWord(fullName(active))}`} />;
}

function Actions({ active, canRun }: { active: DeploymentActivity; canRun: boolean }) {
  const { route } = useLocation();
  const { id, name } = active;
  const label = `More actions on ${name}`;
  return (
    <>
      {canRun && (
        <Menu button={{ kind: "main", icon: Play, children: "Run" }} label={`Run ${name}`}>
          {() => (
            <>
              <MenuItem icon={Play} onClick={() => quickRun(active, route)}>
                Quick run
              </MenuItem>
              <MenuItem icon={CopyPlus} href={to(pages.runDeployment(id))}>
                Custom run
              </MenuItem>
            </>
          )}
        </Menu>
      )}
      <Button icon={Pencil} href={to(pages.editDeployment(id))}>
        Change
      </Button>
      <Menu button={{ icon: Ellipsis, label }} label={label}>
        {() => (
          <>
            <MenuItem icon={Copy} onClick={() => copyText(id)}>
              Copy the id
            </MenuItem>
            <MenuItem
              icon={Trash2}
              isDanger
              onClick={async () => {
                if (await removedDeployments([active])) route(to(pages.deployments()), true);
              }}
            >
              Delete
            </MenuItem>
          </>
        )}
      </Menu>
    </>
  );
}
