// What a page of runs costs while it is open: with a hundred state changes a second, and with none.

import { launch } from "../../ui/browser.ts";
import type { Stage } from "../cases/web-ui.ts";
import type { Figure } from "../cases.ts";
import { cpuOfBrowser, openTab } from "./tab.ts";

const CHANGES_PER_SECOND = 100;
const LIVE_MS = 5_000;
const BUSY_RUNS = 40;
const IDLE_MS = 10_000;

/** Makes runs that lie at the top of the list, and changes the state of one after the other until it is stopped. */
async function changing({ bed }: Stage): Promise<() => Promise<number>> {
  const [some] = await bed.call<{ flow_id: string }[]>("POST", "/flow_runs/filter", { limit: 1 });
  const made = Array.from({ length: BUSY_RUNS }, (_, number) =>
    bed.call<{ id: string }>("POST", "/flow_runs/", {
      ...{ flow_id: some?.flow_id, name: `busy-${number}`, state: { type: "PENDING" } },
    }),
  );
  const ids = (await Promise.all(made)).map(({ id }) => id);
  const pending = new Set<Promise<unknown>>();
  let count = 0;
  const timer = setInterval(() => {
    const id = ids[count % ids.length];
    const type = Math.floor(count / ids.length) % 2 === 0 ? "RUNNING" : "PAUSED";
    count += 1;
    const sent = bed
      .call("POST", `/flow_runs/${id}/set_state`, { state: { type }, force: true })
      .finally(() => pending.delete(sent));
    pending.add(sent);
  }, 1_000 / CHANGES_PER_SECOND);
  return async () => {
    clearInterval(timer);
    await Promise.all(pending);
    return count;
  };
}

export async function liveFigures(stage: Stage): Promise<Figure[]> {
  const { browser, url, ui } = stage;
  const tab = await openTab(browser);
  await tab.open(`${url}/flow-runs`, ui.runs);
  const stop = await changing(stage);
  const { perSecond, cpuPerFrame } = await tab.frames(LIVE_MS);
  const count = await stop();
  await tab.close();
  const rate = Math.round((count * 1000) / LIVE_MS);
  return [
    {
      ...{ what: "runs page, 100 state changes a second: frames (CPU of one)", unit: "per s", budget: "60/s" },
      ...{ value: perSecond, cpu: cpuPerFrame },
    },
    ...(rate < CHANGES_PER_SECOND * 0.9
      ? [{ what: "state changes that were made meanwhile", unit: "per s" as const, value: rate }]
      : []),
  ];
}

/** Of all processes of a browser that has this one tab and has had no other: what pages before it left behind is not the tab's. */
export async function idleFigures({ chromium, url, ui }: Stage): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const query of ["", "?state=Running"]) {
    const browser = await launch(chromium);
    const tab = await openTab(browser);
    await tab.page.goto(`${url}/flow-runs${query}`);
    await tab.page.locator(ui.row).first().waitFor();
    // What follows the first rows is no part of idleness.
    await Bun.sleep(2_000);
    const before = await cpuOfBrowser(browser);
    await Bun.sleep(IDLE_MS);
    const cpu = (await cpuOfBrowser(browser)) - before;
    await browser.close();
    figures.push({
      ...{ what: `ui 5: an idle tab, /flow-runs${query}: of a core`, unit: "%", budget: "< 2 %" },
      value: (100 * cpu) / IDLE_MS,
    });
  }
  return figures;
}
