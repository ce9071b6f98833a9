// Draws the last runs of a deployment as bars: height by duration, colour by state.
import { pages } from "#lib/text/page-addresses.ts";
import { durationText, relativeTime } from "#lib/text/words-of-time.ts";
import type { DeploymentActivity } from "#wire/deployments/deployment-activity.ts";
import { to } from "../../data/base.ts";
import { moment } from "../../data/clock.ts";
import { stateClass } from "../../parts/runs/state-badge.tsx";

export interface LastRunsProps {
  runs: DeploymentActivity["runs"];
  /** Each bar is a link; in rows of a list the whole is only a picture. */
  hasLinks?: boolean;
}

const LEAST = 12;
const PERCENT = 100;

export function LastRuns({ runs, hasLinks = false }: LastRunsProps) {
  const count = runs.ids.length;
  if (count === 0) return <span class="quiet">no runs yet</span>;
  const most = Math.max(0.001, ...runs.seconds);
  // By the root, so that short runs are seen beside long ones.
  const heightOf = (seconds: number) => Math.max(LEAST, PERCENT * Math.sqrt(seconds / most));
  const failed = runs.states.filter((state) => state === "FAILED" || state === "CRASHED").length;
  const words = `The last ${count} runs: ${failed === 0 ? "none failed" : `${failed} failed`}`;
  return (
    <span class={`last-runs ${hasLinks ? "is-large" : ""}`}>
      <span class="hidden-label">{words}</span>
      {runs.ids.map((id, at) => {
        const [state, seconds, began] = [runs.states[at], runs.seconds[at] ?? 0, runs.at[at] ?? 0];
        const title = `${state?.toLowerCase()}, ${durationText(seconds)}, ${relativeTime(began, moment.value)}`;
        const bar = <span class={stateClass(state)} style={{ height: `${heightOf(seconds)}%` }} />;
        return hasLinks ? (
          <a key={id} href={to(pages.flowRun(id))} title={title} aria-label={title}>
            {bar}
          </a>
        ) : (
          <i key={id} title={title}>
            {bar}
          </i>
        );
      })}
    </span>
  );
}
