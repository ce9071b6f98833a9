// Says why a run waits, and what would help.
import { pages } from "#lib/text/page-addresses.ts";
import type { Waiting } from "#wire/runs/flow-run-stories.ts";
import { to } from "../../data/base.ts";
import { Command } from "../text/command.tsx";
import { Time } from "../text/time.tsx";

export function WaitNotice({ waiting }: { waiting: Waiting }) {
  const { sentence, remedy, command, until, held_by } = waiting;
  return (
    <div class={`notice ${remedy ? "bad" : ""}`} role="status">
      <div class="stack">
        <span>
          {sentence}
          {until && (
            <>
              {" "}
              <span class="quiet">
                Until <Time at={until} as="exact" />.
              </span>
            </>
          )}
        </span>
        {(remedy || command) && (
          <span class="line">
            {remedy && <span>{remedy}</span>}
            {command && <Command>{command}</Command>}
          </span>
        )}
        {held_by.length > 0 && (
          <span class="line">
            <span class="quiet">The places are held by</span>
            {held_by.map(({ flow_run_id, name }) => (
              <a class="link" href={to(pages.flowRun(flow_run_id))} key={flow_run_id}>
                {name}
              </a>
            ))}
          </span>
        )}
      </div>
    </div>
  );
}
