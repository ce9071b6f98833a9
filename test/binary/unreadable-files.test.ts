// Files that may not be read are named in one sentence by every command that takes one.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox(["setpriv", "python3"]);
const FILES = ["a.ts", "a.py", "a.yaml", "a.db"];

beforeAll(() => {
  mkdirSync(join(sandbox.folder, "flows"));
  for (const name of FILES) {
    writeFileSync(join(sandbox.folder, name), "");
    chmodSync(join(sandbox.folder, name), 0);
  }
});
afterAll(sandbox.close);

/** Root reads everything, unless it gives the right up. */
const AS_OTHERS = process.getuid?.() === 0 ? "setpriv --bounding-set=-dac_override,-dac_read_search" : "";
const closed = (file: string) =>
  `'${file}' cannot be used: permission denied. Check its rights and those of its folders.`;

const cases: [command: string, sentence: string | RegExp][] = [
  ["deployment apply a.yaml", closed("a.yaml")],
  ["deployment build a.ts:x -n a", closed("a.ts")],
  ["deployment build a.py:x -n a", closed("a.py")],
  ["run a.ts", closed("a.ts")],
  ["run a.py", closed("a.py")],
  ["flow run a.ts:x", closed("a.ts")],
  ["flow run a.py:x", closed("a.py")],
  ["block register -f a.ts", closed("a.ts")],
  ["block register -f flows", "'flows' is a folder: name a file in it."],
  ["server database restore a.db --yes", closed("a.db")],
  ["adopt a.db", /^'\S+a\.db' cannot be used: permission denied\./],
  ["check a.ts", closed("a.ts")],
];
for (const [command, sentence] of cases) {
  test(`C10: ${command} says in one sentence that it cannot be read`, async () => {
    const { code, stderr } = await sandbox.shell(`exec ${AS_OTHERS} orch ${command}`);
    const [first, ...others] = stderr.trim().split("\n");
    expect([code, others]).toEqual([1, []]);
    if (typeof sentence === "string") expect(first).toBe(sentence);
    else expect(first).toMatch(sentence);
  }, 20_000);
}
