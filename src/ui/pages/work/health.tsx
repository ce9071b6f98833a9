// Says in a word how queues and pools do, and how many of their runs are late.

import type { WorkQueue } from "#wire/pools/work-queues.ts";
import type { StateType } from "#wire/runs/states.ts";
import type { Output } from "../../data/call.ts";
import { moment } from "../../data/clock.ts";
import { useQuery } from "../../data/query.ts";
import { StateBadge } from "../../parts/runs/state-badge.tsx";
import { AGENT_TYPE, isSilent, MOST } from "./pool-data.ts";

type Status = Output<"readWorkQueueStatuses">[number];

/** How each of these queues does, by its id; empty until it is read. */
export function useStatuses(queues: readonly WorkQueue[]): ReadonlyMap<string, Status> {
  const ids = queues.map(({ id }) => id);
  const body = { work_queues: { id: { any_: ids } }, limit: MOST };
  const read = useQuery("readWorkQueueStatuses", ids.length > 0 ? { body } : null).data ?? [];
  return new Map(read.map((status) => [status.id, status]));
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
  /** When anything last asked it for work. */
  lastPolled: string | null | undefined;
  late: number;
}

/**
 * Runs that are late although something asks for work mean too few places; without that nothing takes them at all. That is
 * no failure while nothing waits.
 */
export function Health({ of, poolType = AGENT_TYPE, lastPolled, late }: HealthProps) {
  const isSilentNow = isSilent(lastPolled ?? null, moment.value);
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
