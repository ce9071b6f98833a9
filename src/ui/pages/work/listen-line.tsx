// Shows the command that takes the runs of a queue or pool, and says so where nothing listens to it now.
import { moment } from "../../data/clock.ts";
import { Command } from "../../parts/text/command.tsx";
import { AGENT_TYPE, isSilent } from "./pool-data.ts";

export interface ListenLineProps {
  /** What agents ask: "queue", "pool". */
  what: string;
  poolType: string | undefined;
  isPaused: boolean;
  /** When anything last asked it for work; `undefined` until that is read. */
  lastPolled: string | null | undefined;
  late?: number;
  command: string;
}

export function ListenLine(props: ListenLineProps) {
  const { what, poolType = AGENT_TYPE, isPaused, lastPolled, late = 0, command } = props;
  if (isPaused || lastPolled === undefined || !isSilent(lastPolled, moment.value))
    return (
      <p class="line">
        <span class="quiet">Take its runs on any machine:</span>
        <Command>{command}</Command>
      </p>
    );
  const listener = poolType === AGENT_TYPE ? "agent" : "worker";
  return (
    <div class={`notice ${late > 0 ? "bad" : ""}`} role="status">
      <span>
        {late > 0 && `${late} ${late === 1 ? "run is" : "runs are"} late. `}
        {`No ${listener} listens to this ${what}, so nothing starts until one does.`}
      </span>
      <Command>{command}</Command>
    </div>
  );
}
