// Runs the commands of README.md: each line of its fenced blocks on the machine of a new user, section by section, and its
// programs. A command in the text is looked up in the help of the executable.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Sandbox } from "./sandbox.ts";

const README = readFileSync("README.md", "utf8");

/** Lines that are not run here, with the reason. */
const NOT_RUN: Record<string, string> = {
  "npm start": "installs and builds the repository: .ci/run does",
  "npm test": "runs this test among others: .ci/run does",
  "export PREFECT_API_URL=http://127.0.0.1:4200/api": "is for Prefect's own programs: test/compat runs them",
};

/** What a line needs that its section does not make. */
const GIVEN: Record<string, { files?: Record<string, string>; stdin?: string }> = {
  "orch block create s3": { files: { "id.txt": "AKIAEXAMPLE" }, stdin: "not-a-real-key" },
};

/** What a line that goes on has printed when it is ready. */
const READY: [line: RegExp, output: RegExp][] = [
  [/^orch server start/, /is running at http/],
  [/^orch agent/, /started/i],
];

/** What a line waits for, as a person would. */
const WAITS: Record<string, string[]> = { "orch flow-run logs last": ["flow-run", "watch", "last"] };

/** Some of what is printed. Each line exits 0. */
const PRINTED: Record<string, RegExp> = {
  "orch deployment ls": /say-hi\/marvin/,
  "orch flow-run ls": /say-hi\/marvin/,
  "orch flow-run logs last": /hi Ada/,
};

interface Block {
  section: string;
  language: string;
  text: string;
}

const BLOCKS: Block[] = README.split(/^## /m).flatMap((section) =>
  [...section.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = "", text = ""]) => ({
    ...{ section: section.split("\n")[0] ?? "", language, text },
  })),
);
const SHELL = BLOCKS.filter(({ language }) => language === "");
const LINES = SHELL.flatMap(({ section, text }) => linesOf(text).map((line) => ({ section, line })));
const sandboxes: Sandbox[] = [];
afterAll(() => Promise.all(sandboxes.map((sandbox) => sandbox.close())));

function newSandbox(): Sandbox {
  const sandbox = createSandbox();
  sandboxes.push(sandbox);
  return sandbox;
}

function linesOf(text: string): string[] {
  return text.split("\n").flatMap((line) => line.replace(/ +# .*$/, "").trim() || []);
}

/** The entry whose key begins the line. */
function entryFor<T>(table: Record<string, T>, line: string): T | undefined {
  return Object.entries(table).find(([beginning]) => line.startsWith(beginning))?.[1];
}

describe("the commands of README.md", () => {
  for (const section of new Set(LINES.map((line) => line.section))) {
    const lines = LINES.filter((line) => line.section === section && entryFor(NOT_RUN, line.line) === undefined);
    if (lines.length === 0) continue;
    test(section, async () => {
      const sandbox = newSandbox();
      for (const { line } of lines) await runLine(sandbox, line);
    }, 60_000);
  }

  test("those that are not run are still there", () => {
    for (const beginning of [...Object.keys(NOT_RUN), ...Object.keys(GIVEN), ...Object.keys(PRINTED)]) {
      expect([beginning, LINES.some(({ line }) => line.startsWith(beginning))]).toEqual([beginning, true]);
    }
  });
});

async function runLine(sandbox: Sandbox, line: string): Promise<void> {
  const { files = {}, stdin } = entryFor(GIVEN, line) ?? {};
  for (const [name, text] of Object.entries(files)) writeFileSync(join(sandbox.folder, name), text);
  const waits = entryFor(WAITS, line);
  if (waits) await sandbox.orch(waits);
  if (line.endsWith("&")) {
    const words = line.slice(0, -1).trim().split(" ").slice(1);
    const ready = READY.find(([pattern]) => pattern.test(line))?.[1];
    if (!ready) throw new Error(`READY has no entry for '${line}'`);
    await sandbox.start(words, { ORCH_SERVER_API_PORT: "0" }).until(ready);
    return;
  }
  const ran = line.startsWith("orch ")
    ? await sandbox.shell(stdin === undefined ? line : `echo '${stdin}' | ${line}`)
    : { code: 127, stdout: "", stderr: "only commands of orch are run: name others in NOT_RUN" };
  expect([line, ran.code, ran.code === 0 ? "" : ran.stderr]).toEqual([line, 0, ""]);
  const printed = entryFor(PRINTED, line);
  if (printed) expect(ran.stdout).toMatch(printed);
}

describe("the programs of README.md", () => {
  const programs = BLOCKS.filter(({ language }) => language === "ts").map(({ text }) => text);
  const [hello = "", report = "", deploy = ""] = programs;

  test("there are three", () => expect(programs).toHaveLength(3));

  test("they do what they say", async () => {
    const sandbox = newSandbox();
    const { folder } = sandbox;
    const run = async (...args: string[]) => {
      const ran = await sandbox.orch(args);
      expect([args, ran.code, ran.code === 0 ? "" : ran.stderr]).toEqual([args, 0, ""]);
      return ran.stdout + ran.stderr;
    };
    const mail = 'import { flow } from "orch";\nexport const mail = flow(async function mail(day: string) {});\n';
    const prices =
      "const fetchPrices = async (day: string, token: string) => [{ day, token, price: 99 }, { day, token, price: 101 }];\n";
    const files = { "hello.ts": hello, "report.ts": `${prices}${report}`, "mail.ts": mail, "deploy.ts": deploy };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    mkdirSync(join(folder, "shared"));
    expect(await run("flow", "run", "hello.ts:sayHi")).toContain("hi Marvin");

    await sandbox.start(["server", "start"], { ORCH_SERVER_API_PORT: "0" }).until(/is running at http/);
    await sandbox.start(["agent", "start", "-q", "test"]).until(/started/i);
    await run("block", "create", "secret", "--name", "api-token", "--field", "value=x");
    await run("block", "create", "local-file-system", "--name", "shared", "--field", `basepath=${folder}/shared`);
    await run("deployment", "build", "-n", "report", "-q", "test", "-a", "mail.ts:mail");
    await run("run", "deploy.ts");
    await run("deployment", "run", "report/daily", "--param", "day=2026-11-28", "--watch");
    expect(await run("artifact", "ls")).toContain("report");
    expect(await run("flow-run", "ls", "--deployment", "mail/report")).toContain("Completed");
    await run("types");
    expect(await run("check")).toContain("No problems");
  }, 90_000);
});

test("commands in the text of README.md are commands, with the options that they name", async () => {
  const text = README.replace(/^```.*?^```$/gms, "");
  const commands = [...text.matchAll(/`(orch\s[^`]+)`/g)].map(([, command = ""]) => command.split(/\s+/).slice(1));
  expect(commands.length).toBeGreaterThan(20);
  const sandbox = newSandbox();
  const faults: string[] = [];
  for (const words of commands) {
    const end = words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word));
    const path = end < 0 ? words : words.slice(0, end);
    const { code, stdout } = await sandbox.orch([...path, "--help"]);
    const missing = words.filter((word) => /^--[a-z]/.test(word) && !stdout.includes(word));
    if (code !== 0 || missing.length > 0)
      faults.push(`orch ${words.join(" ")}: ${missing.join(" ") || `exit ${code}`}`);
  }
  expect(faults).toEqual([]);
}, 60_000);
