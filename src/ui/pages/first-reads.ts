// Says what a page reads for its first sight, so that it is asked for while the page itself is still loading.
import type { Input } from "../data/call.ts";
import { type Address, addressFrom, isId, tabOf } from "../parts/address.ts";
import { rowsToRead, sortOf } from "../parts/runs/run-rows.ts";
import { logFilterOf, pieceToRead } from "./flow-run/log-filter.ts";
import { TABS } from "./flow-run/tab-names.ts";
import { countsAndDots, endOfMinute, filtersOf, NAMES, rangeOf } from "./flow-runs/run-filters.ts";

/** `src/ui/early.ts` lists the same names. */
type Name = "readFlowRunPage" | "readFlowRunStory" | "readTimeline" | "readLogWindow";
export type FirstRead = { [Each in Name]: { name: Each; input: Input<Each> } }[Name];

/** The page of runs, opened without filters, has the range of the last time: the address of the page with it. */
export function withLastRange(path: string, url: string, range: string | null): string {
  const address = new URL(url);
  if (path !== "/flow-runs" || range === null || NAMES.some((name) => address.searchParams.has(name))) return url;
  address.searchParams.set("range", range);
  return address.href;
}

/**
 * What the page itself asks for when it is drawn, for those that have much to show. `path` is below the base, `url` the whole; `now` in
 * milliseconds since 1970.
 */
export function firstReads(path: string, url: string, now: number): FirstRead[] {
  const [, first, second, id = ""] = path.split("/");
  const address = addressFrom(url);
  if (path === "/flow-runs") return ofRuns(address, now);
  return first === "flow-runs" && second === "flow-run" && isId(id) ? ofRun(address, id) : [];
}

function ofRuns(address: Address, now: number): FirstRead[] {
  const filters = filtersOf(address, rangeOf(address, endOfMinute(now)));
  return [
    { name: "readFlowRunPage", input: { body: countsAndDots(filters) } },
    { name: "readFlowRunPage", input: { body: rowsToRead(filters, { sort: sortOf(address), hasCount: true }) } },
  ];
}

function ofRun(address: Address, id: string): FirstRead[] {
  const params = { id };
  const reads: FirstRead[] = [
    { name: "readFlowRunStory", input: { params } },
    { name: "readTimeline", input: { params } },
  ];
  if (tabOf(address, TABS) !== "logs") return reads;
  const body = pieceToRead(logFilterOf(address, { flowRunId: id }), 0);
  return [...reads, { name: "readLogWindow", input: { body } }];
}
