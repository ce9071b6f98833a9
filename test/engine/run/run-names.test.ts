// Names of runs made from templates.
import { expect, test } from "bun:test";
import { fillTemplate } from "#engine/run/run-names.ts";

const CASES: [template: string | (() => string) | undefined, args: unknown[], name: string | undefined][] = [
  [undefined, [], undefined],
  ["plain", [], "plain"],
  ["hi {name}", ["Ada"], "hi Ada"],
  ["{name}-{count}", ["a", 3], "a-3"],
  ["{list} {flag}", [[1, 2], true], "[1,2] true"],
  ["run {name}", [9007199254740993n], "run 9007199254740993"],
  ["of {name}", [new Map([["a", 1n]])], 'of {"a":1}'],
  ["{unknown} stays", ["Ada"], "{unknown} stays"],
  ["{name} was not given", [], "{name} was not given"],
  [() => "made", [], "made"],
];
const NAMES: Record<number, string[]> = { 3: ["name", "count"], 4: ["list", "flag"] };
for (const [index, [template, args, name]] of CASES.entries()) {
  test(`${template} becomes ${name}`, () => {
    expect(fillTemplate(template, NAMES[index] ?? ["name"], args)).toBe(name as string);
  });
}
