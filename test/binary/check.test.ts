// `orch check` on the compiled executable: nothing is installed, and nothing of it is loaded by other commands.
import { afterAll, expect, test } from "bun:test";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

/** Libraries for storage are carried as text: the budget is 130 MB, 50 MB packed. */
const MOST_BYTES = 130_000_000;
const MOST_CHECKER_BYTES = 700_000;

test("the starter project has no problems, a slip in it is one", async () => {
  await sandbox.orch(["init", "."]);
  expect(await sandbox.orch(["check"])).toMatchObject({ code: 0, stdout: "No problems in 1 file.\n", stderr: "" });
  writeFileSync(
    join(sandbox.folder, "flows/slip.ts"),
    'import { sayHi } from "./marvin.ts";\nawait sayHi(5);\nawait sayHo();\n',
  );
  const { code, stdout } = await sandbox.orch(["check"]);
  expect(stdout.split("\n")).toEqual([
    "flows/slip.ts:2:13 Argument of type 'number' is not assignable to parameter of type 'string'. (TS2345)",
    "flows/slip.ts:3:7 Cannot find name 'sayHo'. Did you mean 'sayHi'? (TS2552)",
    "2 problems in 2 files.",
    "",
  ]);
  expect(code).toBe(1);
});

test("the executable keeps to its size", () => {
  expect(statSync("dist/assets/checker.asset").size).toBeLessThan(MOST_CHECKER_BYTES);
  expect(statSync("dist/orch").size).toBeLessThan(MOST_BYTES);
});
