// Names of runs made from templates.
import { expect, test } from "bun:test";
import type { UserFunction } from "#domain/parameters/parameter-names.ts";
import { nameOfFlowRun, nameOfTaskRun } from "#engine/run/run-names.ts";

const one: UserFunction = (name: string) => name;
const CASES: [
  template: string | (() => string) | undefined,
  args: unknown[],
  name: string | undefined,
  fn?: UserFunction,
][] = [
  [undefined, [], undefined],
  ["plain", [], "plain"],
  ["hi {name}", ["Ada"], "hi Ada"],
  ["{name}-{count}", ["a", 3], "a-3", (name: string, count: number) => [name, count]],
  ["{list} {flag}", [[1, 2], true], "[1,2] true", (list: number[], flag: boolean) => [list, flag]],
  ["run {name}", [9007199254740993n], "run 9007199254740993"],
  ["of {name}", [new Map([["a", 1n]])], 'of {"a":1}'],
  ["of {name}", [new Date(0)], "of 1970-01-01T00:00:00.000Z"],
  ["of {name}", [new URL("https://a.example/x")], "of https://a.example/x"],
  ["{unknown} stays", ["Ada"], "{unknown} stays"],
  ["{constructor} stays", ["Ada"], "{constructor} stays"],
  ["{name} was not given", [], "{name} was not given"],
  ["{größe}", [5], "5", (größe: number) => größe],
  [() => "made", [], "made"],
  ["{mode} {n} {on} {big}", [], "fast 3 true 5", (mode = "fast", n = 3, on = true, big = 5n) => [mode, n, on, big]],
  ["{mode}", ["slow"], "slow", (mode = "fast") => mode],
  ["{day} {page}", [{ day: "monday" }], "monday 1", ({ day, page = 1 }: { day: string; page?: number }) => [day, page]],
  ["{day}", [{ day: "monday" }], "monday", ({ day: other = "x" }: { day?: string }) => other],
  ["{more}", [1, 2, 3], "[2,3]", (_first: number, ...more: number[]) => more],
  ["{when}", [], "{when}", (when = new Date(0)) => when],
];
for (const [template, args, name, fn = one] of CASES) {
  test(`${template} becomes ${name}`, () => {
    const options = template === undefined ? {} : { flowRunName: template, taskRunName: template };
    expect(nameOfFlowRun({ fn, options }, args)).toBe(name as string);
    expect(nameOfTaskRun({ fn, options }, args)).toBe(name as string);
  });
}

test("the parameters of a schema are those of its one object", () => {
  const options = { flowRunName: "{day}", parameters: {} as never };
  expect(nameOfFlowRun({ fn: (all: object) => all, options }, [{ day: "monday" }])).toBe("monday");
});
