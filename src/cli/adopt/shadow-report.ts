// Prints what a comparison of schedules has found.
import type { Layout } from "../terminal/layout.ts";
import { table } from "../terminal/output.ts";
import { inBrackets } from "./report.ts";
import type { Lacking } from "./server/lacking.ts";
import type { Compared, Comparison } from "./shadow.ts";

export const differencesOf = (all: readonly Compared[]) =>
  all.reduce((sum, { only_prefect, only_orch }) => sum + only_prefect.length + only_orch.length, 0);

/** One line for each deployment, then every date that differs, then what the server cannot send, then how many. */
export function shadowReport({ compared: all, lacking }: Comparison, url: string, width: number): (string | Layout)[] {
  const unsent = lacking.map(unsentLine);
  if (all.length === 0) return [...unsent, `No deployment of ${url} has an active schedule.`];
  const rows = all.map(({ deployment, same, only_prefect, only_orch, note }) => [
    ...[deployment, String(same), String(only_prefect.length), String(only_orch.length), note ?? ""],
  ]);
  const head = ["Deployment", "Same", "Only Prefect", "Only orch", "Note"];
  const dates = all.flatMap(({ deployment, only_prefect, only_orch }) => [
    ...only_prefect.map((date) => `${deployment}: ${date} is scheduled by Prefect alone.`),
    ...only_orch.map((date) => `${deployment}: ${date} would be scheduled by orch alone.`),
  ]);
  const differing = differencesOf(all);
  const same = all.reduce((sum, one) => sum + one.same, 0).toLocaleString("en");
  const last =
    differing === 0
      ? `orch would schedule the same: ${same} dates of ${url} were compared, and none differs.`
      : `${differing === 1 ? "1 date differs" : `${differing.toLocaleString("en")} dates differ`}, ${same} are the same.`;
  return [table("Schedules beside Prefect", head, rows, width), ...dates, ...unsent, last];
}

/** What a run has scheduled is unknown without it. */
function unsentLine({ table, count, names }: Lacking): string {
  const what = table.replaceAll("_", " ");
  const more = table === "flow_runs" ? ", and their dates may be listed as orch's alone" : "";
  return `Prefect's server fails with ${count.toLocaleString("en")} of its ${what}${inBrackets(names, count, "; ")}, and its own log says why: not compared${more}.`;
}
