// Every page of the web UI with its address on a seeded server, and words that show it is there. A new page is a line here.
import type { Seeded } from "../seed.ts";

export interface PageCase {
  name: string;
  path: (data: Seeded) => string;
  texts: (string | RegExp)[];
}

export const PAGES: readonly PageCase[] = [
  { name: "runs", path: () => "/flow-runs", texts: ["done-run", "broken-run", "busy-run", "Flow run encountered"] },
  { name: "flows", path: () => "/flows", texts: ["nightly-report"] },
  { name: "variables", path: () => "/variables", texts: ["colour", "petrol", "brand"] },
  { name: "concurrency-limits", path: () => "/concurrency-limits", texts: ["database", "0 of 4"] },
  {
    name: "concurrency-limit",
    path: ({ limit }) => `/concurrency-limits/concurrency-limit/${limit}`,
    texts: ["database", "No slot is taken."],
  },
  { name: "artifacts", path: () => "/artifacts", texts: ["report", "markdown", "rows"] },
  { name: "artifact", path: ({ artifact }) => `/artifacts/artifact/${artifact}`, texts: ["Revenue", "all is well"] },
  { name: "artifact-key", path: () => "/artifacts/key/rows", texts: ["Bonn", "Versions"] },
  { name: "settings", path: () => "/settings", texts: ["2.10.4", "ORCH_API_URL"] },
  { name: "not-found", path: () => "/nowhere", texts: ["Not found"] },
];
