// The signature of a flow at hand, whatever its types are.
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlowDefinition } from "#domain/definitions.ts";
import { signatureOfFlow } from "#project/typescript/flow-signature.ts";
import { flow } from "#sdk/index.ts";

const folder = mkdtempSync(join(tmpdir(), "orch-flow-signature-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("types that are nested too deep for the compiler are no reason to refuse a flow", async () => {
  const depth = 200_000;
  writeFileSync(join(folder, "deep.ts"), `export type Deep = ${"[".repeat(depth)}1${"]".repeat(depth)};\n`);
  const file = join(folder, "flow.ts");
  writeFileSync(
    file,
    'import { flow } from "orch";\nimport type { Deep } from "./deep.ts";\nexport const f = flow((p: Deep) => p);\n',
  );
  const notes: string[] = [];
  const definition = flow(async (p: unknown) => p, { name: "deep" }) as unknown as FlowDefinition; // its type is not asked
  const { schema } = await signatureOfFlow(definition, file, "f", (line) => notes.push(line));
  expect(schema).toEqual({ title: "Parameters", type: "object" });
  expect(notes).toEqual([
    "Note: the types of 'deep' cannot be read (Maximum call stack size exceeded.): its runs take any parameters.",
  ]);
});
