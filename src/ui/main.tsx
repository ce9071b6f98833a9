// Starts the web UI: small, so that the first reads are on their way before the rest is there.
import { pageOf } from "./data/base.ts";
import { readFirst } from "./pages/first-reads.ts";

const path = pageOf(location.pathname);
readFirst(path, location.href);
import("./frame/start.tsx").then(({ start }) => start(path));
