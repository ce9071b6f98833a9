// What a flow prints by process.stdout and process.stderr arrives whole, also where its reader is slow.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createSandbox, type Sandbox } from "./sandbox.ts";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox(["test"]);
});
afterEach(() => sandbox.close());

const LETTERS = 2_000_000;
const FLOW = `import { writeFileSync } from "node:fs";
import { flow } from "orch";
export const prints = flow(async function prints() {
  for (let letters = 0; letters < ${LETTERS}; letters += 100) {
    process.stdout.write("#".repeat(100));
    process.stderr.write("%".repeat(100));
  }
  writeFileSync("printed", "");
});`;

test("a reader that begins when the flow has printed gets all of it", async () => {
  await Bun.write(`${sandbox.folder}/prints.ts`, FLOW);
  const reader = "while ! test -e printed; do sleep 0.02; done; cat";
  const { stdout } = await sandbox.shell(`orch flow run prints.ts 2>&1 | { ${reader}; }`);
  const count = (letter: string) => stdout.split(letter).length - 1;
  expect([count("#"), count("%")]).toEqual([LETTERS, LETTERS]);
});
