// Says which rows a list of runs reads.
import type { Input } from "../../data/call.ts";
import type { Address } from "../address.ts";

type Body = NonNullable<Input<"readFlowRunPage">["body"]>;
/** Which runs: as `POST /orch/flow_runs/page` takes it. */
export type RunFilters = Pick<Body, "flow_runs" | "flows" | "deployments" | "work_pools" | "work_pool_queues">;

export const RUN_SORTS = ["EXPECTED_START_TIME_DESC", "EXPECTED_START_TIME_ASC", "NAME_ASC", "NAME_DESC"] as const;
export type RunSort = (typeof RUN_SORTS)[number];
export const USUAL_SORT: RunSort = RUN_SORTS[0];
/** Rows of one read. */
export const ROWS_READ = 200;

const ROWS = ["rows"] as const;
const ROWS_AND_COUNTS = ["counts", "rows"] as const;

/** What `RunList` reads: of the first rows unless an offset is given. `hasCount`: the page counts the runs itself. */
export function rowsToRead(
  filters: RunFilters,
  { sort, offset = 0, hasCount }: { sort: RunSort; offset?: number; hasCount: boolean },
): Body {
  return { ...filters, sort, offset, limit: ROWS_READ, parts: [...(hasCount ? ROWS : ROWS_AND_COUNTS)] };
}

/** Of the address; `usual` while it has none. */
export function sortOf(address: Address, usual: RunSort = USUAL_SORT): RunSort {
  return RUN_SORTS.find((known) => known === address.one("sort")) ?? usual;
}
