// Names of flows and tasks that are none, and arguments in the wrong order.
import { describe, expect, test } from "bun:test";
import { flowName, taskName } from "#domain/definitions.ts";
import { flowFor } from "#sdk/flow.ts";
import { task } from "#sdk/task.ts";

const flow = flowFor(null);
const KINDS = { flow, task } as unknown as Record<string, (...given: unknown[]) => never>; // as JavaScript calls them
const work = async function workHard() {};

for (const [kind, define] of Object.entries(KINDS)) {
  describe(kind, () => {
    for (const name of ["", " ", "\n"]) {
      test(`the name ${JSON.stringify(name)} is refused`, () => {
        expect(() => define(work, { name })).toThrow(
          `The 'name' of a ${kind} is empty. Give it one, or leave 'name' out`,
        );
      });
    }
    test("a name that is no text is refused", () => {
      expect(() => define(work, { name: 5 })).toThrow(`The 'name' of a ${kind} is a text, not a number.`);
    });
    test("options before the function are refused", () => {
      for (const first of [{ name: "" }, { name: undefined }, {}, undefined, null, "x"]) {
        expect(() => define(first, work)).toThrow(`'${kind}' takes a function first, then its options`);
      }
    });
    test("options that are no object are refused", () => {
      for (const second of ["x", 1, work])
        expect(() => define(work, second)).toThrow(`The options of a ${kind} are an object`);
    });
  });
}

test("an undefined name is that of the function", () => {
  for (const options of [undefined, null, {}, { name: undefined }, { name: null }] as never[]) {
    expect(flowName(flow(work, options))).toBe("work-hard");
    expect(taskName(task(work, options))).toBe("workHard");
  }
});

test("withOptions checks them too", () => {
  expect(() => flow(work).withOptions({ name: "" })).toThrow("is empty");
  expect(() => task(work).withOptions({ name: "" })).toThrow("is empty");
});

test("a function whose name has no letter is named by its export, or is a flow", () => {
  const _ = flow(async function _() {});
  expect([flowName(_, "doIt"), flowName(_)]).toEqual(["do-it", "flow"]);
});
