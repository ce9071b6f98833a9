// A project as users have them, run by the compiled executable: packages, tsconfig paths, JSX, and stack traces that point
// at the user's own lines.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const FILES: Record<string, string> = {
  "node_modules/shout/package.json": '{ "name": "shout", "version": "1.0.0", "type": "module", "main": "index.js" }',
  "node_modules/shout/index.js": "export const shout = (text) => text.toUpperCase();\n",
  "node_modules/tiny-jsx/package.json": '{ "name": "tiny-jsx", "version": "1.0.0", "type": "module" }',
  "node_modules/tiny-jsx/jsx-runtime.js":
    'export const jsx = (tag, props) => "<" + tag + ">" + props.children + "</" + tag + ">";\nexport const jsxs = jsx;\n',
  "node_modules/tiny-jsx/jsx-dev-runtime.js":
    'export const jsxDEV = (tag, props) => "<" + tag + ">" + props.children + "</" + tag + ">";\n',
  "tsconfig.json":
    '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] }, "jsx": "react-jsx", "jsxImportSource": "tiny-jsx" } }',
  "lib/words.ts": 'export const words: string[] = ["hello", "there"];\n',
  "sql/query.sql": "select 1\n",
  "flows/report.tsx": `import { readFileSync } from "node:fs";
import { flow, getRunLogger, task } from "orch";
import { shout } from "shout";
import { words } from "@lib/words.ts";

const join = task(async (parts: string[]) => parts.join(" "));
const boost = task(async function boost(text: string) { return shout(text); });

export const report = flow(async function report(times: number = 1) {
  const parts = await Promise.all(words.map((word) => boost(word)));
  const text = await join(parts);
  getRunLogger().info(<b>{text}</b> as unknown as string);
  getRunLogger().info(readFileSync("sql/query.sql", "utf8").trim() + " x" + times * 2);
});
`,
  "flows/broken.ts": `import { flow, task } from "orch";

const inner = task(async function inner() {
  throw new Error("the disk is on fire");
});

export const broken = flow(async function broken() {
  await inner();
});
`,
};

beforeAll(() => {
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(join(sandbox.folder, path, ".."), { recursive: true });
    writeFileSync(join(sandbox.folder, path), content);
  }
});

/** Deploys a flow, triggers it, and executes it with an agent that stops when nothing is left: no server runs. */
async function execute(name: string, entrypoint: string, params: string[] = [], flags: string[] = []) {
  const flowName = entrypoint.split(":")[1];
  const build = await sandbox.orch(["deployment", "build", "-n", name, "-q", name, "-a", ...flags, entrypoint]);
  if (build.code !== 0) throw new Error(build.stderr);
  const run = await sandbox.orch(["deployment", "run", `${flowName}/${name}`, "--json", ...params]);
  const { id }: { id: string } = JSON.parse(run.stdout);
  await sandbox.orch(["agent", "start", "-q", name, "--run-once"]);
  const inspected = await sandbox.orch(["flow-run", "inspect", id, "--json"]);
  const logs = await sandbox.orch(["flow-run", "logs", id]);
  const ended: { state_type: string; state: { message: string | null } } = JSON.parse(inspected.stdout);
  return { ...ended, logs: logs.stdout };
}

describe("a run works like the user's own machine", () => {
  test("packages, tsconfig paths, JSX and files beside the flow are there, from a snapshot", async () => {
    const run = await execute("snapshot", "flows/report.tsx:report", ["--param", "times=21"]);
    expect(run).toMatchObject({ state_type: "COMPLETED" });
    expect(run.logs).toContain("<b>HELLO THERE</b>");
    expect(run.logs).toContain("select 1 x42");
  });

  test("and from the folder itself with --skip-upload", async () => {
    const run = await execute("in-place", "flows/report.tsx:report", [], ["--skip-upload"]);
    expect(run).toMatchObject({ state_type: "COMPLETED" });
    expect(run.logs).toContain("select 1 x2");
    expect(run.logs).toContain(`from storage at '${sandbox.folder}'`);
  });

  test("an error is told with the user's file and line, and without the executable's own frames", async () => {
    const run = await execute("broken", "flows/broken.ts:broken");
    expect(run.state_type).toBe("FAILED");
    expect(run.state.message).toContain("Flow run encountered an exception. Error: the disk is on fire");
    expect(run.state.message).toMatch(/flows\/broken\.ts:4:\d+/);
    expect(run.state.message).not.toContain("$bunfs");
  });

  test("a parameter of the wrong type fails the run with a sentence that names it", async () => {
    const run = await execute("wrong", "flows/report.tsx:report", ["--param", "times=many", "--force"]);
    expect(run.state.message).toBe(
      `Validation of flow parameters failed with error: parameter 'times': must be a number, got "many"`,
    );
  });
});
