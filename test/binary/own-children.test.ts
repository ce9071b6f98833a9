// Scripts and threads that user code starts with the executable, as it would with bun or node, and "orch" in them.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const FILES: Record<string, string> = {
  "said.mjs": 'console.log("said", process.argv.slice(2).join(" "), process.env.BUN_BE_BUN, import.meta.main);\n',
  "uses-orch.ts": `import { getRunLogger, task } from "orch";
let sentence = "";
try { getRunLogger(); } catch (error) { sentence = (error as Error).message; }
console.log(typeof task, sentence, process.argv[0] === process.execPath);
`,
  "talks.mjs": `process.send([process.argv.slice(2), process.execArgv]);
process.on("message", () => process.disconnect());
`,
  "thread.ts": `import { parentPort, workerData } from "node:worker_threads";
import { getRunLogger, task } from "orch";
let sentence = "";
try { getRunLogger(); } catch (error) { sentence = (error as Error).message; }
const seen = [typeof task, workerData, sentence, (globalThis as { early?: string }).early];
if (parentPort) parentPort.postMessage(seen); else postMessage(seen);
`,
  "thread.cjs": 'require("node:worker_threads").parentPort.postMessage(typeof require("orch").task);\n',
  "nested.ts": `import { parentPort, Worker } from "node:worker_threads";
new Worker("./thread.cjs").on("message", (message) => parentPort?.postMessage(message));
`,
  "early.ts": '(globalThis as { early?: string }).early = "early";\n',
};

beforeAll(() => {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(sandbox.folder, name), text);
});

const PROGRAM = `import childProcess from "node:child_process";
import cluster from "node:cluster";
import { Worker as Thread } from "node:worker_threads";
const orch = process.execPath;
/** The first message; an answer lets scripts go. */
function firstMessage(child: any): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("message", (message: unknown) => { child.send?.("go"); resolve(message); });
  });
}
function fromWorker(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}
`;

/** Runs a program and returns the JSON of its last line. */
async function result(expression: string): Promise<unknown> {
  writeFileSync(join(sandbox.folder, "program.ts"), `${PROGRAM}console.log(JSON.stringify(${expression}));\n`);
  const { code, stdout, stderr } = await sandbox.orch(["run", "program.ts"]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "null");
}

const OUTSIDE = "getRunLogger() was called outside of a flow or task run.";

