// Reading a flow file in a separate process, from source.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ANSWER_MARK, type Answer } from "#cli/dev/describe.ts";

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "orch-describe-")));
  for (const path of ["node_modules/dep", "lib"]) mkdirSync(join(folder, path), { recursive: true });
  write("node_modules/dep/index.js", "export const dep = 1;");
  write("lib/helper.ts", "export const helper = 1;");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (path: string, text: string) => writeFileSync(join(folder, path), text);

async function look(file: string, exportName: string): Promise<{ answer: Answer; printed: string }> {
  const child = Bun.spawn([process.execPath, resolve("src/main.ts"), "__describe", join(folder, file), exportName], {
    cwd: folder,
    env: { ORCH_HOME: join(folder, ".orch"), HOME: folder },
    stdout: "pipe",
  });
  const text = await new Response(child.stdout).text();
  const at = text.lastIndexOf(ANSWER_MARK);
  return { printed: text.slice(0, at), answer: JSON.parse(text.slice(at + ANSWER_MARK.length)) };
}

const flow = (head: string, options = "{}") => `${head}
import { flow } from "orch";
/** Says hi. */
export const sayHi = flow(async function sayHi(name: string) { return name; }, ${options});
`;

test("the parameters, the version and the files a flow is made of", async () => {
  const text = flow(
    'import { helper } from "./lib/helper.ts";\nimport { dep } from "dep";\nconsole.log("here", helper, dep);',
  );
  write("a.ts", text);
  const { answer, printed } = await look("a.ts", "sayHi");
  expect(printed).toBe("here 1 1\n");
  expect(answer.problem).toBeUndefined();
  // From source the program's own modules are loaded one by one as well.
  const files = answer.files.filter((path) => path.startsWith(folder));
  expect(files.toSorted()).toEqual([join(folder, "a.ts"), join(folder, "lib/helper.ts")]);
  expect(answer.flow?.version).toBe(new Bun.CryptoHasher("md5").update(text).digest("hex"));
  expect(answer.flow?.schema).toMatchObject({ properties: { name: { type: "string" } }, required: ["name"] });
});

test("the version that the flow names itself", async () => {
  write("versioned.ts", flow("", '{ version: "7" }'));
  expect((await look("versioned.ts", "sayHi")).answer.flow?.version).toBe("7");
});

const PROBLEMS: [what: string, text: string, sentence: RegExp][] = [
  ["a syntax error", "export const ]", /^broken\.ts:1:14: /],
  ["a missing import", 'import "./nowhere.ts";', /Cannot find module '\.\/nowhere\.ts'/],
  ["what it throws", 'throw new Error("not today");', /Script at 'broken\.ts:1' encountered an exception: not today/],
  [
    "no such flow",
    flow("").replaceAll("sayHi", "other"),
    /'sayHi' not found in 'broken\.ts'\. The flows in it are: other/,
  ],
];
for (const [what, text, sentence] of PROBLEMS) {
  test(`${what} is a sentence`, async () => {
    write("broken.ts", text);
    const { answer } = await look("broken.ts", "sayHi");
    expect(answer.flow).toBeUndefined();
    expect(answer.problem).toMatch(sentence);
  });
}
