// Draws the frame with the page that was opened, and begins to listen.
import { render } from "preact";
import { goLive } from "../data/live.ts";
import { followOtherTabs } from "../data/storage.ts";
import { loadPage } from "../pages/registry.ts";
import { listenToKeys } from "../parts/keys.ts";
import { showExactTimes } from "../parts/text/time-titles.ts";
import { App } from "./app.tsx";

/** Starts the page at `path`, which is relative to the base. */
export async function start(path: string): Promise<void> {
  listenToKeys();
  goLive();
  // The browser loads both at once: drawn together they cost one frame.
  await loadPage(path);
  const place = document.getElementById("app");
  if (place) render(<App />, place);
  showExactTimes();
  followOtherTabs();
}
