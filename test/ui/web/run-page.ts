// What tests of a run's page look for.
import type { Locator, Page } from "playwright-core";

export const toPage = (id: string, query = "") => `/flow-runs/flow-run/${id}${query}`;

export const button = (page: Page, name: string): Locator => page.getByRole("button", { name, exact: true });

/** What the lines of the log scroll in. */
export const box = (page: Page): Locator => page.getByRole("region", { name: "Lines of the log" });

/** Waits until the line at this position of the log is within the box. */
export async function sees(page: Page, position: number): Promise<void> {
  await page.waitForFunction((wanted) => {
    const frame = document.querySelector(".log-box")?.getBoundingClientRect();
    const line = document.querySelector(`.log-row[data-position="${wanted}"] .text`)?.getBoundingClientRect();
    return frame && line && line.top >= frame.top - 1 && line.bottom <= frame.bottom + 1;
  }, position);
}
