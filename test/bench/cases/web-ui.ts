// orch's web UI beside Prefect's own, both on orch's server and over the same data, in Chromium: how long a reader waits, and
// what the page costs while it is open. "Cold": nothing is in the browser's cache; "again": all files are. CPU is the main
// thread's. Targets are those of the design.
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { chromiumPath, launch } from "../../ui/browser.ts";
import { fillLively } from "../../ui/lively.ts";
import type { Case, Figure } from "../cases.ts";
import { type Bed, createBed, orchProduct } from "../product.ts";
import { median, show } from "../stats.ts";
import { filterTimes } from "../web-ui/filters.ts";
import { idleFigures, liveFigures } from "../web-ui/live.ts";
import { openTab, type Sight, type Taken } from "../web-ui/tab.ts";
import { ORCH_UI, PREFECT_UI, type WebUi } from "../web-ui/uis.ts";

const UI_OF_PACKAGE = "lib/python3.11/site-packages/prefect/server/ui";
/** Loops that would change runs while a tab is idle. */
const STILL = {
  ORCH_API_SERVICES_SCHEDULER_ENABLED: "false",
  ORCH_API_SERVICES_LATE_RUNS_ENABLED: "false",
  ORCH_API_SERVICES_LOST_RUNS_ENABLED: "false",
};
const SCROLL_MS = 3_000;
/** Five lines a frame: three hundred a second. */
const SCROLL_PIXELS = 100;

/** The server with one of the UIs, and a browser of its own. */
export interface Stage {
  bed: Bed;
  url: string;
  browser: Browser;
  /** The path of the browser's program. */
  chromium: string;
  ui: WebUi;
  runs: Record<string, string>;
  times: number;
}

const figure = (what: string, taken: readonly Taken[], budget: string): Figure => ({
  ...{ what, unit: "ms", budget },
  value: median(taken.map(({ wall }) => wall)),
  cpu: median(taken.map(({ cpu }) => cpu)),
});

/** Cold in a tab without a cache, then again in another one that has the files; `times` each. */
async function openings({ browser, url, times }: Stage, path: string, sights: readonly Sight[]) {
  const [cold, again]: [Taken[], Taken[]] = [[], []];
  for (let time = 0; time < times; time += 1) {
    const tab = await openTab(browser);
    cold.push(await tab.open(url + path, sights));
    again.push(await (await openTab(browser, tab)).open(url + path, sights));
    await tab.close();
  }
  return { cold, again };
}

async function pageFigures(stage: Stage): Promise<Figure[]> {
  const { ui, runs } = stage;
  const pages = [
    { what: "ui 3: runs page of 100,000 runs", path: "/flow-runs", sights: ui.runs, budget: "≤ 300 ms" },
    {
      what: "run page of 2,000 tasks: graph",
      path: `/flow-runs/flow-run/${runs["two-thousand-tasks"]}`,
      ...{ sights: ui.run.graph, budget: "≤ 500 ms" },
    },
    {
      what: "ui 1: run page of 100,000 lines: first line",
      path: `/flow-runs/flow-run/${runs["hundred-thousand-lines"]}`,
      ...{ sights: ui.run.log, budget: "≤ 300 ms" },
    },
    {
      what: "ui 1: run page of 5,000 tasks: usable",
      path: `/flow-runs/flow-run/${runs["five-thousand-tasks"]}`,
      ...{ sights: ui.run.usable, budget: "≤ 500 ms" },
    },
  ];
  const figures: Figure[] = [];
  for (const { what, path, sights, budget } of pages) {
    const { cold, again } = await openings(stage, path, sights);
    figures.push(figure(`${what}, cold`, cold, budget), figure(`${what}, again`, again, budget));
  }
  return figures;
}

async function filterFigures({ browser, url, ui, times }: Stage): Promise<Figure[]> {
  const tab = await openTab(browser);
  const taken: Taken[] = [];
  for (let time = 0; time < times; time += 1) {
    await tab.open(`${url}/flow-runs`, ui.runs);
    await ui.openStates(tab.page);
    taken.push(await tab.act(ui.chooseFailed, ui.onlyFailed));
  }
  await tab.close();
  return [figure("filter by state, 100,000 runs", taken, "≤ 150 ms")];
}

/** What travels until the page of runs is usable, as it travels. */
async function sizeFigures({ browser, url, ui }: Stage): Promise<Figure[]> {
  const tab = await openTab(browser);
  let [files, data] = [0, 0];
  const isData = new Map<string, boolean>();
  await tab.cdp.send("Network.enable");
  tab.cdp.on("Network.requestWillBeSent", ({ requestId, request }) =>
    isData.set(requestId, request.url.includes("/api/")),
  );
  tab.cdp.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    if (isData.get(requestId)) data += encodedDataLength;
    else files += encodedDataLength;
  });
  await tab.open(`${url}/flow-runs`, ui.runs);
  await tab.close();
  return [
    { what: "first page: files", unit: "KB", value: files / 1024, budget: "≤ 90 KB" },
    { what: "first page: data", unit: "KB", value: data / 1024 },
  ];
}

async function scrollFigures({ browser, url, ui, runs }: Stage): Promise<Figure[]> {
  const tab = await openTab(browser);
  await tab.open(`${url}/flow-runs/flow-run/${runs["hundred-thousand-lines"]}`, ui.run.log);
  const { perSecond, cpuPerFrame } = await tab.frames(SCROLL_MS, { near: ui.logLine, by: SCROLL_PIXELS });
  await tab.close();
  return [
    {
      ...{ what: "ui 7: scrolling a log of 100,000 lines: frames (CPU of one)", unit: "per s", budget: "60/s" },
      ...{ value: perSecond, cpu: cpuPerFrame },
    },
  ];
}

export const webUiCase: Case = {
  name: "web-ui",
  async measure({ name, command: [command = ""] }, { quick, program }) {
    const chromium = chromiumPath();
    if (!chromium) throw new Error("there is no Chromium here (Debian: apt-get install chromium)");
    const bed = await createBed(orchProduct([program]));
    try {
      const { runs } = await fillLively(bed.home, { small: quick });
      const theirs = { ORCH_UI_STATIC_DIRECTORY: join(command, "../..", UI_OF_PACKAGE) };
      await bed.startServer({ ...STILL, ...(name === "Prefect" ? theirs : {}) });
      const browser = await launch(chromium);
      const stage: Stage = {
        ...{ bed, browser, chromium, runs, url: bed.api.replace(/\/api$/, "") },
        ...{ ui: name === "Prefect" ? PREFECT_UI : ORCH_UI, times: quick ? 1 : 5 },
      };
      try {
        // The first page of all starts processes of the browser, and reads the database from the disk.
        const first = await openTab(browser);
        await first.open(`${stage.url}/flow-runs`, stage.ui.runs);
        await first.close();
        const figures: Figure[] = [];
        for (const part of [pageFigures, filterFigures, sizeFigures, scrollFigures, idleFigures, liveFigures]) {
          const begin = performance.now();
          figures.push(...(await part(stage)));
          console.error(`  ${part.name}: ${show(performance.now() - begin, "ms")}`);
        }
        if (name === "orch") figures.push(...(await filterTimes(stage)));
        return figures;
      } finally {
        await browser.close();
      }
    } finally {
      await bed.close();
    }
  },
};
