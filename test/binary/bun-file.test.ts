// `bun FILE` after `orch types`: flows that the file calls run in bun, tracked by the API of the executable.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Result } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const FLOWS: Record<string, string> = {
  "flows/marvin.ts": `import { flow, getRunLogger, task } from "orch";
const greet = task(async function greet(name: string) { getRunLogger().info("hi " + name); return name.length; });
export const sayHi = flow(async function sayHi(name: string = "Marvin") { return greet(name); });
if (import.meta.main) console.log("letters:", await sayHi("Bun"));
`,
  "flows/boom.ts": `import { flow } from "orch";
const boom = flow(async function boom() { throw new Error("out of paint"); });
await boom();
`,
  "flows/slow.ts": `import { flow, getRunLogger, sleep } from "orch";
const slow = flow(async function slow() { getRunLogger().info("waiting"); await sleep(60); });
await slow();
`,
  "flows/both.ts": `import { flow, getRunLogger, sleep } from "orch";
const early = flow(async function early() { await sleep(0.01); return 1; });
const late = flow(async function late() { await sleep(0.05); return 2; });
console.log(await Promise.all([early(), late()]), await early());
process.exit(3);
`,
};

beforeAll(async () => {
  mkdirSync(join(sandbox.folder, "flows"));
  for (const [name, text] of Object.entries(FLOWS)) writeFileSync(join(sandbox.folder, name), text);
  const { code, stderr } = await sandbox.orch(["types"]);
  if (code !== 0) throw new Error(stderr);
});

function spawnBun(file: string, env: Record<string, string> = {}) {
  return Bun.spawn([process.execPath, file], {
    cwd: sandbox.folder,
    env: { HOME: sandbox.home, PATH: "/nowhere", ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function bun(file: string, env?: Record<string, string>): Promise<Result> {
  const child = spawnBun(file, env);
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, stdout, stderr };
}

async function lastRun(env: Record<string, string> = {}) {
  const { stdout } = await sandbox.orch(["flow-run", "ls", "--limit", "1", "--json"], { env });
  return (JSON.parse(stdout) as { state_type: string; parameters: object }[])[0]; // as the API answers
}

test("without a server: the executable that wrote the module keeps track, and goes when bun goes", async () => {
  const { code, stdout, stderr } = await bun("flows/marvin.ts");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("- hi Bun");
  expect(stdout).toContain("letters: 3");
  expect(await lastRun()).toMatchObject({ state_type: "COMPLETED", parameters: { name: "Bun" } });
  const left = readdirSync("/proc").filter((pid) => isOurs(pid));
  expect(left).toEqual([]);
});

/** A process of the private API that has this sandbox for its home. */
function isOurs(pid: string): boolean {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return command.includes("__api") && readFileSync(`/proc/${pid}/environ`, "utf8").includes(sandbox.home);
  } catch {
    return false; // no process, or gone meanwhile
  }
}

test("a failed flow fails the program, and the run", async () => {
  const { code, stdout } = await bun("flows/boom.ts");
  expect([code, stdout]).toEqual([1, expect.stringContaining("out of paint")]);
  expect(await lastRun()).toMatchObject({ state_type: "FAILED" });
});

test("Ctrl-C ends the program and the run is CRASHED", async () => {
  const child = spawnBun("flows/slow.ts");
  const reader = child.stdout.getReader();
  let seen = "";
  while (!seen.includes("waiting")) seen += new TextDecoder().decode((await reader.read()).value);
  child.kill("SIGINT");
  expect(await child.exited).toBe(130);
  expect(await lastRun()).toMatchObject({ state_type: "CRASHED" });
});

test("flows side by side, then another, and the program's own exit code stands", async () => {
  const { code, stdout } = await bun("flows/both.ts");
  expect([code, stdout]).toEqual([3, expect.stringContaining("[ 1, 2 ] 1")]);
  expect(await lastRun()).toMatchObject({ state_type: "COMPLETED" });
});

describe("with a server", () => {
  test("the one that is set tracks the run, with its key", async () => {
    const key = { ORCH_SERVER_API_KEY: "open-sesame" };
    const home = join(sandbox.home, "other");
    const server = sandbox.start(["server", "start", "--port", "0"], { ...key, ORCH_HOME: home });
    const [, url = ""] = await server.until(/(http:\/\/127\.0\.0\.1:\d+)/);
    const env = { ORCH_API_URL: `${url}/api`, ORCH_API_KEY: "open-sesame" };
    expect((await bun("flows/marvin.ts", env)).stdout).toContain("letters: 3");
    expect(await lastRun(env)).toMatchObject({ state_type: "COMPLETED", parameters: { name: "Bun" } });
    const keyless = await bun("flows/marvin.ts", { ORCH_API_URL: env.ORCH_API_URL });
    expect([keyless.code, keyless.stderr]).toEqual([1, expect.stringContaining("ORCH_API_KEY")]);
    await server.stop();
    const alone = await bun("flows/marvin.ts", env);
    expect([alone.code, alone.stderr]).toEqual([1, expect.stringContaining("No server is answering at")]);
  });
});

test("the file can be deployed as ever: the executable's own module wins", async () => {
  const build = await sandbox.orch(["deployment", "build", "-n", "m", "-q", "m", "-a", "flows/marvin.ts:sayHi"]);
  expect(build).toMatchObject({ code: 0, stderr: "" });
  await sandbox.orch(["deployment", "run", "say-hi/m"]);
  expect((await sandbox.orch(["agent", "start", "-q", "m", "--run-once"])).stdout).toContain("- hi Marvin");
});

test("without the executable the program says what to do", async () => {
  const about = join(sandbox.folder, "node_modules/orch/package.json");
  writeFileSync(about, readFileSync(about, "utf8").replace(/"executable": ".*"/, '"executable": "/gone/orch"'));
  const { code, stderr } = await bun("flows/marvin.ts");
  expect([code, stderr]).toEqual([1, expect.stringContaining("no longer at '/gone/orch': run 'orch types' again.")]);
  rmSync(join(sandbox.folder, "node_modules"), { recursive: true });
});
