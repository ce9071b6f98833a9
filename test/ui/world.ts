// A seeded server with the UI of Prefect's package, and a browser that looks at it.
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { prefectEnvironment } from "../bench/environment.ts";
import { createSandbox } from "../binary/sandbox.ts";
import { chromiumPath, launch, openPage, type Watched } from "./browser.ts";
import { type Seeded, type Send, seed, sender } from "./seed.ts";

const UI = "lib/python3.11/site-packages/prefect/server/ui";
const chromium = chromiumPath();
if (!chromium) console.log("Skipped: there is no Chromium here (Debian: apt-get install chromium).");
const prefect = await prefectEnvironment().catch((error) => {
  console.log(`Skipped: Prefect 2.10.4 cannot be installed here. ${error}`);
});

/** Whether what the tests need can be had here. */
export const possible = chromium !== undefined && prefect !== undefined;

export interface World extends Watched {
  url: string;
  data: Seeded;
  send: Send;
  /** What the page complained of since it was last asked, but for the faults that are the UI's own. */
  news(): string[];
  close(): Promise<void>;
}

/** Faults of the UI itself, which it has with its own server too. */
const KNOWN = [
  // It takes the name of a run's queue for an id as well.
  /422 POST \S+\/work_queues\/filter$/,
  // It asks for a run with no id when the one it shows is deleted; the old server refuses that as well.
  /422 POST \S+\/flow_runs\/filter$/,
  // It looks whether the name of a new variable is taken.
  /404 GET \S+\/variables\/name\/\w+$/,
  /console: Failed to load resource: the server responded with a status of 4(22|04)/,
  /^console: \w\w$/,
  // Its radar draws the tasks before it has the run they belong to, when they are answered first.
  /reading 'downstreamNodes'/,
];

export async function createWorld(): Promise<World> {
  if (!chromium || !prefect) throw new Error("asked for although it is not possible");
  const sandbox = createSandbox();
  const off = { ORCH_API_SERVICES_LOST_RUNS_ENABLED: "false", ORCH_API_SERVICES_LATE_RUNS_ENABLED: "false" };
  const env = { ...off, ORCH_UI_STATIC_DIRECTORY: join(prefect, UI) };
  const server = sandbox.start(["server", "start", "--port", "0"], env);
  const url = (await server.until(/running at (http:\S+?),/))[1] ?? "";
  const send = sender(url);
  const data = await seed(send);
  const browser: Browser = await launch(chromium);
  const watched = await openPage(browser);
  return {
    ...watched,
    ...{ url, data, send },
    news: () => watched.complaints.splice(0).filter((complaint) => !KNOWN.some((known) => known.test(complaint))),
    async close() {
      await browser.close();
      await sandbox.close();
    },
  };
}
