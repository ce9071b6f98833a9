// Places in a file to the exports they belong to.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportAt } from "#project/typescript/exports.ts";

const SOURCE = `import { flow } from "orch";
export const one = flow(async () => 1);
const hidden = flow(async function hidden() {});
export const two = flow(async function two() {}), three = flow(
  async () => 3,
);
export { hidden as shown };
export default flow(async function four() {});
flow(async function alone() {});
export { five } from "./other.ts";
`;

let root = "";
let file = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "orch-exports-"));
  file = join(root, "flows.ts");
  writeFileSync(file, SOURCE);
});
afterAll(() => rmSync(root, { recursive: true }));

const at = (text: string) => {
  const before = SOURCE.slice(0, SOURCE.indexOf(text)).split("\n");
  return { line: before.length, column: before.at(-1)?.length ?? 0 };
};

const table: [text: string, exportName: string | undefined][] = [
  ["flow(async () => 1)", "one"],
  ["flow(async function hidden", "shown"],
  ["flow(async function two", "two"],
  ["flow(\n  async () => 3", "three"],
  ["async () => 3", "three"],
  ["flow(async function four", "default"],
  ["flow(async function alone", undefined],
  ["import", undefined],
];
for (const [text, exportName] of table) {
  test(`${JSON.stringify(text)} is of ${exportName}`, () => expect(exportAt(file, at(text), "")).toBe(exportName));
}

test("of two names the function's own is taken", () => {
  const path = join(root, "two.ts");
  writeFileSync(path, "const sayHi = flow(async function sayHi() {});\nexport { sayHi as other, sayHi };\n");
  const place = { line: 1, column: 14 };
  expect([exportAt(path, place, "sayHi"), exportAt(path, place, "none")]).toEqual(["sayHi", "other"]);
});
