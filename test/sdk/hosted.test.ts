// What user files import is whole, wherever they are run.
import { expect, test } from "bun:test";
import { isFlow } from "#domain/definitions.ts";
import { sdkFor } from "#sdk/hosted.ts";
import * as sdk from "#sdk/index.ts";

const host = { api: () => Promise.reject(new Error("not asked for")) };
const hosted = Object.keys(sdkFor(host));

test("all of it is in the module", () => {
  expect(hosted.filter((name) => !(name in sdk))).toEqual([]);
});

test("whatever knows its host without one says so, and is hosted", async () => {
  const isBlock = (value: unknown) => typeof value === "function" && value.prototype instanceof sdk.Block;
  const blocks = Object.entries(sdk).filter(([, value]) => isBlock(value));
  expect(blocks.length).toBeGreaterThan(10);
  expect(blocks.map(([name]) => name).filter((name) => !hosted.includes(name))).toEqual([]);
});

test("the module of 'bun FILE' exports each of them under its name", async () => {
  const text = await Bun.file("src/cli/user-code/module.ts").text();
  const [, list = ""] = /export const \{([^}]*)\} = sdkFor/.exec(text) ?? [];
  const names = list.split(",").map((name) => name.trim());
  const renamed = [...text.matchAll(/Block as (\w+)/g)].map((match) => match[1] ?? "");
  expect([...names, ...renamed].filter((name) => name !== "").toSorted()).toEqual(hosted.toSorted());
});

test("flows and classes stay what they are", () => {
  const { flow, Secret } = sdkFor(host);
  expect(isFlow(flow(async () => 1))).toBe(true);
  expect([Secret.name, new Secret({ value: "s" }) instanceof sdk.Secret]).toEqual(["Secret", true]);
});
