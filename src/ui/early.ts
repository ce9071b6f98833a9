// Sends the first reads of the page that is opened. The build puts it into the page, so that they are under way before any script is there.
import { endpointLines } from "#wire/endpoint-lines.ts" with { type: "macro" };
import { pageOf } from "./data/base.ts";
import { beginRequest } from "./data/begun.ts";
import { lineOf, requestOf } from "./data/request.ts";
import { stored } from "./data/stored.ts";
import { firstReads, withLastRange } from "./pages/first-reads.ts";

/** As `first-reads.ts` names them. */
const LINES = endpointLines(["readFlowRunPage", "readFlowRunStory", "readTimeline", "readLogWindow"]);

const path = pageOf(location.pathname);
history.replaceState(history.state, "", withLastRange(path, location.href, stored("range")));
for (const { name, input } of firstReads(path, location.href, Date.now()))
  beginRequest(requestOf(lineOf(LINES[name] ?? ""), input));
