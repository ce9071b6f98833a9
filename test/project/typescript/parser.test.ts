// The parser as the build leaves it: ours are TypeScript and JSX, and nothing else of what it could read.
import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { parser } from "#project/typescript/parser.ts";

const MOST_BYTES = 260_000;

test("is read once, and reads what flows are written in", () => {
  expect(parser()).toBe(parser());
  const text = "@traced class A { x?: number } export const view = <b>{(1 as const) satisfies number}</b>;";
  const tree = parser().parse(text, { sourceType: "module", plugins: ["typescript", "jsx", "decorators"] });
  expect(tree.program.body.map(({ type }) => type)).toEqual(["ClassDeclaration", "ExportNamedDeclaration"]);
  expect(parser().parseExpression("{ a: [1, 2] } // why").type).toBe("ObjectExpression");
});

test("says where it could not read on", () => {
  const read = () => parser().parse("const a = ;\n", { sourceType: "module" });
  expect(read).toThrow("Unexpected token (1:10)");
});

test("is carried without the other languages it knows", () => {
  expect(statSync("dist/assets/parser.asset").size).toBeLessThan(MOST_BYTES);
});
