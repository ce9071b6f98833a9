// R8: nothing that others wrote reaches a terminal raw. All commands, on a terminal, with a server whose every word is hostile.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { COMMANDS, GROUPS } from "#cli/tree.ts";
import { createArtifact } from "#wire/artifacts.ts";
import { createConcurrencyLimit } from "#wire/pools/concurrency-limits.ts";
import { createWorkPool } from "#wire/pools/work-pools.ts";
import { createWorkQueue } from "#wire/pools/work-queues.ts";
import { createLogs } from "#wire/runs/logs.ts";
import { createVariable } from "#wire/variables.ts";
import { makeDeployment, makeFlow, makeFlowRun, makeTaskRun } from "../factory.ts";
import { FORGED, HOSTILE, type HostileServer, hostileServer } from "./hostile-server.ts";

let folder: string;
let server: HostileServer;
let ids: { run: string; task: string };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "orch-strangers-"));
  server = hostileServer();
  ids = await filled(server);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function filled({ app }: HostileServer): Promise<{ run: string; task: string }> {
  const flow = await makeFlow(app, "hello");
  await makeDeployment(app, { name: "x", flow_id: flow.id, work_queue_name: "q", description: "d" });
  const state = { type: "FAILED", message: "m" } as const;
  const run = await makeFlowRun(app, { flow_id: flow.id, state, parameters: { a: "b" }, tags: ["t"] });
  const task = await makeTaskRun(app, { flow_run_id: run.id });
  const line = { level: 20, timestamp: "2026-11-27T00:00:00+00:00", name: "n", flow_run_id: run.id };
  const records = [
    { ...line, message: "m" },
    { ...line, message: "m", task_run_id: task.id },
  ];
  await app.call(createLogs, { body: records });
  await app.call(createVariable, { body: { name: "v", value: "w" } });
  await app.call(createWorkPool, { body: { name: "p", type: "process" } });
  await app.call(createWorkQueue, { body: { name: "q2" } });
  await app.call(createConcurrencyLimit, { body: { tag: "t", concurrency_limit: 1 } });
  await app.call(createArtifact, { body: { key: "k", type: "markdown", data: "d", description: "d" } });
  return { run: run.id, task: task.id };
}

interface Shown {
  code: number;
  text: string;
}

/** Runs `orch …words` on a terminal of its own. */
async function onTerminal(words: readonly string[], env: Record<string, string> = {}): Promise<Shown> {
  const bytes: Uint8Array[] = [];
  const ended = Promise.withResolvers<void>();
  const child = Bun.spawn([resolve("dist/orch"), ...words], {
    cwd: folder,
    env: { HOME: folder, PATH: "/usr/bin:/bin", TERM: "xterm-256color", ORCH_API_URL: server.url, ...env },
    terminal: {
      cols: 120,
      rows: 40,
      data: (_terminal, chunk) => void bytes.push(chunk.slice()),
      exit: () => ended.resolve(),
    },
  });
  const code = await child.exited;
  child.terminal?.close();
  await ended.promise;
  // Fails for bytes that are no UTF-8: a control of the second table by itself.
  const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(bytes));
  return { code, text: text.replaceAll("\r\n", "\n") };
}

const ESCAPE = "\x1b";
const OWN = new RegExp(`\r?${ESCAPE}\\[(?:2K|(?:0|2|22|3[1236]|39)m)`, "g");
const RAW = new RegExp(
  [
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]",
    "[\\u{e0000}-\\u{e0fff}]",
    "\\p{M}{7}",
  ].join("|"),
  "u",
);

function expectHarmless({ text }: Shown): void {
  const others = text.replace(OWN, "");
  const at = others.search(RAW);
  expect(at === -1 ? "" : JSON.stringify(others.slice(Math.max(0, at - 60), at + 20))).toBe("");
  expect(others.split("\n").filter((line) => line.startsWith(FORGED))).toEqual([]);
}

