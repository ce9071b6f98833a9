// The two web UIs as their readers see them: what is on the screen when a page is usable, and how a filter is chosen.
import type { Page } from "playwright-core";
import type { Sight } from "./tab.ts";

export interface WebUi {
  /** Numbers, chart and rows. */
  runs: readonly Sight[];
  /** A row of a run. */
  row: string;
  /** Opens the filter by state. */
  openStates(page: Page): Promise<void>;
  /** Chooses Failed in it. */
  chooseFailed(page: Page): Promise<void>;
  onlyFailed: readonly Sight[];
  /** The page of a run: its graph, the first lines of its log, and its tabs. */
  run: { graph: readonly Sight[]; log: readonly Sight[]; usable: readonly Sight[] };
  logLine: string;
}

export const ORCH_UI: WebUi = {
  runs: [
    { selector: "tbody tr.row", least: 12 },
    { selector: ".run-counts a" },
    { selector: ".run-dots canvas[style]", without: ".list.is-old" },
  ],
  row: "tbody tr.row",
  openStates: (page) => page.getByRole("button", { name: "State" }).first().click(),
  chooseFailed: (page) => page.getByRole("checkbox", { name: "Failed" }).check(),
  onlyFailed: [
    {
      selector: "tbody tr.row .state-failed",
      least: 12,
      without: "tbody tr.row .state:not(.state-failed), .list.is-old",
    },
  ],
  run: {
    graph: [{ selector: "canvas[aria-label*='task runs over time']", isColoured: true }],
    log: [{ selector: ".log-row .log-line:not(.is-missing)", least: 5 }],
    usable: [{ selector: "main h1" }, { selector: "[role=tab]", least: 5 }],
  },
  logLine: ".log-row",
};

export const PREFECT_UI: WebUi = {
  runs: [
    { selector: ".flow-run-list-item", least: 12 },
    { selector: ".flow-runs__list-controls .results-count" },
    { selector: ".flow-runs__chart .scatter-plot__dot, .flow-runs__chart canvas" },
  ],
  row: ".flow-run-list-item",
  openStates: (page) => page.getByText("All run states").first().click(),
  chooseFailed: (page) => page.locator(".p-select-option", { hasText: "Failed" }).first().click(),
  onlyFailed: [
    {
      selector: ".flow-run-list-item .state--failed",
      least: 12,
      without: ".flow-run-list-item .state-badge:not(.state--failed)",
    },
  ],
  run: {
    graph: [{ selector: ".g-flow-run-timeline canvas", isColoured: true }],
    log: [{ selector: ".log-row", least: 5 }],
    usable: [{ selector: ".page-heading-flow-run" }, { selector: ".p-tab", least: 5 }],
  },
  logLine: ".log-row",
};
