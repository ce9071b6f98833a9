// Schemas of parameters on the compiled executable, where nothing is installed: what only the type checker knows of them.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const apps = join(sandbox.folder, "apps/etl");

const FLOW = `import { flow } from "orch";
import { type Job, traced } from "@acme/lib";
enum Perm { None = 0, Read = 1 << 0, Write = 1 << 1, Exec = 1 << 2, All = Read | Write | Exec }
class Counter { accessor value = 1; }
export const perm = flow(async (p: Perm = Perm.Exec) => console.log("perm", p, new Counter().value));
export const work = flow(async (job: Job, limits: Partial<Record<Job["level"], number>> = {}) => console.log(job.id, limits));
export const whole = flow(async ({ name, retries = 3 }: { name: string; retries?: number } = { name: "def" }) =>
  console.log("whole", name, retries));
export const wrapped = flow(traced(async ({ a, b = 2 }: { a: string; b?: number }) => console.log("wrapped", a, b)));
`;

const FILES: Record<string, string> = {
  "package.json": '{ "private": true, "workspaces": ["apps/*", "packages/*"] }',
  "packages/lib/package.json": '{ "name": "@acme/lib", "type": "module", "exports": "./index.ts" }',
  "packages/lib/index.ts": `export interface Job { id: number; level: "low" | "high" }
export const traced = <F extends (...args: never[]) => unknown>(fn: F): F => ((...args: never[]) => fn(...args)) as F;
`,
  "apps/etl/flow.ts": FLOW,
};

beforeAll(() => {
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(sandbox.folder, path)), { recursive: true });
    writeFileSync(join(sandbox.folder, path), content);
  }
  mkdirSync(join(sandbox.folder, "node_modules/@acme"), { recursive: true });
  symlinkSync("../../packages/lib", join(sandbox.folder, "node_modules/@acme/lib"));
});

async function schemaOf(name: string): Promise<object> {
  const file = `${name}.yaml`;
  const args = ["deployment", "build", "-n", "x", "-q", "test", "--skip-upload", "-o", file, `flow.ts:${name}`];
  expect(await sandbox.orch(args, { folder: apps })).toMatchObject({ code: 0, stderr: "" });
  return parse(readFileSync(join(apps, file), "utf8")).parameter_openapi_schema;
}

async function run(name: string, ...params: string[]): Promise<string> {
  const given = params.flatMap((param) => ["--param", param]);
  const { stdout, stderr } = await sandbox.orch(["flow", "run", `flow.ts:${name}`, ...given], { folder: apps });
  return stdout + stderr;
}

test("T1 and T11: bit flags, in a file with an accessor", async () => {
  expect(await schemaOf("perm")).toMatchObject({
    properties: { p: { default: 4, allOf: [{ $ref: "#/definitions/Perm" }] } },
    definitions: { Perm: { enum: [0, 1, 2, 4, 7], type: "integer" } },
  });
  expect(await run("perm", "p=7")).toContain("perm 7 1\n");
});

test("T10: types of a workspace", async () => {
  expect(await schemaOf("work")).toMatchObject({
    properties: { limits: { properties: { low: { type: "number" }, high: { type: "number" } } } },
    definitions: { Job: { properties: { level: { enum: ["low", "high"] } }, required: ["id", "level"] } },
  });
  expect(await run("work", 'job={"id":"1","level":"low"}')).toContain("1 {}\n");
  expect(await run("work", 'job={"id":1,"level":"mid"}')).toContain(`'job.level': must be one of "low", "high"`);
});

test("T9: the default of a whole object", async () => {
  expect(await schemaOf("whole")).toMatchObject({ properties: { name: { default: "def" } }, required: null });
  expect(await run("whole")).toContain("whole def 3\n");
  expect(await run("whole", "retries=5")).toContain("whole def 5\n");
});

test("T10: a wrapped function that takes an object gets one", async () => {
  expect(await schemaOf("wrapped")).toMatchObject({ properties: { arg0: { required: ["a"] } }, required: ["arg0"] });
  expect(await run("wrapped", 'arg0={"a":"x"}')).toContain("wrapped x 2\n");
});

test("what the checker has read is kept in the home", async () => {
  const kept = join(sandbox.home, ".orch/signatures");
  const before = await schemaOf("work");
  const names = readdirSync(kept);
  expect(names.length).toBeGreaterThan(0);
  expect(await schemaOf("work")).toEqual(before);
  expect(readdirSync(kept)).toEqual(names);
  writeFileSync(
    join(sandbox.folder, "packages/lib/index.ts"),
    FILES["packages/lib/index.ts"]?.replace("id: number", "id: string") ?? "",
  );
  expect(await schemaOf("work")).toMatchObject({ definitions: { Job: { properties: { id: { type: "string" } } } } });
});
