// Starts the web UI.
import { render } from "preact";
import { pageOf } from "./data/base.ts";
import { goLive } from "./data/live.ts";
import { App } from "./frame/app.tsx";
import { loadPage } from "./pages/registry.ts";
import { listenToKeys } from "./parts/keys.ts";

listenToKeys();
goLive();
const place = document.getElementById("app");
// The browser loads both at once: drawn together they cost one frame, and the page's reads begin a frame sooner.
loadPage(pageOf(location.pathname)).then(() => place && render(<App />, place));
