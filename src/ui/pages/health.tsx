// Says in a word how queues and pools do, and how many of their runs are late.
import type { StateType } from "#wire/states.ts";
import type { WorkQueue } from "#wire/work-queues.ts";
import type { Output } from "../data/call.ts";
import { moment } from "../data/clock.ts";
import { useQuery } from "../data/query.ts";
import { StateBadge } from "../parts/state-badge.tsx";
import { isSilent, MOST } from "./pool-data.ts";

type Status = Output<"readWorkQueueStatuses">[number];

/** How each of these queues does, by its id; empty until it is read. */
export function useStatuses(queues: readonly WorkQueue[]): ReadonlyMap<string, Status> {
  const ids = queues.map(({ id }) => id);
  const body = { work_queues: { id: { any_: ids } }, limit: MOST };
  const read = useQuery("readWorkQueueStatuses", ids.length > 0 ? { body } : null).data ?? [];
  return new Map(read.map((status) => [status.id, status]));
}

/** With the shape of the state that is most like it. A queue that nothing asks for work is no failure while nothing waits in it. */
const WORDS = {
  Ready: "COMPLETED",
  Healthy: "COMPLETED",
  Paused: "PAUSED",
  Late: "SCHEDULED",
  Unhealthy: "FAILED",
} as const satisfies Record<string, StateType>;

export function Health({ word, late }: { word: keyof typeof WORDS; late: number }) {
  return (
    <span class="line nowrap">
      <StateBadge type={word === "Unhealthy" && late === 0 ? "PENDING" : WORDS[word]} name={word} />
      {late > 0 && (
        <span class="quiet">{word === "Late" ? `${late} ${late === 1 ? "run" : "runs"}` : `${late} late`}</span>
      )}
    </span>
  );
}

/** Runs that are late although something asks for work mean too few places; without that nothing takes them at all. */
export function QueueHealth({ queue, status }: { queue: WorkQueue; status: Status | undefined }) {
  if (!status) return null;
  const { healthy, late_runs_count: late, last_polled } = status;
  const isHeard = !isSilent(last_polled, moment.value);
  const word = queue.is_paused ? "Paused" : healthy ? "Healthy" : isHeard ? "Late" : "Unhealthy";
  return <Health {...{ word, late }} />;
}
