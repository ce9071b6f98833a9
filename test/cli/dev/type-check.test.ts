// D15: type errors of a flow that `orch dev` deployed are said once, in place.
import { expect, test } from "bun:test";
import type { Problem } from "#cli/check/problems.ts";
import { createTypeCheck } from "#cli/dev/type-check.ts";

function setup() {
  const lines: string[] = [];
  let problems: Problem[] | undefined = [];
  const looked: string[] = [];
  const types = createTypeCheck({
    folder: "/project",
    io: { out: (line) => lines.push(`out ${line}`), err: (line) => lines.push(`err ${line}`), env: {} },
    signal: new AbortController().signal,
    async problemsOf(file) {
      looked.push(file);
      return problems;
    },
  });
  return {
    looked,
    async see(found: Problem[] | undefined, file = "/project/flows/a.ts") {
      problems = found;
      types.look(file);
      await types.settled();
      return lines.splice(0);
    },
  };
}

const wrong = (line: number): Problem => ({ file: "flows/a.ts", line, column: 5, code: 2322, message: "No." });

test("D15: once as long as they are the same, and when they are gone", async () => {
  const { see } = setup();
  expect(await see([])).toEqual([]);
  expect(await see([wrong(3)])).toEqual(["err Type error: flows/a.ts:3:5 No."]);
  expect(await see([wrong(3)])).toEqual([]);
  expect(await see([wrong(4)])).toEqual(["err Type error: flows/a.ts:4:5 No."]);
  expect(await see(undefined)).toEqual([]);
  expect(await see([])).toEqual(["out 'flows/a.ts' has no type errors any more."]);
});

test("D15: five at most, and no look at files of other languages", async () => {
  const { see, looked } = setup();
  const many = Array.from({ length: 7 }, (_, index) => wrong(index + 1));
  expect((await see(many)).at(-1)).toBe("err … and 2 more: 'orch check' shows all.");
  await see(many, "/project/flows/b.py");
  expect(looked).toEqual(["/project/flows/a.ts"]);
});
