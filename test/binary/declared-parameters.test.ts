// A flow with a zod schema, zod in the project's own node_modules, on the compiled executable.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { createWorld, type World } from "../page/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
  for (const name of ["zod", "arktype", "arkregex", "@ark"]) {
    cpSync(join("node_modules", name), join(world.folder, "node_modules", name), { recursive: true });
  }
  world.write(
    "z.ts",
    `import { flow, getRunLogger } from "orch";
import * as z from "zod";
const parameters = z.object({ name: z.string().default("Marvin"), times: z.number().int().min(1) });
export const greet = flow(async function greet({ name, times }) {
  getRunLogger().info(\`\${name} \`.repeat(times));
}, { parameters });
`,
  );
  await world.agent("-q", "test").until(/Looking for work/);
});
afterAll(() => world.close());

test("its deployment has the schema's parameters", async () => {
  await world.deployment("build", "-n", "z", "-q", "test", "-a", "z.ts:greet");
  const { parameter_openapi_schema } = await world.json<{ parameter_openapi_schema: object }>(
    "deployment",
    "inspect",
    "greet/z",
  );
  expect(parameter_openapi_schema).toMatchObject({
    properties: { name: { default: "Marvin", position: 0 }, times: { minimum: 1, position: 1, type: "integer" } },
    required: ["times"],
  });
});
test("a run is checked and gets the defaults", async () => {
  const run = await world.run("greet/z", "--param", "times=2");
  expect(await world.logs(run.id)).toContain("Marvin Marvin");
});
test("a refusal fails the run with a sentence", async () => {
  const run = await world.run("greet/z", "--param", "times=0");
  expect(run.state_type).toBe("FAILED");
  const { state } = await world.api<{ state: { message: string } }>("GET", `/flow_runs/${run.id}`);
  expect(state.message).toMatch(/Validation of flow parameters failed with error: parameter 'times': /);
});
test("orch flow run checks them too, and a name that is unknown is refused where it is asked for", async () => {
  expect((await world.orch("flow", "run", "z.ts:greet", "--param", "times=0")).code).toBe(1);
  expect((await world.orch("flow", "run", "z.ts:greet", "--param", "times=1")).code).toBe(0);
  expect((await world.orch("deployment", "run", "greet/z", "--param", "tims=1")).stderr).toContain("'tims'");
});
test("orch check knows the types of its argument", async () => {
  world.write("bad.ts", 'import { greet } from "./z.ts";\ngreet({ times: "two" });\n');
  const { code, stdout } = await world.orch("check", "bad.ts");
  expect([code, stdout]).toEqual([1, expect.stringContaining("bad.ts:2:9")]);
});
test("orch check knows what arktype makes of them", async () => {
  world.write(
    "ark.ts",
    `import { type } from "arktype";
import { flow } from "orch";
const parameters = type({ name: "string > 0", "age?": "number.integer >= 0", kind: "'cat' | 'dog'" });
export const pet = flow(async function pet({ name, kind }) {
  return name.toUpperCase() + kind;
}, { parameters });
pet({ name: "Tom", kind: "cow" });
`,
  );
  const { code, stdout } = await world.orch("check", "ark.ts");
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^ark\.ts:7:20 .*"cow".*\n1 problem in 1 file\.\n$/)]);
});
