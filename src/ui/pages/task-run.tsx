// Shows one task run: its log, its artifacts, its inputs, and what is known of it.
import { Copy, Ellipsis, Pencil, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import { visible } from "#lib/text/visible.ts";
import type { TaskRun } from "#wire/runs/task-runs.ts";
import { to } from "../data/base.ts";
import { change, useQuery } from "../data/query.ts";
import { Button } from "../parts/button.tsx";
import { attempt } from "../parts/forms/attempt.ts";
import { confirm } from "../parts/forms/confirm.tsx";
import { Loaded } from "../parts/lists/loaded.tsx";
import { Menu, MenuItem } from "../parts/menu.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { StateBadge } from "../parts/runs/state-badge.tsx";
import { Tabs, useTab } from "../parts/tabs.tsx";
import { copyText } from "../parts/text/copy.tsx";
import { Details } from "../parts/text/details.tsx";
import { Id } from "../parts/text/id.tsx";
import { JsonView } from "../parts/text/json-view.tsx";
import { Tags } from "../parts/text/tags.tsx";
import { Duration, Time } from "../parts/text/time.tsx";
import { LogView } from "./flow-run/log-view.tsx";
import { isEnded } from "./flow-run/run-actions.tsx";
import { StateDialog } from "./flow-run/state-dialog.tsx";
import { ArtifactsTab } from "./flow-run/tabs-of-run.tsx";
import type { PageProps } from "./registry.ts";
import "../style/flow-run.css";

export default function TaskRunPage({ params: { id } }: PageProps<"id">) {
  const query = useQuery("readTaskRun", { params: { id } });
  return (
    <Loaded of={query} record="task run">
      {(run) => <Task run={run} key={id} />}
    </Loaded>
  );
}

const TABS = [
  { key: "logs", title: "Logs" },
  { key: "artifacts", title: "Results and artifacts" },
  { key: "inputs", title: "Task inputs" },
  { key: "details", title: "Details" },
] as const;

function Task({ run }: { run: TaskRun }) {
  const { id, name, flow_run_id: flowRun, state_type: type, state, start_time, total_run_time } = run;
  // A row of it: the run itself may have parameters of a megabyte.
  const parents = useQuery("readFlowRunPage", {
    body: { flow_runs: { id: { any_: [flowRun] } }, parts: ["rows"], limit: 1 },
  });
  const tab = useTab(["logs", "details", "artifacts", "inputs"]);
  const child = state?.state_details.child_flow_run_id;
  const crumbs = [{ title: parents.data?.rows?.[0]?.name ?? "Flow run", href: to(pages.flowRun(flowRun)) }];
  return (
    <>
      <PageHead title={name} crumbs={crumbs} actions={<Actions run={run} />}>
        <StateBadge type={type} name={run.state_name} />
        <Time at={start_time ?? run.expected_start_time} />
        {start_time && <Duration {...(type === "RUNNING" ? { since: start_time } : { seconds: total_run_time })} />}
        <Tags tags={run.tags} />
      </PageHead>
      <div class="stack">
        {(type === "FAILED" || type === "CRASHED") && state?.message && (
          <p class="run-error state-failed">{visible(state.message)}</p>
        )}
        {child && (
          <a class="link" href={to(pages.flowRun(child))}>
            This task run is a flow run: open that.
          </a>
        )}
        <Tabs tabs={TABS} label={`Parts of ${name}`} />
        {tab === "logs" && <LogView taskRunId={id} isLive={!isEnded(type)} />}
        {tab === "details" && <TaskDetails run={run} />}
        {tab === "artifacts" && <ArtifactsTab of={{ task_run_id: { any_: [id] } }} />}
        {tab === "inputs" && <JsonView value={run.task_inputs} label="Task inputs" />}
      </div>
    </>
  );
}

function TaskDetails({ run }: { run: TaskRun }) {
  const { empirical_policy: policy } = run;
  return (
    <Details
      facts={[
        ["Message", run.state?.message && visible(run.state.message)],
        ["Run count", run.run_count],
        ["Created", <Time at={run.created} as="exact" />],
        ["Started", <Time at={run.start_time} as="exact" />],
        ["Ended", <Time at={run.end_time} as="exact" />],
        ["Retries", policy.retries],
        ["Cache key", run.cache_key],
        ["Cache expires", <Time at={run.cache_expiration} as="exact" />],
        ["Task", run.task_key],
        ["Number", run.dynamic_key],
        ["Version", run.task_version],
        ["Id", <Id id={run.id} />],
      ]}
    />
  );
}

function Actions({ run: { id, name, flow_run_id } }: { run: TaskRun }) {
  const { route } = useLocation();
  const [isChanging, setChanging] = useState(false);
  const label = `Actions on ${name}`;
  async function remove(): Promise<void> {
    const body = "Its log stays with the flow run. This cannot be taken back.";
    if (!(await confirm({ title: `Delete the task run ${name}?`, body, action: "Delete" }))) return;
    const act = () => change("deleteTaskRun", { params: { id } });
    if (await attempt(act, `Deleted ${name}.`)) route(to(pages.flowRun(flow_run_id)), true);
  }
  return (
    <>
      <Button icon={Pencil} onClick={() => setChanging(true)}>
        Change the state
      </Button>
      <Menu button={{ icon: Ellipsis, label }} label={label}>
        {() => (
          <>
            <MenuItem icon={Copy} onClick={() => copyText(id)}>
              Copy the id
            </MenuItem>
            <MenuItem icon={Trash2} isDanger onClick={remove}>
              Delete
            </MenuItem>
          </>
        )}
      </Menu>
      {isChanging && (
        <StateDialog
          name={name}
          set={(state) => change("setTaskRunState", { params: { id }, body: { state, force: true } })}
          onClose={() => setChanging(false)}
        />
      )}
    </>
  );
}
