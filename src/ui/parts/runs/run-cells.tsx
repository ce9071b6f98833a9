// Draws what a row says of a run: its flow and name with the line of its error, its start with the lateness, and its duration
// beside what is usual for its deployment.
import { pages } from "#lib/text/page-addresses.ts";
import { visible } from "#lib/text/visible.ts";
import { durationText } from "#lib/text/words-of-time.ts";
import type { FlowRunRow } from "#wire/runs/flow-run-pages.ts";
import { to } from "../../data/base.ts";
import { isNarrow } from "../../data/rows.ts";
import { Duration, Time } from "../text/time.tsx";

const FAILED = new Set(["FAILED", "CRASHED"]);
/** The start of a run that is as late as this says so. Seconds. */
const NOTED_LATENESS = 1;

export function RunName({ run }: { run: FlowRunRow }) {
  const isFailed = FAILED.has(run.state_type ?? "");
  return (
    <span class="run-name">
      <a class="quiet" href={to(pages.flow(run.flow_id))}>
        {run.flow_name}
      </a>
      <span class="quiet"> › </span>
      <a class="main-link" href={to(pages.flowRun(run.id))}>
        {run.name}
      </a>
      {isFailed && run.message_line && !isNarrow.value && (
        <span class="message" title={visible(run.message_line)}>
          {visible(run.message_line)}
        </span>
      )}
    </span>
  );
}

export function Lateness({ run }: { run: FlowRunRow }) {
  // Of a run that has not started, the time that has passed says it already.
  const late = run.start_time && run.lateness >= NOTED_LATENESS ? ` +${durationText(run.lateness)}` : "";
  return (
    <>
      <Time at={run.start_time ?? run.expected_start_time} />
      {late !== "" && (
        <span class="state-late lateness" title={`Started ${durationText(run.lateness)} late`}>
          {late}
        </span>
      )}
    </>
  );
}

/** The bar: how long it took beside the usual; full at three times as long. */
export function RunSpan({ run }: { run: FlowRunRow }) {
  const { duration, usual_duration, start_time, state_type, message_line } = run;
  if (!start_time) return null;
  const share = usual_duration ? Math.min(1, duration / (3 * usual_duration)) : undefined;
  const usual = usual_duration
    ? `${durationText(duration)}; usual for this deployment: ${durationText(usual_duration)}`
    : undefined;
  return (
    <span class="run-span" title={usual}>
      <span>
        {state_type === "RUNNING" ? <Duration since={start_time} isInList /> : <Duration seconds={duration} />}
      </span>
      {isNarrow.value && FAILED.has(state_type ?? "") && <span class="cut message">{visible(message_line ?? "")}</span>}
      {share !== undefined && !isNarrow.value && (
        <span class="usual" aria-hidden="true">
          <span style={{ width: `${Math.round(share * 100)}%` }} />
        </span>
      )}
    </span>
  );
}
