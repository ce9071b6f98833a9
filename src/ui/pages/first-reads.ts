// Begins the reads of a page's first sight while the page itself is still loading.
import { callAhead } from "../data/ahead.ts";
import { now } from "../data/clock.ts";
import { type Address, addressFrom, isId } from "../parts/address.ts";
import { rowsToRead, sortOf } from "../parts/runs/run-rows.ts";
import { tabOf } from "../parts/tabs.tsx";
import { logFilterOf, pieceToRead } from "./flow-run/log-filter.ts";
import { TABS } from "./flow-run/tab-names.ts";
import { countsAndDots, endOfMinute, filtersOf, rangeOf } from "./flow-runs/run-filters.ts";

/** What the page itself asks for when it is drawn, for those that have much to show. `path` is below the base, `url` the whole. */
export function readFirst(path: string, url: string): void {
  const [, first, second, id = ""] = path.split("/");
  const address = addressFrom(url);
  if (path === "/flow-runs") readRuns(address);
  if (first === "flow-runs" && second === "flow-run" && isId(id)) readRun(address, id);
}

function readRuns(address: Address): void {
  const filters = filtersOf(address, rangeOf(address, endOfMinute(now())));
  callAhead("readFlowRunPage", { body: countsAndDots(filters) });
  callAhead("readFlowRunPage", { body: rowsToRead(filters, { sort: sortOf(address), hasCount: true }) });
}

function readRun(address: Address, id: string): void {
  callAhead("readFlowRunStory", { params: { id } });
  callAhead("readTimeline", { params: { id } });
  if (tabOf(address, TABS) !== "logs") return;
  callAhead("readLogWindow", { body: pieceToRead(logFilterOf(address, { flowRunId: id }), 0) });
}
