// Files that may not be read are named in one sentence by every command that takes one.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
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

/** Root cannot read a link to itself either, nor a folder in the place of a file. */
const CIRCLES = ["circle.ts", "circle.py", "circle.yaml", "circle.db", "circle.json"];
beforeAll(() => {
  for (const name of CIRCLES) symlinkSync(name, join(sandbox.folder, name));
  mkdirSync(join(sandbox.folder, "odd/tsconfig.json"), { recursive: true });
  mkdirSync(join(sandbox.folder, "odd-home/profiles.toml"), { recursive: true });
});
const circle = (file: string) => `'${file}' cannot be used: its links lead in a circle.`;
const inFolder = (file: string) => join(sandbox.folder, file);

const others: [command: string, sentence: string][] = [
  ["deployment apply circle.yaml", circle("circle.yaml")],
  ["deployment build circle.ts:x -n a", circle("circle.ts")],
  ["deployment build circle.py:x -n a", circle("circle.py")],
  ["run circle.ts", circle("circle.ts")],
  ["run circle.py", circle("circle.py")],
  ["flow run circle.ts:x", circle("circle.ts")],
  ["block register -f circle.ts", circle("circle.ts")],
  ["check circle.ts", circle(inFolder("circle.ts"))],
  ["adopt circle.db", circle(inFolder("circle.db"))],
  ["server database restore circle.db --yes", circle(inFolder("circle.db"))],
  [
    "block create secret --name a --field value=@circle.json",
    `${circle("circle.json")} It was to be read for 'value'.`,
  ],
  ["init odd", `'${inFolder("odd/tsconfig.json")}' is a folder, and has to be a file.`],
  ["types odd", `'${inFolder("odd/tsconfig.json")}' is a folder, and has to be a file.`],
];
for (const [command, sentence] of others) {
  test(`C10: ${command} says in one sentence that it is no file`, async () => {
    const { code, stderr } = await sandbox.orch(command.split(" "));
    expect([code, stderr]).toEqual([1, `${sentence}\n`]);
  });
}

test("C10: a folder in the place of the profiles is named by every command, and by doctor", async () => {
  const env = { ORCH_HOME: inFolder("odd-home") };
  const sentence = `'${inFolder("odd-home/profiles.toml")}' cannot be used: it is a folder, not a file.`;
  expect(await sandbox.orch(["config", "view"], { env })).toMatchObject({ code: 1, stderr: `${sentence}\n` });
  expect((await sandbox.orch(["doctor"], { env })).stdout).toContain(sentence);
});
