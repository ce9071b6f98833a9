// Commands that change the same thing at the same moment: none fails, and none undoes another.
import { afterAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(sandbox.close);

const NUMBERS = [1, 2, 3, 4, 5, 6];

test("profiles are all made", async () => {
  const made = await Promise.all(NUMBERS.map((number) => sandbox.orch(["profile", "create", `p${number}`])));
  expect(made.map(({ code }) => code)).toEqual(NUMBERS.map(() => 0));
  const { stdout } = await sandbox.orch(["profile", "ls", "--json"]);
  const names = JSON.parse(stdout).map(({ name }: { name: string }) => name);
  expect(names.toSorted()).toEqual(["default", ...NUMBERS.map((number) => `p${number}`)]);
});

test("a lock that a killed command left holds nothing up", async () => {
  writeFileSync(join(sandbox.home, ".orch/profiles.toml.lock"), "");
  expect(await sandbox.orch(["profile", "create", "after"])).toMatchObject({ code: 0 });
});

test("a new variable is set by each", async () => {
  const set = await Promise.all(NUMBERS.map((number) => sandbox.orch(["variable", "set", "same", `${number}`])));
  expect(set.map(({ code, stderr }) => [code, stderr])).toEqual(NUMBERS.map(() => [0, ""]));
});
