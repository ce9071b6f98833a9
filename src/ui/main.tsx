// Starts the web UI.
import { render } from "preact";
import { pageOf } from "./data/base.ts";
import { goLive } from "./data/live.ts";
import { followOtherTabs } from "./data/storage.ts";
import { App } from "./frame/app.tsx";
import { loadPage } from "./pages/registry.ts";
import { listenToKeys } from "./parts/keys.ts";
import { showExactTimes } from "./parts/time-titles.ts";

listenToKeys();
goLive();
const place = document.getElementById("app");
// The browser loads both at once: drawn together they cost one frame, and the page's reads begin a frame sooner.
loadPage(pageOf(location.pathname)).then(() => {
  if (place) render(<App />, place);
  showExactTimes();
  followOtherTabs();
});
