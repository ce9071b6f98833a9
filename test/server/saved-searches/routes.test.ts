// Saved searches over the API.
import { afterEach, beforeEach, expect, test } from "bun:test";
import type { SavedSearch } from "#wire/saved-searches.ts";
import { type TestApp, testApp } from "../../app.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

const FILTERS = [{ object: "flow_run", property: "state", type: "state", operation: "any", value: ["FAILED"] }];
const save = (body: object) => app.send("PUT", "/saved_searches/", body);

test("saving answers 201, again 200 with the same id and the new filters", async () => {
  const first = await save({ name: "mine", filters: FILTERS });
  expect(first).toMatchObject({ status: 201, body: { name: "mine", filters: FILTERS } });
  app.clock.advance(1000);
  const second = await save({ name: "mine" });
  const { id, created, updated } = first.body as SavedSearch;
  expect(second).toMatchObject({ status: 200, body: { id, created, filters: [] } });
  expect((second.body as SavedSearch).updated > updated).toBe(true);
  expect(await app.count("saved_search")).toBe(1);
  expect((await app.send("GET", `/saved_searches/${id}`)).body as unknown).toEqual(second.body);
});

test("lists by name, in pages", async () => {
  for (const name of ["c", "a", "b"]) await save({ name });
  const list = async (body?: object) =>
    ((await app.send("POST", "/saved_searches/filter", body)).body as SavedSearch[]).map(({ name }) => name);
  expect([await list(), await list({ limit: 1, offset: 1 })]).toEqual([["a", "b", "c"], ["b"]]);
  expect((await app.send("POST", "/saved_searches/filter", { limit: 201 })).status).toBe(422);
});

test("deleting answers 204, then 404 as reading does", async () => {
  const { id } = (await save({ name: "mine" })).body as SavedSearch;
  expect((await app.send("DELETE", `/saved_searches/${id}`)).status).toBe(204);
  const missing = { status: 404, body: { detail: "Saved search not found" } } as object;
  expect(await app.send("DELETE", `/saved_searches/${id}`)).toEqual(missing as never);
  expect(await app.send("GET", `/saved_searches/${id}`)).toEqual(missing as never);
});

for (const [what, body] of [
  ["no name", { filters: [] }],
  ["an unknown key", { name: "mine", bogus: 1 }],
  ["half a filter", { name: "mine", filters: [{ object: "flow_run" }] }],
] as const) {
  test(`${what} is 422 and nothing is saved`, async () => {
    expect((await save(body)).status).toBe(422);
    expect(await app.count("saved_search")).toBe(0);
  });
}
