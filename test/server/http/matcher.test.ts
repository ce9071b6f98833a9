import { describe, expect, test } from "bun:test";
import { createMatcher, paramNames } from "#server/http/matcher.ts";
import { handle } from "#server/http/route.ts";
import { endpoint, type Method } from "#wire/endpoint.ts";

const route = (method: Method, path: string) => handle(endpoint(method, path), async () => null);

const matcher = createMatcher([
  route("GET", "/health"),
  route("POST", "/flows/"),
  route("POST", "/flows/filter"),
  route("GET", "/flows/{id}"),
  route("PATCH", "/flows/{id}"),
  route("GET", "/flows/name/{name}"),
  route("GET", "/deployments/name/{flow_name}/{deployment_name}"),
  route("POST", "/flows/{id}/schedule"),
]);

describe("a path with its method", () => {
  const cases: [method: string, path: string, found: string, params: Record<string, string>][] = [
    ["GET", "/health", "/health", {}],
    ["POST", "/flows/", "/flows/", {}],
    ["POST", "/flows/filter", "/flows/filter", {}],
    ["GET", "/flows/123", "/flows/{id}", { id: "123" }],
    ["HEAD", "/flows/123", "/flows/{id}", { id: "123" }],
    ["GET", "/flows/name/say-hi", "/flows/name/{name}", { name: "say-hi" }],
    ["GET", "/flows/name/say%20hi%3F", "/flows/name/{name}", { name: "say hi?" }],
    ["GET", "/flows/name/100%25", "/flows/name/{name}", { name: "100%" }],
    // As `pathPart` writes names that would be taken for folders.
    ["GET", "/flows/name/%25.", "/flows/name/{name}", { name: "." }],
    ["GET", "/flows/name/%25a%252Fb", "/flows/name/{name}", { name: "a/b" }],
    [
      "GET",
      "/deployments/name/a/b",
      "/deployments/name/{flow_name}/{deployment_name}",
      { flow_name: "a", deployment_name: "b" },
    ],
    // `name` is a fixed segment of another route, which does not go on like this.
    ["POST", "/flows/name/schedule", "/flows/{id}/schedule", { id: "name" }],
  ];
  for (const [method, path, found, params] of cases) {
    test(`${method} ${path} is ${found}`, () => {
      const match = matcher.find(method, path);
      if (!match || "methods" in match) throw new Error("no match");
      expect(match.route.endpoint.path).toBe(found);
      expect(match.params).toEqual(params);
    });
  }
});

describe("what is no route", () => {
  for (const path of ["/", "", "/flow", "/health/", "/flows", "/flows/name/", "/deployments/name/a", "/flows/1/2"]) {
    test(`'${path}' is unknown`, () => {
      expect(matcher.find("GET", path)).toBeUndefined();
    });
  }

  test("a %2F in a segment matches nothing, as on the old server", () => {
    expect(matcher.find("GET", "/flows/name/a%2Fb")).toBeUndefined();
  });

  test("text that is not percent-encoded matches nothing", () => {
    expect(matcher.find("GET", "/flows/name/%zz")).toBeUndefined();
  });

  test("a known path with another method says what it takes", () => {
    expect(matcher.find("DELETE", "/flows/123")).toEqual({ methods: ["GET", "PATCH"] });
  });
});

test("the names of a path are its parameters in order", () => {
  expect(paramNames("/a/{one}/b/{two}")).toEqual(["one", "two"]);
  expect(paramNames("/a/b")).toEqual([]);
});
