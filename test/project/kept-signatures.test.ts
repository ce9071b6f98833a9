// Signatures that the checker has read are kept, for as long as everything that it read is as it was.
import { afterAll, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openChecker } from "#project/checker/compiler.ts";
import { signatureByChecker } from "#project/checker/signature.ts";

const root = mkdtempSync(join(tmpdir(), "orch-kept-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const checker = await openChecker();

let count = 0;
let folder = "";
let opened = 0;

/** Of a flow that takes what `./types` says, in a project with settings and declarations. */
beforeEach(async () => {
  folder = join(root, `project-${++count}`);
  mkdirSync(join(folder, "types"), { recursive: true });
  writeFileSync(
    join(folder, "flow.ts"),
    'import { flow } from "orch";\nimport type { P } from "./types";\nexport const f = flow((p: Partial<P>, q: Known) => p);\n',
  );
  writeFileSync(join(folder, "types/index.ts"), "export interface P { a: string }\n");
  writeFileSync(join(folder, "tsconfig.json"), "{}");
  writeFileSync(join(folder, "known.d.ts"), 'type Known = "k";\n');
  await read();
  opened = 0;
});

const home = () => join(folder, ".home");

async function read(): Promise<string> {
  const open = async () => {
    opened += 1;
    return checker;
  };
  const { schema } = await signatureByChecker(
    { path: join(folder, "flow.ts"), exportName: "f" },
    home(),
    undefined,
    open,
  );
  const { p, q } = schema["properties"] as Record<string, { properties?: object; enum?: string[] }>;
  return [...Object.keys(p?.properties ?? {}), ...(q?.enum ?? [])].join();
}

test("what is as it was is not read again", async () => {
  writeFileSync(join(folder, "deployment.yaml"), "written by a build\n");
  expect([await read(), await read(), opened]).toEqual(["a,k", "a,k", 0]);
});

const CHANGES: [what: string, path: string, content: string, seen: string][] = [
  ["a file that is imported", "types/index.ts", "export interface P { b: string }\n", "b,k"],
  ["a file that is found before it", "types.ts", "export interface P { c: string }\n", "c,k"],
  ["a declaration", "known.d.ts", 'type Known = "l";\n', "a,l"],
  ["another declaration", "more.d.ts", "interface String { more: 1 }\n", "a,k"],
  ["the settings", "tsconfig.json", '{ "include": [] }', "a"],
  ["the flow", "flow.ts", 'import { flow } from "orch";\nexport const f = flow((p: Partial<{ d: 1 }>) => p);\n', "d"],
];
for (const [what, path, content, seen] of CHANGES) {
  test(`a change of ${what} is seen`, async () => {
    writeFileSync(join(folder, path), content);
    expect([await read(), opened, await read(), opened]).toEqual([seen, 1, seen, 1]);
  });
}

test("an entry that is cut off is read again", async () => {
  const [name = ""] = readdirSync(join(home(), "signatures"));
  for (const content of ["", '{"seen":', "{}", '{"seen":{},"signature":{"schema":{},"tags":[]}}']) {
    writeFileSync(join(home(), "signatures", name), content);
    opened = 0;
    expect([await read(), opened]).toEqual(["a,k", 1]);
  }
});

test("a home that cannot be written keeps nothing", async () => {
  rmSync(home(), { recursive: true });
  writeFileSync(home(), "");
  expect([await read(), await read(), opened]).toEqual(["a,k", "a,k", 2]);
});

test("of many the oldest go", async () => {
  const kept = join(home(), "signatures");
  for (let index = 0; index < 500; index++) writeFileSync(join(kept, `${index}.json`), "{}");
  writeFileSync(join(folder, "known.d.ts"), 'type Known = "m";\n');
  expect([await read(), readdirSync(kept).length]).toEqual(["a,m", 250]);
  expect([await read(), opened]).toEqual(["a,m", 1]);
});
