// `orch run FILE` on the compiled executable: a program with "orch" in reach, and nothing else on the machine.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const write = (name: string, text: string) => writeFileSync(join(sandbox.folder, name), text);
const FLOW = `import { flow } from "orch";
export const add = flow(async function add(a: number, b: number) { return a + b; });
`;

beforeAll(() => {
  write("add.ts", FLOW);
});

describe("orch run", () => {
  const RUNS: [what: string, source: string, out: string, code: number][] = [
    ["waits at the top level", 'import { add } from "./add.ts";\nconsole.log(await add(1, 2));', "\n3\n", 0],
    ["waits for what nobody awaits", 'import { add } from "./add.ts";\nadd(2, 3).then(console.log);', "\n5\n", 0],
    ["is the main module", 'import "./add.ts";\nif (import.meta.main) console.log("main");', "main\n", 0],
    ["has its arguments", "console.log(process.argv.slice(2).join());", "x,--y\n", 0],
    ["has its exit code", "process.exitCode = 3; setTimeout(() => console.log('late'), 50);", "late\n", 3],
    [
      "looks after its own errors",
      "process.on('uncaughtException', ({ message }) => console.log(message));\nsetTimeout(() => { throw new Error('seen'); }, 1);",
      "seen\n",
      0,
    ],
    ["ends at once when it says so", "setTimeout(() => {}, 60_000); process.exit(4);", "", 4],
  ];
  for (const [what, source, out, code] of RUNS) {
    test(`a program ${what}`, async () => {
      write("program.ts", source);
      const ran = await sandbox.orch(["run", "program.ts", "x", "--", "--y"]);
      expect(ran).toMatchObject({ code, stderr: "" });
      expect(ran.stdout.endsWith(out)).toBe(true);
    });
  }

  test("what follows the program is its own, options too", async () => {
    write("program.ts", "console.log(process.argv.slice(2).join());");
    const ran = await sandbox.orch(["run", "program.ts", "--y", "-h", "--help"]);
    expect(ran).toEqual({ code: 0, stdout: "--y,-h,--help\n", stderr: "" });
  });

  test("the flows it called are on the API", async () => {
    const { stdout } = await sandbox.orch(["flow-run", "ls", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject([{ state_type: "COMPLETED" }, { state_type: "COMPLETED" }]);
  });

  const WRONG: [what: string, source: string, sentence: RegExp][] = [
    [
      "throws",
      "\nthrow new TypeError('no config');",
      /^Script at 'wrong\.ts:2' encountered an exception: TypeError: no config\n +at .*\(?wrong\.ts:2:\d+\)?\n$/,
    ],
    [
      "throws with a cause, deep inside",
      "const inner = () => {\n  throw new Error('outer', { cause: new Error('inner') });\n};\ninner();",
      /^Script at 'wrong\.ts:2' encountered an exception: outer\n +at inner \(wrong\.ts:2:\d+\)\n +at .*wrong\.ts:4:\d+\)?\nCaused by: Error: inner\n/,
    ],
    [
      "throws several at once",
      "throw new AggregateError([new Error('a'), new Error('b')], 'both failed');",
      /^Script at 'wrong\.ts:1' encountered an exception: AggregateError: both failed\n(?:.*\n)+Caused by: Error: b\n/,
    ],
    [
      "throws what is no error",
      "throw { code: 5 };",
      /^Script at 'wrong\.ts' encountered an exception: \{ ?code: 5,? ?\}\n$/,
    ],
    [
      "throws later",
      "async function main() {\n  throw new Error('boom');\n}\nmain();",
      /^Error: boom\n +at main \(.*wrong\.ts:2:\d+\)/,
    ],
    [
      "throws from a timer",
      "setTimeout(() => {\n  throw new RangeError('too late');\n}, 1);",
      /^RangeError: too late\n +at .*wrong\.ts:2:\d+\)?\n$/,
    ],
    ["is no TypeScript", "const = 5;", /^wrong\.ts:1:\d+: /],
    ["imports what is not there", 'import "nowhere";', /^.*nowhere.*Install it: npm install nowhere\n$/],
  ];
  for (const [what, source, sentence] of WRONG) {
    test(`a program that ${what} ends with 1 and says where`, async () => {
      write("wrong.ts", source);
      const { code, stderr } = await sandbox.orch(["run", "wrong.ts"]);
      expect([code, stderr]).toEqual([1, expect.stringMatching(sentence)]);
    });
  }

  test("a file that is not there, and a server that is away, are one sentence", async () => {
    expect(await sandbox.orch(["run", "none.ts"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "There is no file 'none.ts'.\n",
    });
    const env = { ORCH_API_URL: "http://127.0.0.1:1/api" };
    const { code, stderr } = await sandbox.orch(["run", "add.ts"], { env });
    expect([code, stderr]).toEqual([1, expect.stringContaining("No server is answering at http://127.0.0.1:1/api.")]);
  });
});
