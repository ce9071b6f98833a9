// Flows with a schema for their parameters, called: checked, transformed, refused.
import { expect, test } from "bun:test";
import { type } from "arktype";
import * as v from "valibot";
import * as z from "zod";
import { flow } from "#sdk/index.ts";
import { here } from "./here.ts";

const Parameters = z.object({ name: z.string().default("Marvin"), num: z.coerce.number().int() });
const greet = flow(async ({ name, num }) => `${name} ${num + 1}`, { name: "greet", parameters: Parameters });

test("the function gets what the schema makes of the parameters; the run records what was given", async () => {
  const { run, api } = here();
  const state = await run(greet, { num: "41" });
  expect(state.result()).toBe("Marvin 42");
  expect(api.flowRuns[0]).toMatchObject({ parameters: { num: "41" } });
});

const LIBRARIES = {
  zod: z.object({ a: z.object({ b: z.number() }), c: z.string() }),
  valibot: v.object({ a: v.object({ b: v.number() }), c: v.string() }),
  arktype: type({ a: { b: "number" }, c: "string" }),
};
for (const [library, parameters] of Object.entries(LIBRARIES)) {
  test(`a refusal of ${library} fails the run with a sentence for each parameter, before the function is called`, async () => {
    let called = false;
    const definition = flow(
      async () => {
        called = true;
      },
      { name: "f", parameters },
    );
    const { run } = here();
    const state = await run(definition, { a: { b: "x" } });
    expect([state.type, called]).toEqual(["FAILED", false]);
    expect(state.message).toMatch(
      /Validation of flow parameters failed with error: parameter '(a\.b|c)': .*; parameter '(a\.b|c)': /,
    );
  });
}

test("checks that take time are waited for", async () => {
  const taken = z.object({ name: z.string().refine(async (name) => name !== "taken", "is taken") });
  const definition = flow(async ({ name }) => name, { name: "f", parameters: taken });
  const { run } = here();
  expect((await run(definition, { name: "free" })).result()).toBe("free");
  expect((await run(definition, { name: "taken" })).message).toContain("parameter 'name': is taken");
});

test("a subflow is checked too, and its parent sees the refusal", async () => {
  const { run } = here();
  const parent = flow(async () => greet({ num: "many" } as never), { name: "parent" });
  const state = await run(parent);
  expect(String(state.error())).toContain("parameter 'num'");
});

test("validateParameters: false passes what was given", async () => {
  const { run } = here();
  const state = await run(greet.withOptions({ validateParameters: false }), { name: "Ada", num: "1" });
  expect(state.result()).toBe("Ada 11");
});