describe("T13: scripts", () => {
  const STARTS: [how: string, expression: string, expected: unknown][] = [
    ["spawn with -e", `childProcess.spawnSync(orch, ["-e", "console.log(6 * 7)"]).stdout.toString()`, "42\n"],
    [
      "execFileSync",
      `childProcess.execFileSync(orch, ["./said.mjs", "a", "--b"]).toString()`,
      "said a --b undefined true\n",
    ],
    ["process.argv[0]", `childProcess.execFileSync(process.argv[0]!, ["-p", "1 + 2"]).toString()`, "3\n"],
    ["Bun.spawn", `await new Response(Bun.spawn([orch, "said.mjs", "x"]).stdout).text()`, "said x undefined true\n"],
    [
      "Bun.spawnSync",
      `Bun.spawnSync({ cmd: [orch, "said.mjs"], env: { A: "1" } }).stdout.toString()`,
      "said  undefined true\n",
    ],
    [
      "a shell",
      `childProcess.execSync('"' + orch + '" said.mjs of a shell').toString()`,
      "said of a shell undefined true\n",
    ],
    ["Bun's shell", `await Bun.$\`$\{orch} said.mjs dollar\`.text()`, "said dollar undefined true\n"],
    ["fork", `await firstMessage(childProcess.fork("talks.mjs", ["x"]))`, [["x"], []]],
    [
      "fork with flags",
      `await firstMessage(childProcess.fork("./talks.mjs", [], { execArgv: ["--smol"] }))`,
      [[], ["--smol"]],
    ],
    ["cluster", `(cluster.setupPrimary({ exec: "./talks.mjs" }), await firstMessage(cluster.fork()))`, [[], []]],
    [
      "IPC of Bun.spawn",
      `await new Promise((resolve) => Bun.spawn([orch, "talks.mjs"], { ipc(message, child) { child.send("go"); resolve(message); } }))`,
      [[], []],
    ],
  ];
  for (const [how, expression, expected] of STARTS) {
    test(`T13: ${how} runs the script`, async () => {
      expect(await result(expression)).toEqual(expected);
    });
  }

  test("T13: commands of Bun that orch does not have are Bun's", async () => {
    expect(
      await result(`childProcess.execFileSync(orch, ["build", "--no-bundle", "uses-orch.ts"]).toString()`),
    ).toContain('from "orch"');
  });

  test('T13: a script has "orch", outside of the run', async () => {
    const expression = `childProcess.execFileSync(orch, ["uses-orch.ts"]).toString()`;
    expect(await result(expression)).toBe(`function ${OUTSIDE} true\n`);
  });

  test("T13: commands of orch stay commands of orch, in the program and in its scripts", async () => {
    const version = /^orch \d+\.\d+\.\d+/;
    expect(await result(`childProcess.execFileSync(orch, ["--version"]).toString()`)).toMatch(version);
    expect(await result(`childProcess.execFileSync("orch", ["flow-run", "ls", "--json"]).toString()`)).toBe("[]\n");
    const inner = `console.log(require('child_process').execFileSync(process.execPath, ['--version']).toString())`;
    expect(await result(`childProcess.execFileSync(orch, ["-e", ${JSON.stringify(inner)}]).toString()`)).toMatch(
      version,
    );
  });

  test("T13: a script of a script runs", async () => {
    const inner = `console.log(require('child_process').execFileSync(process.execPath, ['said.mjs', 'deep']).toString())`;
    const expression = `childProcess.execFileSync(orch, ["-e", ${JSON.stringify(inner)}]).toString()`;
    expect(await result(expression)).toBe("said deep undefined true\n\n");
  });

  test("T13: what a script starts does not inherit that it is Bun", async () => {
    const inner = `const shell = ["sh", "-c", "echo bun=$BUN_BE_BUN"];
console.log(Bun.spawnSync(shell).stdout.toString() + require("child_process").execFileSync("sh", shell.slice(1)));`;
    const expression = `childProcess.execFileSync(orch, ["-e", ${JSON.stringify(inner)}]).toString()`;
    expect(await result(expression)).toBe("bun=\nbun=\n\n");
  });

  test("T13: a script can run a flow, tracked by the API without a server", async () => {
    writeFileSync(
      join(sandbox.folder, "runs-a-flow.ts"),
      'import { flow } from "orch";\nconsole.log(await flow(async function five() { return 5; })());\n',
    );
    const printed = await result(`childProcess.execFileSync(orch, ["runs-a-flow.ts"]).toString()`);
    expect(printed).toMatch(/Created flow run '.+' for flow 'five'\n(?:.*\n)*5\n$/);
  });

  test("T13: a deployed flow can fork", async () => {
    const flows = `import { fork } from "node:child_process";
import { flow } from "orch";
export const forks = flow(async function forks() {
  const child = fork("./talks.mjs", ["deployed"]);
  const message = await new Promise((resolve) => child.on("message", resolve));
  child.send("go");
  console.log("heard", JSON.stringify(message));
}, { logPrints: true });
`;
    writeFileSync(join(sandbox.folder, "forks.ts"), flows);
    await sandbox.orch(["deployment", "build", "-n", "t13", "-q", "t13", "-a", "forks.ts:forks"]);
    const { id } = JSON.parse((await sandbox.orch(["deployment", "run", "forks/t13", "--json"])).stdout);
    await sandbox.orch(["agent", "start", "-q", "t13", "--run-once"]);
    expect((await sandbox.orch(["flow-run", "logs", id])).stdout).toContain('heard [["deployed"],[]]');
  });
});

describe("T14: threads", () => {
  const seen = (data: unknown, early: unknown = null) => [
    "function",
    data,
    `${OUTSIDE} A worker thread is outside: send what it has to say to the flow.`,
    early,
  ];
  const code = `"import('orch').then(({ task }) => require('node:worker_threads').parentPort.postMessage(typeof task))"`;
  const blob = `URL.createObjectURL(new Blob(["import { task } from 'orch'; postMessage(typeof task)"]))`;
  const data = `"data:text/javascript,import { task } from 'orch'; import { parentPort } from 'node:worker_threads'; parentPort.postMessage(typeof task)"`;
  const STARTS: [how: string, expression: string, expected: unknown][] = [
    ["of the web", `await fromWorker(new Worker(new URL("./thread.ts", import.meta.url)))`, seen(null)],
    [
      "of the web with a preload",
      `await fromWorker(new Worker("./thread.ts", { preload: "./early.ts" }))`,
      seen(null, "early"),
    ],
    ["of Node", `await firstMessage(new Thread(import.meta.dir + "/thread.ts", { workerData: 5 }))`, seen(5)],
    ["of CommonJS", `await firstMessage(new Thread("./thread.cjs"))`, "function"],
    ["of a thread", `await firstMessage(new Thread("./nested.ts"))`, "function"],
    ["of code", `await firstMessage(new Thread(${code}, { eval: true }))`, "function"],
    ["of a data: URL", `await firstMessage(new Thread(new URL(${data})))`, "function"],
    ["of a blob", `await fromWorker(new Worker(${blob}))`, "function"],
  ];
  for (const [how, expression, expected] of STARTS) {
    test(`T14: a thread ${how} has "orch"`, async () => {
      expect(await result(expression)).toEqual(expected);
    });
  }
});
