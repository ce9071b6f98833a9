// Decides which reads are slow: those that may look at many more rows than they return, so that the size of the database
// decides how long they take.
import type { ArtifactFilters } from "../artifacts/where.ts";
import { type Filters, isOfStatesAndTimes } from "../kernel/filters.ts";
import type { ReadInput, ReadName } from "./reads.ts";

/** Rows that are passed over to get to a page. */
const MOST_PASSED = 1_000;

type Named = { any_?: readonly unknown[] | null | undefined } | null | undefined;

/** At least one of the fields names its rows, and no other condition lets more in. */
function names(filter: object | null | undefined, fields: readonly string[]): boolean {
  if (!filter || ("operator" in filter && filter.operator === "or_")) return false;
  return fields.some((field) => (filter as Record<string, Named>)[field]?.any_); // fields of the filter, as the wire has them
}

const isNothing = (filters: Filters) => FIELDS.every((field) => !filters[field]);
const FIELDS = ["flows", "flow_runs", "task_runs", "deployments", "work_pools", "work_pool_queues"] as const;

const ofFewFlowRuns = ({ flow_runs, deployments }: Filters) =>
  names(flow_runs, ["id", "deployment_id", "parent_task_run_id"]) || names(deployments, ["id", "name"]);

/** Runs of one state, or of a time, in the order they are expected: the page is read off an index, however many there are. */
function isInOrder(filters: Filters, sort: string): boolean {
  const state = filters.flow_runs?.state;
  const isOneState = !state || state.type?.any_?.length === 1;
  return sort.startsWith("EXPECTED_START_TIME") && isOneState && isOfStatesAndTimes(filters);
}

const ofFewTaskRuns = ({ task_runs, flow_runs }: Filters) =>
  names(task_runs, ["id"]) || names(flow_runs, ["id", "parent_task_run_id"]);
const ofFewArtifacts = ({ artifacts }: ArtifactFilters) =>
  names(artifacts, ["id", "latest_id", "key", "flow_run_id", "task_run_id"]);
/** Flows and deployments are few themselves; their runs are not. */
const withoutRuns = ({ flow_runs, task_runs }: Filters) => !(flow_runs || task_runs);

const IS_SHORT: { [Name in ReadName]: (input: ReadInput<Name>) => boolean } = {
  flowRuns: ({ filters, sort, page }) =>
    page.offset <= MOST_PASSED && (isNothing(filters) || ofFewFlowRuns(filters) || isInOrder(filters, sort)),
  taskRuns: ({ filters, page }) => page.offset <= MOST_PASSED && (isNothing(filters) || ofFewTaskRuns(filters)),
  flowRunPage: ({ filters, page, parts, sort }) =>
    page.offset <= MOST_PASSED &&
    (ofFewFlowRuns(filters) || (parts.every((part) => part === "rows") && isInOrder(filters, sort))),
  flows: ({ filters }) => withoutRuns(filters),
  deployments: ({ filters }) => withoutRuns(filters),
  chosenRuns: ({ filters }) => ofFewFlowRuns(filters),
  chosenDeployments: ({ filters }) => withoutRuns(filters),
  names: () => false,
  listedDeployments: ({ filters }) => withoutRuns(filters),
  countFlowRuns: ({ filters }) => ofFewFlowRuns(filters),
  countTaskRuns: ({ filters }) => ofFewTaskRuns(filters),
  countFlows: ({ filters }) => withoutRuns(filters),
  countDeployments: ({ filters }) => withoutRuns(filters),
  flowRunHistory: ({ filters }) => ofFewFlowRuns(filters),
  taskRunHistory: ({ filters }) => ofFewTaskRuns(filters),
  dots: ({ filters }) => ofFewFlowRuns(filters),
  artifacts: ({ filters }) => ofFewArtifacts(filters),
  latestArtifacts: ({ filters }) => ofFewArtifacts(filters),
  countArtifacts: ({ filters }) => ofFewArtifacts(filters),
  countLatestArtifacts: ({ filters }) => ofFewArtifacts(filters),
  timeline: () => false,
  logWindow: () => false,
  logSearch: () => false,
  logSummary: () => false,
  logSlice: ({ meant: { level, text, loggers } }) => level === null && !text && loggers === null,
  logPage: ({ limit }) => limit <= MOST_PASSED,
  logs: ({ filter, page }) => page.offset <= MOST_PASSED && names(filter, ["flow_run_id", "task_run_id"]),
};

/** Letters of a `like_` from which a search takes its length times that of each name, whatever the size of the database. */
const LONG_PATTERN = 64;

/** Searches for a long text: slow on few rows as well, when their names are long and made for it. */
export function hasLongPattern(input: unknown): boolean {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return false;
  return Object.entries(input).some(
    ([key, value]) =>
      (key === "like_" && typeof value === "string" && value.length > LONG_PATTERN) || hasLongPattern(value),
  );
}

export function isSlow<Name extends ReadName>(name: Name, input: ReadInput<Name>): boolean {
  return !IS_SHORT[name](input);
}
