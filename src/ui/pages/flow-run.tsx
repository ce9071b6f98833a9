// Shows one flow run: why it waits or where its time went, its timeline, its log, and all that belongs to it.
import { pages } from "#lib/text/page-addresses.ts";
import { visible } from "#lib/text/visible.ts";
import type { FlowRunStory } from "#wire/runs/flow-run-stories.ts";
import { to } from "../data/base.ts";
import { useQuery } from "../data/query.ts";
import { linkTo } from "../parts/address.ts";
import { Loaded } from "../parts/lists/loaded.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Lateness } from "../parts/runs/run-cells.tsx";
import { StateBadge } from "../parts/runs/state-badge.tsx";
import { useStory } from "../parts/runs/story.ts";
import { TimeBar } from "../parts/runs/time-bar.tsx";
import { WaitNotice } from "../parts/runs/wait-notice.tsx";
import { Tabs, useTab } from "../parts/tabs.tsx";
import { Command } from "../parts/text/command.tsx";
import { Tags } from "../parts/text/tags.tsx";
import { Duration } from "../parts/text/time.tsx";
import { LogView } from "./flow-run/log-view.tsx";
import { isEnded, RunActions } from "./flow-run/run-actions.tsx";
import { TABS } from "./flow-run/tab-names.ts";
import {
  ArtifactsTab,
  DetailsTab,
  HistoryTab,
  ParametersTab,
  SubflowsTab,
  TaskRunsTab,
} from "./flow-run/tabs-of-run.tsx";
import { TimelineView } from "./flow-run/timeline-view.tsx";
import type { PageProps } from "./registry.ts";
import "../style/flow-run.css";

export default function FlowRunPage({ params: { id } }: PageProps<"id">) {
  const story = useStory(id);
  useQuery("readTimeline", { params: { id } }); // begins beside the story, for what is drawn below
  return (
    <Loaded of={story} record="flow run">
      {(found) => <Run story={found} key={id} />}
    </Loaded>
  );
}

function Run({ story }: { story: FlowRunStory }) {
  const { row, waiting, seconds, states } = story;
  const { id, name, state_type: type, state_name } = row;
  const tab = useTab(TABS);
  const timeline = useQuery("readTimeline", row.task_run_count > 0 || !isEnded(type) ? { params: { id } } : null);
  const tabs = [
    { key: "logs", title: "Logs" },
    { key: "tasks", title: "Task runs", count: timeline.data?.count ?? row.task_run_count },
    { key: "subflows", title: "Subflows" },
    { key: "artifacts", title: "Results and artifacts" },
    { key: "history", title: "History", count: states.length },
    { key: "parameters", title: "Parameters" },
    { key: "details", title: "Details" },
  ];
  return (
    <>
      <PageHead title={name} crumbs={crumbsOf(story)} actions={<RunActions run={row} />}>
        <StateBadge type={type} name={state_name} />
        <span class="nowrap">
          <Lateness run={row} />
        </span>
        {row.start_time && (
          <Duration {...(type === "RUNNING" ? { since: row.start_time } : { seconds: row.duration })} />
        )}
        <Tags tags={row.tags} hrefOf={(tag) => linkTo(to(pages.runs()), { tag })} />
      </PageHead>
      <div class="stack">
        {(type === "FAILED" || type === "CRASHED") && row.message_line && (
          <p class="run-error state-failed">{visible(row.message_line)}</p>
        )}
        {waiting && <WaitNotice waiting={waiting} />}
        {!waiting && <TimeBar seconds={seconds} />}
        <span>
          <Command>{`orch flow-run inspect ${id}`}</Command>
        </span>
        {timeline.data?.task_runs.starts.some((at) => at !== null) && <TimelineView timeline={timeline} />}
        <Tabs tabs={tabs} label={`Parts of ${name}`} />
        {tab === "logs" && <LogView flowRunId={id} isLive={!isEnded(type)} endedAt={row.end_time} />}
        {tab === "tasks" && <TaskRunsTab timeline={timeline} />}
        {tab === "subflows" && <SubflowsTab id={id} />}
        {tab === "artifacts" && <ArtifactsTab of={{ flow_run_id: { any_: [id] } }} />}
        {tab === "history" && <HistoryTab states={states} />}
        {tab === "parameters" && <ParametersTab id={id} />}
        {tab === "details" && <DetailsTab id={id} />}
      </div>
    </>
  );
}

function crumbsOf({ row }: FlowRunStory) {
  const flow = { title: row.flow_name, href: to(pages.flow(row.flow_id)) };
  const { deployment_id, deployment_name } = row;
  return deployment_id && deployment_name
    ? [flow, { title: deployment_name, href: to(pages.deployment(deployment_id)) }]
    : [flow];
}