/** The words after each command; `null` for one that has its own test, or does not end. */
const WORDS: Record<string, (() => string[]) | null> = {
  dev: null,
  init: () => ["new"],
  check: () => ["hostile.ts"],
  run: () => ["calls.ts"],
  python: () => ["hostile.ts"],
  types: () => ["new"],
  doctor: () => [],
  adopt: () => ["hostile.ts"],
  completion: () => ["bash"],
  licenses: () => [],
  version: () => [],
  "server start": null,
  "server status": () => [],
  "server stop": () => [],
  "service install": () => ["--no-start"],
  "service status": () => [],
  "service uninstall": () => [],
  "server database backup": () => ["b.db"],
  "server database restore": () => ["hostile.ts"],
  "server database reset": () => ["--yes"],
  "server database vacuum": () => [],
  "server database stats": () => [],
  "server database upgrade": () => [],
  "server database downgrade": () => [],
  "agent start": () => ["-q", "q", "--run-once"],
  "worker start": () => ["-p", "p", "--run-once"],
  "deployment build": () => ["hostile.ts:hello", "-n", "y", "-q", "q", "-a"],
  "deployment apply": () => ["hostile.yaml"],
  "deployment ls": () => [],
  "deployment inspect": () => ["hello/x"],
  "deployment preview": () => ["hello/x"],
  "deployment set-schedule": () => ["hello/x", "--cron", "0 0 * * *"],
  "deployment pause-schedule": () => ["hello/x"],
  "deployment resume-schedule": () => ["hello/x"],
  "deployment run": () => ["hello/x"],
  "deployment delete": () => ["hello/x", "--yes"],
  "flow run": () => ["throws.ts:hello"],
  "flow ls": () => [],
  "flow inspect": () => ["hello"],
  "flow delete": () => ["hello", "--yes"],
  "flow-run ls": () => [],
  "flow-run inspect": () => [ids.run],
  "flow-run logs": () => [ids.run],
  "flow-run watch": null,
  "flow-run retry": () => [ids.run],
  "flow-run resume": () => [ids.run],
  "flow-run cancel": () => [ids.run],
  "flow-run delete": () => [ids.run, "--yes"],
  "task-run ls": () => [],
  "task-run inspect": () => [ids.task],
  "task-run logs": () => [ids.task],
  "task-run delete": () => [ids.task, "--yes"],
  "work-pool create": () => ["p2"],
  "work-pool ls": () => ["--verbose"],
  "work-pool inspect": () => ["p"],
  "work-pool preview": () => ["p"],
  "work-pool pause": () => ["p"],
  "work-pool resume": () => ["p"],
  "work-pool set-concurrency-limit": () => ["p", "3"],
  "work-pool clear-concurrency-limit": () => ["p"],
  "work-pool delete": () => ["p", "--yes"],
  "work-queue create": () => ["q3"],
  "work-queue ls": () => ["--verbose"],
  "work-queue inspect": () => ["q2"],
  "work-queue preview": () => ["q2"],
  "work-queue pause": () => ["q2"],
  "work-queue resume": () => ["q2"],
  "work-queue set-concurrency-limit": () => ["q2", "3"],
  "work-queue clear-concurrency-limit": () => ["q2"],
  "work-queue delete": () => ["q2", "--yes"],
  "block ls": () => [],
  "block inspect": () => ["secret/s"],
  "block delete": () => ["secret/s", "--yes"],
  "block create": () => ["secret"],
  "block register": () => ["-f", "hostile.ts"],
  "block type ls": () => [],
  "block type inspect": () => ["secret"],
  "block type delete": () => ["secret", "--yes"],
  "variable ls": () => [],
  "variable inspect": () => ["v"],
  "variable set": () => ["v2", "w"],
  "variable delete": () => ["v", "--yes"],
  "artifact ls": () => [],
  "artifact inspect": () => ["k"],
  "artifact delete": () => ["k", "--yes"],
  "notification ls": () => [],
  "notification create": () => ["--type", "slack-webhook", "--field", "url=http://127.0.0.1:1"],
  "notification test": () => [ids.run],
  "notification pause": () => [ids.run],
  "notification resume": () => [ids.run],
  "notification delete": () => [ids.run, "--yes"],
  "concurrency-limit create": () => ["t2", "1"],
  "concurrency-limit ls": () => [],
  "concurrency-limit inspect": () => ["t"],
  "concurrency-limit reset": () => ["t"],
  "concurrency-limit delete": () => ["t", "--yes"],
  "config view": () => [],
  "config set": () => [`ORCH_API_KEY=${HOSTILE.replaceAll("\0", "")}`],
  "config unset": () => [HOSTILE.replaceAll("\0", "")],
  "config validate": () => [],
  "profile ls": () => [],
  "profile create": () => ["other"],
  "profile use": () => ["other"], // whose key is not the hostile one that `config set` kept
  "profile delete": () => ["no", "--yes"],
  "profile rename": () => [HOSTILE.replaceAll("\0", ""), "another"],
  "profile inspect": () => [HOSTILE.replaceAll("\0", "")],
};

