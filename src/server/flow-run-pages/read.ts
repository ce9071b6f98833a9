// A page of flow runs: the parts that were asked for.
import type { Reader } from "#db/connect.ts";
import type { FlowRunPage, PagePart } from "#wire/runs/flow-run-pages.ts";
import type { FLOW_RUN_ORDER } from "../flow-runs/store.ts";
import { type Filters, flowRunsWhere, haveFlowsManyRuns } from "../kernel/filters.ts";
import type { Page } from "../kernel/paging.ts";
import { readOverview } from "./counts.ts";
import { readRows } from "./rows.ts";

export interface FlowRunPageQuestion {
  filters: Filters;
  parts: readonly PagePart[];
  sort: keyof typeof FLOW_RUN_ORDER;
  page: Page;
  dots: number;
  /** Milliseconds. */
  now: number;
}

export function readFlowRunPage(q: Reader, question: FlowRunPageQuestion): FlowRunPage {
  const { filters, parts, now } = question;
  const areFlowsMany = haveFlowsManyRuns(q, filters);
  const whereOf = (chosen: Filters) => flowRunsWhere(chosen, { areFlowsMany });
  const wantsDots = parts.includes("dots");
  const overview =
    wantsDots || parts.includes("counts")
      ? readOverview(q, filters, { whereOf, dots: wantsDots ? question.dots : 0, now })
      : undefined;
  // Where nothing was found, nothing is looked for again.
  const isEmpty = overview?.counts.count === 0;
  return {
    counts: (parts.includes("counts") && overview?.counts) || null,
    dots: (wantsDots && overview?.dots) || null,
    rows: parts.includes("rows") ? (isEmpty ? [] : readRows(q, whereOf(filters), question)) : null,
  };
}
