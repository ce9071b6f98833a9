// Shows what matters of a flow run beside a list of runs: why it waits, how it ended, where its time went.
import { pages } from "#lib/text/page-addresses.ts";
import { to } from "../../data/base.ts";
import { linkTo } from "../address.ts";
import { Loaded } from "../lists/loaded.tsx";
import { Command } from "../text/command.tsx";
import { Details } from "../text/details.tsx";
import { Tags } from "../text/tags.tsx";
import { Lateness, RunSpan } from "./run-cells.tsx";
import { StateBadge } from "./state-badge.tsx";
import { useStory } from "./story.ts";
import { TimeBar } from "./time-bar.tsx";
import { WaitNotice } from "./wait-notice.tsx";
import "../../style/flow-run.css";

export default function RunPeek({ id }: { id: string }) {
  const story = useStory(id);
  if (story.error?.status === 404 && !story.data) return <p>There is no such run. It may have been deleted.</p>;
  return (
    <Loaded of={story}>
      {({ row, waiting, seconds }) => (
        <>
          <h2 class="wraps">
            <a href={to(pages.flowRun(id))}>{row.name}</a>
          </h2>
          <span class="line">
            <StateBadge type={row.state_type} name={row.state_name} />
            <span class="nowrap">
              <Lateness run={row} />
            </span>
            <RunSpan run={row} />
          </span>
          {row.message_line && (
            <p class={row.state_type === "FAILED" || row.state_type === "CRASHED" ? "run-error state-failed" : "wraps"}>
              {row.message_line}
            </p>
          )}
          {waiting ? <WaitNotice waiting={waiting} /> : <TimeBar seconds={seconds} />}
          <Details
            facts={[
              [
                "Flow",
                <a class="link" href={to(pages.flow(row.flow_id))} key="flow">
                  {row.flow_name}
                </a>,
              ],
              [
                "Deployment",
                row.deployment_id && row.deployment_name && (
                  <a class="link" href={to(pages.deployment(row.deployment_id))}>
                    {row.deployment_name}
                  </a>
                ),
              ],
              [
                "Work queue",
                row.work_queue_name && [row.work_pool_name, row.work_queue_name].filter(Boolean).join(" › "),
              ],
              ["Task runs", row.task_run_count],
              ["Tags", row.tags.length > 0 && <Tags tags={row.tags} />],
            ]}
          />
          <span class="line">
            {(["logs", "tasks", "parameters"] as const).map((tab) => (
              <a class="link" key={tab} href={linkTo(to(pages.flowRun(id)), { tab: tab === "logs" ? null : tab })}>
                {TITLES[tab]}
              </a>
            ))}
          </span>
          <Command>{`orch flow-run inspect ${id}`}</Command>
        </>
      )}
    </Loaded>
  );
}

const TITLES = { logs: "Logs", tasks: "Task runs", parameters: "Parameters" };
