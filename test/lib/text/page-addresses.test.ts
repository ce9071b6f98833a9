// The addresses of pages are Prefect's, and names in them are escaped.
import { expect, test } from "bun:test";
import { pageAt, pages } from "#lib/text/page-addresses.ts";

test("a page lies where its API lies", () => {
  expect(pageAt("http://127.0.0.1:4200/api", pages.flowRun("1"))).toBe("http://127.0.0.1:4200/flow-runs/flow-run/1");
  expect(pageAt("https://example.com/orch/api/", pages.createBlock("secret"))).toBe(
    "https://example.com/orch/blocks/catalog/secret/create",
  );
});

test("names in an address are escaped", () => {
  expect(pages.poolQueue("a/b", "50 %")).toBe("/work-pools/work-pool/%25a%252Fb/queue/50%20%25");
});
