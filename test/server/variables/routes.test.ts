// Variables over the API.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { CallInput } from "#wire/endpoint.ts";
import { countVariables, createVariable, listVariables, type Variable } from "#wire/variables.ts";
import { type TestApp, testApp } from "../../app.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

async function make(name: string, value = "v", tags: string[] = []): Promise<Variable> {
  app.clock.advance(1);
  return app.call(createVariable, { body: { name, value, tags } });
}
const names = async (body: CallInput<typeof listVariables>["body"]) =>
  (await app.call(listVariables, { body })).map(({ name }) => name);

describe("making one", () => {
  test("answers 201; it is read by id and by name", async () => {
    const { status, body } = await app.send("POST", "/variables/", { name: "limit", value: "5", tags: ["a"] });
    expect([status, body]).toMatchObject([201, { name: "limit", value: "5", tags: ["a"] }]);
    expect(await app.send("GET", `/variables/${(body as Variable).id}`)).toEqual({ status: 200, body });
    expect(await app.send("GET", "/variables/name/limit")).toEqual({ status: 200, body });
  });
  test("a second of the name is 409", async () => {
    await make("a", "first");
    const answer = await app.send("POST", "/variables/", { name: "a", value: "second" });
    expect(answer).toEqual({ status: 409, body: { detail: "A variable named 'a' already exists." } as never });
    expect((await app.send("GET", "/variables/name/a")).body).toMatchObject({ value: "first" });
  });
  const REFUSED: [what: string, body: object][] = [
    ["a name with other letters", { name: "My-Limit", value: "1" }],
    ["a name of 256 letters", { name: "x".repeat(256), value: "1" }],
    ["a value of 5,001", { name: "a", value: "x".repeat(5001) }],
    ["no value", { name: "a" }],
    ["a field it does not know", { name: "a", value: "1", bogus: 1 }],
  ];
  for (const [what, body] of REFUSED) {
    test(`refuses ${what}`, async () => {
      expect((await app.send("POST", "/variables/", body)).status).toBe(422);
      expect(await app.count("variable")).toBe(0);
    });
  }
  test("takes a name of 255 and a value of 5,000 letters", async () => {
    expect((await make("x".repeat(255), "y".repeat(5000))).value).toHaveLength(5000);
  });
});

describe("changing one", () => {
  test("by id or by name, what is sent and nothing else", async () => {
    const { id } = await make("a", "1", ["t"]);
    app.clock.advance(1);
    expect((await app.send("PATCH", `/variables/${id}`, { value: "2" })).status).toBe(204);
    expect((await app.send("PATCH", "/variables/name/a", { tags: [] })).status).toBe(204);
    const { body } = await app.send("GET", "/variables/name/a");
    expect(body).toMatchObject({ id, value: "2", tags: [] });
    expect((body as Variable).updated > (body as Variable).created).toBe(true);
  });
  test("its name too, unless another one has it", async () => {
    const { id } = await make("a");
    await make("b");
    expect((await app.send("PATCH", `/variables/${id}`, { name: "b" })).status).toBe(409);
    expect((await app.send("PATCH", `/variables/${id}`, { name: "a" })).status).toBe(204);
    expect((await app.send("PATCH", `/variables/${id}`, { name: "c" })).status).toBe(204);
    expect(await names({})).toEqual(["b", "c"]);
  });
  test("deletes it by id or by name", async () => {
    const { id } = await make("a");
    await make("b");
    expect((await app.send("DELETE", `/variables/${id}`)).status).toBe(204);
    expect((await app.send("DELETE", "/variables/name/b")).status).toBe(204);
    expect(await app.count("variable")).toBe(0);
  });
  test("that is not there is 404", async () => {
    for (const path of ["01234567-89ab-cdef-0123-456789abcdef", "name/none"]) {
      for (const method of ["GET", "PATCH", "DELETE"]) {
        const answer = await app.send(method, `/variables/${path}`, method === "PATCH" ? {} : undefined);
        expect(answer).toEqual({ status: 404, body: { detail: "Variable not found." } as never });
      }
    }
  });
});

describe("finding them", () => {
  beforeEach(async () => {
    await make("b_two", "x", ["one", "two"]);
    await make("a_one", "xy", ["one"]);
    await make("c_none", "z");
  });
  const FILTERS: [what: string, filter: CallInput<typeof countVariables>["body"], found: string[]][] = [
    ["all, by name", {}, ["a_one", "b_two", "c_none"]],
    ["by name", { variables: { name: { any_: ["c_none", "d"] } } }, ["c_none"]],
    ["by a part of it", { variables: { name: { like_: "O" } } }, ["a_one", "b_two", "c_none"]],
    ["by value", { variables: { value: { any_: ["z"] } } }, ["c_none"]],
    ["by a part of it", { variables: { value: { like_: "x" } } }, ["a_one", "b_two"]],
    ["by all tags", { variables: { tags: { all_: ["one", "two"] } } }, ["b_two"]],
    ["without tags", { variables: { tags: { is_null_: true } } }, ["c_none"]],
    [
      "by either",
      { variables: { operator: "or_", name: { any_: ["a_one"] }, value: { any_: ["z"] } } },
      ["a_one", "c_none"],
    ],
  ];
  for (const [what, filter, found] of FILTERS) {
    test(what, async () => {
      expect(await names(filter ?? {})).toEqual(found);
      expect(await app.call(countVariables, { body: filter ?? {} })).toBe(found.length);
    });
  }
  test("in every order, page by page", async () => {
    expect(await names({ sort: "NAME_DESC", limit: 1 })).toEqual(["c_none"]);
    expect(await names({ sort: "CREATED_DESC" })).toEqual(["c_none", "a_one", "b_two"]);
    app.clock.advance(1);
    await app.send("PATCH", "/variables/name/b_two", { value: "new" });
    expect(await names({ sort: "UPDATED_DESC", offset: 1 })).toEqual(["c_none", "a_one"]);
  });
});
