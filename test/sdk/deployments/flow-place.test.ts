// Flows to the files that define them.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { FlowDefinition } from "#domain/definitions.ts";
import { entrypointIn, findFlow } from "#sdk/deployments/flow-place.ts";
import { flow } from "#sdk/index.ts";
import { createProject, type Project } from "./project.ts";

let project: Project;
beforeEach(() => {
  project = createProject();
});
afterEach(() => project.close());

const FLOWS = `import { flow } from "orch";
import { wrapped } from "../lib/wrapped.ts";

export const sayHi = flow(async function sayHi(name: string = "Marvin") {
  return name;
});
export const arrow = flow(async () => 1, { name: "an-arrow" });
export const changed = flow(async () => 2).withOptions({ name: "changed" });
export const made = wrapped(async () => 3);
const hidden = flow(async function hidden() {});
export { hidden as shown };
export default flow(async () => 4, { name: "the-default" });
export const inside = { deep: flow(async () => 5, { name: "deep" }) };
`;
const WRAPPED = `import { flow } from "orch";
export function wrapped(fn: () => Promise<number>) {
  return flow(fn, { name: "wrapped" });
}
`;

async function loaded(): Promise<Record<string, FlowDefinition>> {
  project.write({ "flows/all.ts": FLOWS, "lib/wrapped.ts": WRAPPED });
  return project.load("flows/all.ts");
}

for (const [name, exportName = name] of [["sayHi"], ["arrow"], ["changed"], ["made"], ["shown"], ["default"]]) {
  test(`${name} is found by its export`, async () => {
    const all = await loaded();
    const found = await findFlow(all[name ?? ""] as FlowDefinition);
    expect(found).toEqual({ file: join(project.folder, "flows/all.ts"), exportName: exportName ?? "" });
  });
}

test("one that is not exported as such is refused with the way out", async () => {
  project.write({
    "own.ts":
      'import { flow } from "orch";\nconst own = flow(async function own() {});\nexport const list = () => own;\n',
  });
  const { list } = await project.load("own.ts");
  const own = (list as unknown as () => FlowDefinition)();
  await expect(findFlow(own)).rejects.toThrow(
    "No file was found that exports the flow 'own'. Export it where it is defined, or give its 'entrypoint'",
  );
});

test("frames of orch itself are no places", async () => {
  await expect(findFlow(flow(async function here() {}))).rejects.toThrow("exports the flow 'here'");
});

describe("entrypoints", () => {
  const file = (path: string) => ({ file: join(project.folder, path), exportName: "f" });

  test("are relative to the folder", () => {
    expect(entrypointIn(project.folder, file("flows/a.ts"))).toBe("flows/a.ts:f");
    expect(entrypointIn(join(project.folder, "flows"), file("flows/a.ts"))).toBe("a.ts:f");
  });

  test("outside of it are refused", () => {
    expect(() => entrypointIn(join(project.folder, "flows"), file("a.ts"))).toThrow("is outside of");
  });
});
