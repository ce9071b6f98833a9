// Deployments made by scripts: `bun deploy.ts` with the module that `orch types` writes, and flows that run deployments.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Running } from "./sandbox.ts";

const sandbox = createSandbox();
let agent: Running;
afterAll(() => sandbox.close());

const FILES: Record<string, string> = {
  "hello.ts": `import { flow } from "orch";
/** Says hello. */
export const sayHi = flow(async function sayHi(name: string = "Marvin") {
  console.log(\`hi \${name} of \${process.env.PLANET}\`);
  if (name === "nobody") throw new Error("nobody there");
}, { logPrints: true });
`,
  "deploy.ts": `import { Deployment, Process } from "orch";
import { sayHi } from "./hello.ts";
const infrastructure = new Process({ env: { PLANET: "Earth" } });
const deployment = await Deployment.buildFromFlow({ flow: sayHi, name: "marvin", workQueueName: "q", infrastructure });
console.log("applied", await deployment.apply());
`,
  "parent.ts": `import { flow, runDeployment } from "orch";
export const parent = flow(async function parent(name: string) {
  const { state, name: run } = await runDeployment("say-hi/marvin", { parameters: { name }, timeout: 30 });
  console.log(run, "ended", state.type);
  return state;
});
`,
  "run.ts": `import { runDeployment } from "orch";
const { state } = await runDeployment("say-hi/marvin", { parameters: { name: "Ada" } });
console.log("ended", state.type);
`,
};

beforeAll(async () => {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(sandbox.folder, name), text);
  const server = sandbox.start(["server", "start", "--port", "0"]);
  await server.until(/running at http:/);
  agent = sandbox.start(["agent", "start", "-q", "q"]);
  await agent.until(/Looking for work/i);
  expect((await sandbox.orch(["types"])).code).toBe(0);
});

async function bun(file: string): Promise<{ code: number; output: string }> {
  const child = Bun.spawn([process.execPath, file], {
    cwd: sandbox.folder,
    env: { HOME: sandbox.home, PATH: "/usr/bin:/bin" },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, output: out + err };
}

test("a script builds a deployment of an imported flow and applies it", async () => {
  const { code, output } = await bun("deploy.ts");
  expect(output).toMatch(/^applied [0-9a-f-]{36}\n$/);
  expect(code).toBe(0);
  const { stdout } = await sandbox.orch(["deployment", "inspect", "say-hi/marvin"]);
  expect(stdout).toContain("'entrypoint': 'hello.ts:sayHi'");
});

test("the executable runs the script too; its file is found, and a second build changes nothing", async () => {
  const show = async () => (await sandbox.orch(["deployment", "inspect", "say-hi/marvin", "--json"])).stdout;
  const before: Record<string, unknown> = JSON.parse(await show());
  const { code, stdout, stderr } = await sandbox.orch(["run", "deploy.ts"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(`applied ${before["id"]}\n`);
  const after: Record<string, unknown> = JSON.parse(await show());
  for (const key of ["entrypoint", "path", "version", "parameter_openapi_schema"])
    expect(after[key]).toEqual(before[key]);
});

test("a script runs it and waits for its end", async () => {
  const { code, output } = await bun("run.ts");
  expect([output, code]).toEqual(["ended COMPLETED\n", 0]);
  expect(agent.output()).toContain("hi Ada of Earth");
});

test("a flow that runs a deployment ends as its run did", async () => {
  const good = await sandbox.orch(["flow", "run", "parent.ts:parent", "--param", "name=Bob"]);
  expect([good.stderr, good.code]).toEqual(["", 0]);
  expect(good.stdout).toContain("ended COMPLETED");
  const bad = await sandbox.orch(["flow", "run", "parent.ts:parent", "--param", "name=nobody"]);
  expect(bad.code).toBe(1);
  expect(bad.stdout).toContain("ended FAILED");
});

test("in a run of an agent too", async () => {
  const build = ["deployment", "build", "-n", "p", "-q", "q", "--param", "name=Eve", "-a", "parent.ts:parent"];
  expect((await sandbox.orch(build)).stderr).toBe("");
  await sandbox.orch(["deployment", "run", "parent/p"]);
  await agent.until(/hi Eve of Earth/);
  await agent.until(/ended COMPLETED/);
});

test("what is wrong is a sentence, and the script fails", async () => {
  writeFileSync(
    join(sandbox.folder, "none.ts"),
    'import { runDeployment } from "orch";\nawait runDeployment("say-hi/none");\n',
  );
  const { code, output } = await bun("none.ts");
  expect(code).toBe(1);
  expect(output).toContain("There is no deployment 'say-hi/none'.");
});