/** Those that take away what others need come last, in the order of the table else. */
const commands = [
  ...Object.keys(COMMANDS),
  ...Object.entries(GROUPS).flatMap(([group, { commands }]) => Object.keys(commands).map((name) => `${group} ${name}`)),
];
const [going, staying] = [true, false].map((isGoing) =>
  commands.filter((name) => / (?:delete|reset)$/.test(name) === isGoing),
) as [string[], string[]]; // one list for each

beforeAll(() => {
  const literal = JSON.stringify(HOSTILE);
  const flow = 'import { flow } from "orch";\n';
  const files = {
    "hostile.ts": `${flow}const wrong: number = ${literal};\nexport const hello = flow(function hello() { return 1; }, { description: ${literal} });\n`,
    "throws.ts": `${flow}export const hello = flow(function hello() { throw new Error(${literal}); });\n`,
    "calls.ts": `import { hello } from "./throws.ts";\nawait hello();\n`,
    "hostile.yaml": `name: "${"\x1b[31m\u202e"}\nversion: [\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});

test("R8: every command is in the table", () => {
  expect(Object.keys(WORDS).toSorted()).toEqual(commands.toSorted());
});

for (const name of [...staying, ...going]) {
  const words = WORDS[name];
  if (!words) continue;
  test(`R8: orch ${name} prints nothing raw`, async () => {
    expectHarmless(await onTerminal([...name.split(" "), ...words()]));
  }, 120_000);
}

test("R8: the characters are there to see, and a forged line is marked", async () => {
  const { run } = await anotherRun();
  const { code, text } = await onTerminal(["flow-run", "logs", run]);
  expect(code).toBe(0);
  expect(text).toContain("\\x1b[31mred\\x1b]52;c;cHduZWQ=\\x07");
  expect(text).toContain("\\u202e");
  expect(text).toContain(`\n  | ${FORGED}`);
});

test("R8: JSON on a terminal has its own escapes, and means the same", async () => {
  const { run } = await anotherRun();
  for (const words of [
    ["flow-run", "inspect", run],
    ["flow-run", "logs", run],
    ["variable", "ls"],
  ]) {
    const shown = await onTerminal([...words, "--json"]);
    expectHarmless(shown);
    expect(shown.text).toContain("\\u202e");
    expect(JSON.stringify(JSON.parse(shown.text))).toContain(JSON.stringify(HOSTILE).slice(1, -1));
  }
});

test("R8: a pipe gets every byte", async () => {
  const { run } = await anotherRun();
  const env = { HOME: folder, ORCH_API_URL: server.url };
  const child = Bun.spawn([resolve("dist/orch"), "flow-run", "logs", run], { cwd: folder, env, stdout: "pipe" });
  expect(await new Response(child.stdout).text()).toContain(HOSTILE.toWellFormed());
});

/** What the deletions above have taken. */
async function anotherRun(): Promise<{ run: string }> {
  const { id: run } = await makeFlowRun(server.app, { state: { type: "FAILED" } });
  const line = { level: 20, timestamp: "2026-11-27T00:00:00+00:00", name: "n", flow_run_id: run };
  await server.app.call(createLogs, { body: [{ ...line, message: "m" }] });
  await server.app.call(createVariable, { body: { name: crypto.randomUUID().replaceAll("-", ""), value: "w" } });
  return { run };
}

test("R8: what runs print comes through an agent harmless", async () => {
  const env = { ORCH_API_URL: "" };
  const source = `import { flow } from "orch";
export const prints = flow(function prints() { console.log(${JSON.stringify(HOSTILE)}); });
`;
  writeFileSync(join(folder, "prints.ts"), source);
  for (const words of ["deployment build prints.ts:prints -n x -q prints -a", "deployment run prints/x"]) {
    expect((await onTerminal(words.split(" "), env)).code).toBe(0);
  }
  const { text } = await onTerminal(["agent", "start", "-q", "prints", "--run-once"], env);
  expect(text).toContain("\\x1b[31mred");
  expect(text.replace(OWN, "").search(RAW)).toBe(-1);
});

test("R8: an agent marks what is no record of a log, and a pipe has no marks", async () => {
  const env = { ORCH_API_URL: "" };
  const source = `import { flow, getRunLogger } from "orch";
export const forges = flow(function forges() {
  getRunLogger().info("logged\\nFORGED 1");
  console.log("printed\\nFORGED 2");
  getRunLogger().info("logged again\\n\\x1eFORGED 3");
});
`;
  writeFileSync(join(folder, "forges.ts"), source);
  const words = ["agent", "start", "-q", "forges", "--run-once"];
  const inOrder = ["deployment build forges.ts:forges -n x -q forges -a", "deployment run forges/x"];
  for (const line of inOrder) expect((await onTerminal(line.split(" "), env)).code).toBe(0);
  const { text } = await onTerminal(words, env);
  const shown = text.split(/\r?\n/).filter((line) => line.includes("FORGED") || line.endsWith("printed"));
  expect(shown).toEqual(["  | FORGED 1", "  | printed", "  | FORGED 2", "  | FORGED 3"]);
  expect(text).toMatch(/^[\d:.]+ \| INFO +\| Flow run '[^']+' - logged again/m);

  expect((await onTerminal(["deployment", "run", "forges/x"], env)).code).toBe(0);
  const child = Bun.spawn([resolve("dist/orch"), ...words], { cwd: folder, env: { HOME: folder }, stdout: "pipe" });
  const piped = await new Response(child.stdout).text();
  expect(piped).toContain("logged\nFORGED 1\n");
  expect(piped).toContain("\nprinted\nFORGED 2\n");
  expect(piped).not.toContain("\x1e");
});

const REFUSALS: [status: number, type: string][] = [
  [409, "application/json"],
  [422, "application/json"],
  [500, "application/json"],
  [502, "text/html"],
  [200, "text/html"],
];
for (const [status, type] of REFUSALS) {
  test(`R8: refusals with ${status} and ${type} print nothing raw`, async () => {
    const refusing = hostileServer();
    refusing.refuse(status, type);
    try {
      for (const name of ["flow ls", "deployment run", "variable set", "agent start", "block inspect", "flow run"]) {
        const words = [...name.split(" "), ...(WORDS[name]?.() ?? [])];
        const env = { ORCH_API_URL: refusing.url, ORCH_API_REQUEST_TIMEOUT: "2" };
        if (name !== "agent start") expectHarmless(await onTerminal(words, env));
      }
    } finally {
      await refusing.close();
    }
  }, 60_000);
}
