// Starts the web UI.
import { render } from "preact";
import { goLive } from "./data/live.ts";
import { App } from "./frame/app.tsx";
import { listenToKeys } from "./parts/keys.ts";

listenToKeys();
goLive();
const place = document.getElementById("app");
if (place) render(<App />, place);
