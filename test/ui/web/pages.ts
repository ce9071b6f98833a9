// Every page of the web UI with its address on a seeded server, and words that show it is there. A new page is a line here.
import type { Seeded } from "../seed.ts";

export interface PageCase {
  name: string;
  path: (data: Seeded) => string;
  texts: (string | RegExp)[];
}

export const PAGES: readonly PageCase[] = [
  { name: "flows", path: () => "/flows", texts: ["nightly-report"] },
  { name: "variables", path: () => "/variables", texts: ["colour", "petrol", "brand"] },
  { name: "not-found", path: () => "/nowhere", texts: ["Not found"] },
];
