// Shows the command that takes the runs of a queue or pool, and says so where nothing listens to it now.
import { Command } from "../../parts/text/command.tsx";
import { AGENT_TYPE } from "./pool-data.ts";

export interface ListenLineProps {
  /** What agents ask: "queue", "pool". */
  what: string;
  poolType: string | undefined;
  isPaused: boolean;
  /** Nothing asks it for work; `undefined` until that is read. */
  isSilent: boolean | undefined;
  late?: number;
  command: string;
}

export function ListenLine(props: ListenLineProps) {
  const { what, poolType = AGENT_TYPE, isPaused, isSilent, late = 0, command } = props;
  if (isPaused || !isSilent)
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
