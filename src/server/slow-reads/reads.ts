// Lists the reads that may be slow. Each is a function from plain values to its answer, so it can run in another thread.
import type { Reader } from "#db/connect.ts";
import type { LogFilter } from "#wire/filters.ts";
import type { Release } from "#wire/later.ts";
import { countArtifacts, countLatest, listArtifacts, listLatest } from "../artifacts/store.ts";
import type { ArtifactFilters } from "../artifacts/where.ts";
import { chooseDeployments, chooseRuns, type DeploymentChoice, type RunChoice } from "../bulk/choose.ts";
import { listForActivity } from "../deployment-activity/store.ts";
import { countDeployments, listDeployments } from "../deployments/store.ts";
import { type FlowRunPageQuestion, readFlowRunPage } from "../flow-run-pages/read.ts";
import { countFlowRuns, FLOW_RUN_ORDER, listFlowRuns } from "../flow-runs/store.ts";
import { countFlows, listFlows } from "../flows/store.ts";
import { type HistoryRange, readDots, readHistory } from "../history/store.ts";
import { type Filters, flowRunsWhere, taskRunsWhere } from "../kernel/filters.ts";
import type { Page } from "../kernel/paging.ts";
import type { LogScope } from "../log-windows/lines.ts";
import { type SearchQuestion, searchLog, summarizeLog } from "../log-windows/search.ts";
import { readSlice, type SliceQuestion } from "../log-windows/slice.ts";
import { readLogWindow, type WindowQuestion } from "../log-windows/window.ts";
import { type LogQuestion, listLogs, readLogPage } from "../logs/store.ts";
import { type SearchedNames, searchNames } from "../search/store.ts";
import { countTaskRuns, listTaskRuns } from "../task-runs/store.ts";
import { readTimeline, type TimelineQuestion } from "../timelines/store.ts";

interface Of {
  filters: Filters;
}

interface PageOf extends Of {
  page: Page;
}

interface RunsOf<Sort> extends PageOf {
  sort: Sort;
  /** Milliseconds, for the estimates. */
  now: number;
  release?: Release;
}

interface HistoryOf extends Of {
  range: HistoryRange;
  now: string;
}

interface ArtifactsOf {
  filters: ArtifactFilters;
}

type ArtifactPage = ArtifactsOf & { sort: Sort<typeof listArtifacts>; page: Page };

type FlowRunSort = keyof typeof FLOW_RUN_ORDER;
type Sort<List extends (...args: never[]) => unknown> = Parameters<List>[2];

export const READS = {
  flowRuns: (q: Reader, { filters, sort, page, now, release }: RunsOf<FlowRunSort>) =>
    listFlowRuns(q, flowRunsWhere(filters), sort, page, now, release),
  taskRuns: (q: Reader, { filters, sort, page, now }: RunsOf<Sort<typeof listTaskRuns>>) =>
    listTaskRuns(q, taskRunsWhere(filters), sort, page, now),
  flowRunPage: (q: Reader, question: FlowRunPageQuestion) => readFlowRunPage(q, question),
  flows: (q: Reader, { filters, sort, page }: PageOf & { sort: Sort<typeof listFlows> }) =>
    listFlows(q, filters, sort, page),
  deployments: (
    q: Reader,
    { filters, sort, page, release }: PageOf & { sort: Sort<typeof listDeployments>; release: Release },
  ) => listDeployments(q, filters, sort, page, release),
  listedDeployments: (q: Reader, { filters, sort, page }: PageOf & { sort: Sort<typeof listDeployments> }) => ({
    count: countDeployments(q, filters),
    listed: listForActivity(q, filters, sort, page),
  }),
  chosenRuns: (q: Reader, choice: RunChoice) => chooseRuns(q, choice),
  chosenDeployments: (q: Reader, choice: DeploymentChoice) => chooseDeployments(q, choice),
  names: (q: Reader, searched: SearchedNames) => searchNames(q, searched),
  countFlowRuns: (q: Reader, { filters }: Of) => countFlowRuns(q, flowRunsWhere(filters)),
  countTaskRuns: (q: Reader, { filters }: Of) => countTaskRuns(q, taskRunsWhere(filters)),
  countFlows: (q: Reader, { filters }: Of) => countFlows(q, filters),
  countDeployments: (q: Reader, { filters }: Of) => countDeployments(q, filters),
  flowRunHistory: (q: Reader, { filters, range, now }: HistoryOf) =>
    readHistory(q, "flow_run", range, flowRunsWhere(filters), now),
  taskRunHistory: (q: Reader, { filters, range, now }: HistoryOf) =>
    readHistory(q, "task_run", range, taskRunsWhere(filters), now),
  dots: (q: Reader, { filters, sort, page, now }: RunsOf<FlowRunSort>) =>
    readDots(q, flowRunsWhere(filters), FLOW_RUN_ORDER[sort], page, now),
  artifacts: (q: Reader, { filters, sort, page }: ArtifactPage) => listArtifacts(q, filters, sort, page),
  latestArtifacts: (q: Reader, { filters, sort, page }: ArtifactPage) => listLatest(q, filters, sort, page),
  countArtifacts: (q: Reader, { filters }: ArtifactsOf) => countArtifacts(q, filters),
  countLatestArtifacts: (q: Reader, { filters }: ArtifactsOf) => countLatest(q, filters),
  logs: (q: Reader, { filter, direction, page }: { filter: LogFilter | null; direction: "asc" | "desc"; page: Page }) =>
    listLogs(q, filter, direction, page),
  timeline: (q: Reader, question: TimelineQuestion) => readTimeline(q, question),
  logWindow: (q: Reader, question: WindowQuestion) => readLogWindow(q, question),
  logSearch: (q: Reader, question: SearchQuestion) => searchLog(q, question),
  logSlice: (q: Reader, question: SliceQuestion) => readSlice(q, question),
  logSummary: (q: Reader, scope: LogScope) => summarizeLog(q, scope),
  logPage: (q: Reader, question: LogQuestion) => readLogPage(q, question),
};

export type ReadName = keyof typeof READS;
export type ReadInput<Name extends ReadName> = Parameters<(typeof READS)[Name]>[1];
export type ReadOutput<Name extends ReadName> = ReturnType<(typeof READS)[Name]>;

/** A read by its name. */
export function perform<Name extends ReadName>(q: Reader, name: Name, input: ReadInput<Name>): ReadOutput<Name> {
  const read = READS[name] as (q: Reader, input: ReadInput<Name>) => ReadOutput<Name>; // the entry of that very name
  return read(q, input);
}
