// Starts the web UI: small, so that the first reads are on their way before the rest is there.
import { callAhead } from "./data/ahead.ts";
import { pageOf } from "./data/base.ts";
import { now } from "./data/clock.ts";
import { firstReads } from "./pages/first-reads.ts";

const path = pageOf(location.pathname);
for (const { name, input } of firstReads(path, location.href, now())) callAhead(name, input);
import("./frame/start.tsx").then(({ start }) => start(path));
