import { expect, test } from "bun:test";
import { homedir } from "node:os";
import { userHome, withUserHome } from "#lib/process/user-home.ts";
import { homeOf } from "#settings/load.ts";

test("C8: HOME is the home; where it is unset or empty, the user database has it", () => {
  expect(userHome({ HOME: "/given" })).toBe("/given");
  for (const env of [{}, { HOME: "" }]) expect(userHome(env)).toBe(homedir());
});

test("C8: a tilde at the beginning is the home, elsewhere it is a letter", () => {
  const env = { HOME: "/h" };
  expect(["~", "~/a", "~a", "a/~", "/~/b", ""].map((path) => withUserHome(path, env))).toEqual([
    ...["/h", "/h/a", "~a", "a/~", "/~/b", ""],
  ]);
});

test("C8: the home of orch is in it", () => {
  expect(homeOf({ HOME: "/h" })).toBe("/h/.orch");
  expect(homeOf({ HOME: "" })).toBe(`${homedir()}/.orch`);
  expect(homeOf({ ORCH_HOME: "~/x" })).toBe(`${homedir()}/x`);
  expect(homeOf({ PREFECT_HOME: "~/x", HOME: "/h" })).toBe("/h/x");
});
