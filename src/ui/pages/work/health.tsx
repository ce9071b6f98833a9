// Says in a word how queues and pools do, and how many of their runs are late.

import type { WorkQueue } from "#wire/pools/work-queues.ts";
import type { StateType } from "#wire/runs/states.ts";
import type { Output } from "../../data/call.ts";
import { useQuery, useReadAgain } from "../../data/query.ts";
import { StateBadge } from "../../parts/runs/state-badge.tsx";
import { AGENT_TYPE, MOST } from "./pool-data.ts";
import { isSilent, nextSilence } from "./silence.ts";

type Status = Output<"readWorkQueueStatuses">[number] & { isSilent: boolean };

/** How each of these queues does, by its id; empty until it is read. */
export function useStatuses(queues: readonly WorkQueue[]): ReadonlyMap<string, Status> {
  const ids = queues.map(({ id }) => id);
  const body = { work_queues: { id: { any_: ids } }, limit: MOST };
  const query = useQuery("readWorkQueueStatuses", ids.length > 0 ? { body } : null);
  const { data: read = [], readAt } = query;
  useReadAgain(
    query,
    nextSilence(
      read.map(({ last_polled }) => last_polled),
      readAt,
    ),
  );
  return new Map(read.map((status) => [status.id, { ...status, isSilent: isSilent(status.last_polled, readAt) }]));
}

/** With the shape of the state that is most like it. */
const WORDS = {
  Ready: "COMPLETED",
  Paused: "PAUSED",
  Late: "SCHEDULED",
  "No agent": "FAILED",
  "No worker": "FAILED",
} as const satisfies Record<string, StateType>;

export interface HealthProps {
  of: { is_paused: boolean };
  /** The type of the pool, which says what takes its runs. */
  poolType: string | undefined;
  /** Nothing asks it for work. */
  isSilent: boolean;
  late: number;
}

/**
 * Runs that are late although something asks for work mean too few places; without that nothing takes them at all. That is
 * no failure while nothing waits.
 */
export function Health({ of, poolType = AGENT_TYPE, isSilent: isSilentNow, late }: HealthProps) {
  const silent = poolType === AGENT_TYPE ? "No agent" : "No worker";
  const word = of.is_paused ? "Paused" : isSilentNow ? silent : late > 0 ? "Late" : "Ready";
  return (
    <span class="line nowrap">
      <StateBadge type={word === silent && late === 0 ? "PENDING" : WORDS[word]} name={word} />
      {late > 0 && (
        <span class="quiet">{word === "Late" ? `${late} ${late === 1 ? "run" : "runs"}` : `${late} late`}</span>
      )}
    </span>
  );
}
