// User code on the compiled executable is loaded as Bun loads it: decorators, JSX, CommonJS, what the process looks like.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

/** Writes a new project and returns its folder. */
function project(name: string, files: Record<string, string>): string {
  const folder = join(sandbox.folder, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

async function output(folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await sandbox.orch(args, { folder });
  if (code !== 0) throw new Error(`${code}: ${stderr}`);
  return stdout;
}

/** What `reflect-metadata` brings, as far as the compiled code asks for it. */
const REFLECT = `const kept = new Map();
Reflect.metadata = (key, value) => (target, name) => void kept.set(key + " " + name, value);
export const typeOf = (name) => kept.get("design:type " + name)?.name;
`;
const LEGACY = '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }';
const ENTITY = `import { typeOf } from "./reflect.js";
function Column(target: object, name: string) { if (!(name in columns)) columns[name] = typeof target; }
const columns: Record<string, string> = {};
export class User {
  @Column id!: number;
  @Column born!: Date;
  plain = 3;
}
export const seen = JSON.stringify([columns, typeOf("id"), typeOf("born"), Object.keys(new User())]);
export function boom() {
  throw new Error("boom");
}
`;
const SEEN = '[{"id":"object","born":"object"},"Number","Date",["plain"]]\n';

describe("legacy decorators", () => {
  const RUN = 'import { seen } from "./entity.ts";\nconsole.log(seen);\n';
  const CONFIGS: [how: string, files: Record<string, string>][] = [
    ["of its tsconfig", { "tsconfig.json": LEGACY }],
    ["of a tsconfig above, with comments", { "tsconfig.json": `// legacy\n${LEGACY.replace("true }", "true, }")}` }],
    ["that another file holds", { "tsconfig.json": '{ "extends": "./base" }', "base.json": LEGACY }],
    [
      "that a package holds",
      {
        "tsconfig.json": '{ "extends": ["shared-config/legacy.json"] }',
        "node_modules/shared-config/package.json": '{ "name": "shared-config" }',
        "node_modules/shared-config/legacy.json": LEGACY,
      },
    ],
  ];
  for (const [index, [how, files]] of CONFIGS.entries()) {
    test(`T12: a program has the decorators ${how}`, async () => {
      const folder = project(`t12-${index}`, {
        ...files,
        "src/reflect.js": REFLECT,
        "src/entity.ts": ENTITY,
        "src/main.ts": RUN,
      });
      expect(await output(folder, "run", "src/main.ts")).toBe(SEEN);
    });
  }

  test("T12: a deployed flow has them, from its snapshot, with the lines of its own source in stacks", async () => {
    const folder = project("t12-deployed", {
      "tsconfig.json": LEGACY,
      "src/reflect.js": REFLECT,
      "src/entity.ts": ENTITY,
      "src/flows.ts": `import { flow } from "orch";
import { boom, seen } from "./entity.ts";
export const entities = flow(async function entities() { console.log(seen); boom(); }, { logPrints: true });
`,
    });
    await output(folder, "deployment", "build", "-n", "t12", "-q", "t12", "-a", "src/flows.ts:entities");
    const { id } = JSON.parse(await output(folder, "deployment", "run", "entities/t12", "--json"));
    await output(folder, "agent", "start", "-q", "t12", "--run-once");
    const log = await output(folder, "flow-run", "logs", id);
    expect(log).toContain(SEEN.trim());
    expect(log).toMatch(/at boom \(src\/entity\.ts:11:\d+\)/);
  });

  test("T12: without the option they are those of the language", async () => {
    const folder = project("t12-standard", {
      "tsconfig.json": '{ "compilerOptions": { "target": "ES2022" } }',
      "main.ts": `function D(value: unknown, context: { kind: string }) { console.log(value, context.kind); }
class User { @D name = "x"; }
new User();
`,
    });
    expect(await output(folder, "run", "main.ts")).toBe("undefined field\n");
  });

  test("T12: class fields are assigned where the tsconfig says so", async () => {
    const folder = project("t12-fields", {
      "tsconfig.json": '{ "compilerOptions": { "useDefineForClassFields": false } }',
      "main.ts": `class Base { x = 0; set y(value: number) { this.x = value; } }
class Derived extends Base { y = 5; z?: number; }
console.log(new Derived().x, Object.keys(new Derived()));
`,
    });
    expect(await output(folder, "run", "main.ts")).toBe('5 [ "x" ]\n');
  });

  test("T12: CommonJS and modules beside them keep what they export", async () => {
    const folder = project("t12-mixed", {
      "tsconfig.json": LEGACY,
      "src/reflect.js": REFLECT,
      "src/entity.ts": ENTITY,
      "src/config.ts": "module.exports = { host: 'db', port: 5432 };\n",
      "src/plain.cts": "exports.two = 2;\n",
      "src/main.cjs": `const { User } = require("./entity");
console.log(User.name, require("./config"), require("./plain.cts").two);
import("./config.ts").then((config) => console.log(config.host, config.default.port));
`,
    });
    expect(await output(folder, "run", "src/main.cjs")).toBe('User {\n  host: "db",\n  port: 5432,\n} 2\ndb 5432\n');
  });

  test("T12: a file that does not compile is one line with its place", async () => {
    const folder = project("t12-wrong", { "tsconfig.json": LEGACY, "main.ts": "@D class { x = ; }\n" });
    const { code, stderr } = await sandbox.orch(["run", "main.ts"], { folder });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^main\.ts:1:\d+: .+\n$/)]);
  });
});

describe("JSX", () => {
  const runtime = (name: string) => `export const ${name} = (type, props) => "${name} " + type + " " + props.children;
export { ${name} as ${name}s };
`;
  const TINY = {
    "node_modules/tiny/package.json": '{ "name": "tiny", "type": "module" }',
    "node_modules/tiny/jsx-runtime.js": runtime("jsx"),
    "node_modules/tiny/jsx-dev-runtime.js": runtime("jsxDEV"),
    "page.tsx": "export const page: unknown = <b>bold</b>;\n",
    "old.jsx": "const h = (type) => 'h ' + type;\nexports.old = <i />;\n",
  };
  const MAIN = `console.log(require("./page").page, require("./page.tsx").page === require(require.resolve("./page")).page);
import("./page.tsx").then(({ page }) => console.log(page));
`;
  const SETTINGS: [options: string, made: string][] = [
    ['{ "jsxImportSource": "tiny" }', "jsxDEV b bold"],
    ['{ "jsx": "react-jsx", "jsxImportSource": "tiny" }', "jsx b bold"],
  ];
  for (const [options, made] of SETTINGS) {
    test(`T15: require and import of .tsx with ${options}`, async () => {
      const folder = project(`t15-${made}`, {
        ...TINY,
        "tsconfig.json": `{ "compilerOptions": ${options} }`,
        "main.cjs": MAIN,
      });
      expect(await output(folder, "run", "main.cjs")).toBe(`${made} true\n${made}\n`);
    });
  }

  test("T15: require of .jsx with a factory, and createRequire", async () => {
    const folder = project("t15-factory", {
      ...TINY,
      "tsconfig.json": '{ "compilerOptions": { "jsx": "react", "jsxFactory": "h" } }',
      "main.ts": `import { createRequire } from "node:module";
console.log(createRequire(import.meta.url)("./old.jsx").old);
`,
    });
    expect(await output(folder, "run", "main.ts")).toBe("h i\n");
  });

  test("T15: without a tsconfig it is React's", async () => {
    const folder = project("t15-react", {
      "node_modules/react/package.json": '{ "name": "react", "type": "module" }',
      "node_modules/react/jsx-dev-runtime.js": runtime("jsxDEV"),
      "page.tsx": TINY["page.tsx"],
      "main.cjs": MAIN,
    });
    expect(await output(folder, "run", "main.cjs")).toBe("jsxDEV b bold true\njsxDEV b bold\n");
  });
});

describe("what never settles", () => {
  const FILES = {
    "waits.ts":
      'import { flow } from "orch";\nawait new Promise(() => {});\nexport const f = flow(async function f() {});\n',
    "never.ts": `import { flow, task } from "orch";
const stuck = task(async function stuck() { await new Promise(() => {}); });
export const f = flow(async function f() { await stuck(); });
`,
  };
  const SENTENCE = "'waits.ts' awaits a promise at its top level that never settles: nothing is left to do.\n";
  for (const command of ["run waits.ts", "flow run waits.ts:f", "deployment build -n x waits.ts:f"]) {
    test(`T18: a top-level await in '${command}' is a sentence and no success`, async () => {
      const { code, stderr } = await sandbox.orch(command.split(" "), { folder: project("t18", FILES) });
      expect([code, stderr]).toEqual([1, SENTENCE]);
    });
  }

  const STUCK = "The flow waits for a promise that never settles: nothing is left to do in its process.";
  test("T18: a flow run by hand with nothing left to do ends with a sentence, and in a program too", async () => {
    const folder = project("t18", { ...FILES, "calls.ts": 'import { f } from "./never.ts";\nf();\n' });
    const byHand = await sandbox.orch(["flow", "run", "never.ts:f"], { folder });
    expect([byHand.code, byHand.stderr]).toEqual([13, `Crash detected! ${STUCK}\n`]);
    const program = await sandbox.orch(["run", "calls.ts"], { folder });
    expect([program.code, program.stderr]).toEqual([1, `${STUCK}\n`]);
  });

  test("T18: a flow and a task with nothing left to do crash with a sentence", async () => {
    const folder = project("t18", FILES);
    await output(folder, "deployment", "build", "-n", "t18", "-q", "t18", "-a", "never.ts:f");
    const { id } = JSON.parse(await output(folder, "deployment", "run", "f/t18", "--json"));
    await output(folder, "agent", "start", "-q", "t18", "--run-once");
    const { state } = JSON.parse(await output(folder, "flow-run", "inspect", id, "--json"));
    expect(state).toMatchObject({
      type: "CRASHED",
      message: STUCK,
    });
  });
});

describe("the process", () => {
  const LOOK = `console.log(process.env.NODE_ENV, "NODE_ENV" in process.env, Bun.env.NODE_ENV);
console.log(import.meta.main, require.main === module, Bun.main === import.meta.path, process.argv[1] === import.meta.path);
console.log(process.argv[0] === process.execPath, process.execArgv);
`;
  const AS_BUN = "true true true true\ntrue []\n";
  test("T20: NODE_ENV is what was set, or nothing", async () => {
    const folder = project("t20", { "look.ts": LOOK });
    expect(await output(folder, "run", "look.ts")).toBe(`undefined false undefined\n${AS_BUN}`);
    const set = await sandbox.orch(["run", "look.ts"], { folder, env: { NODE_ENV: "production" } });
    expect(set.stdout).toBe(`production true production\n${AS_BUN}`);
  });

  test("a flow's file sees none of orch's words in process.argv: a parser of command lines finds no argument", async () => {
    const look = "process.argv.length, process.argv[0] === process.execPath, process.argv[1] === import.meta.path";
    const folder = project("argv", {
      "look.ts": `import { flow, getRunLogger } from "orch";
if (process.argv.length > 2) throw new Error("unknown argument: " + process.argv[2]);
export const f = flow(async function f() { getRunLogger().info([${look}].join()); });
`,
    });
    expect(await output(folder, "flow", "run", "look.ts:f")).toContain(" - 2,true,true\n");
    await output(folder, "deployment", "build", "-n", "argv", "-q", "argv", "-a", "look.ts:f");
    const { id } = JSON.parse(await output(folder, "deployment", "run", "f/argv", "--json"));
    await output(folder, "agent", "start", "-q", "argv", "--run-once");
    expect(await output(folder, "flow-run", "logs", id)).toContain(" - 2,true,true\n");
  });
});

describe("what a run is made of", () => {
  const MONOREPO = {
    "package.json": '{ "workspaces": ["apps/*", "packages/*"] }',
    "tsconfig.base.json":
      '{ "compilerOptions": { "paths": { "@libs/*": ["./libs/*.ts"] }, "experimentalDecorators": true } }',
    "apps/etl/tsconfig.json": '{ "extends": "../../tsconfig.base.json" }',
    "apps/etl/words.txt": "words\n",
    "apps/etl/flow.ts": `import { readFileSync } from "node:fs";
import { flow } from "orch";
import { lib } from "lib";
import { alias } from "@libs/alias";
import { fail, near } from "../../near/near";
function D(...given: unknown[]) { arity = given.length; }
let arity = 0;
class Row { @D id = 1; }
export const parts = flow(async function parts() {
  console.log([lib, alias, near, arity, new Row().id, readFileSync("words.txt", "utf8").trim()].join(" "));
  fail();
}, { logPrints: true });
`,
    "packages/lib/package.json": '{ "name": "lib", "type": "module", "exports": "./src/index.ts" }',
    "packages/lib/src/index.ts": 'export const lib: string = "lib-1";\n',
    "libs/alias.ts": 'export const alias = "alias-1";\n',
    "near/near.ts": 'export const near = "near-1";\nexport function fail() { throw new Error(near); }\n',
  };
  const EDITED = ["packages/lib/src/index.ts", "libs/alias.ts", "near/near.ts"] as const;

  for (const [where, storage] of [
    ["a snapshot", []],
    ["a storage block", ["-sb", "local-file-system/shared/t16"]],
  ] as const) {
    test(`T16, T17: a run from ${where} takes workspace packages and files outside of the folder as they were`, async () => {
      const root = project("t16", MONOREPO);
      if (!existsSync(join(root, "node_modules/lib"))) {
        mkdirSync(join(root, "node_modules"));
        symlinkSync("../packages/lib", join(root, "node_modules/lib"));
        writeFileSync(
          join(root, "save.ts"),
          `import { LocalFileSystem } from "orch";
await new LocalFileSystem({ basepath: ${JSON.stringify(join(root, "stored"))} }).save("shared");
`,
        );
        await output(root, "run", "save.ts");
      }
      const folder = join(root, "apps/etl");
      const built = await output(
        folder,
        "deployment",
        "build",
        "-n",
        "t16",
        "-q",
        "t16",
        "-a",
        ...storage,
        "flow.ts:parts",
      );
      expect(built).toContain("Packed from outside of this folder: ../../libs/alias.ts, ../../near/near.ts, ");
      for (const file of EDITED) writeFileSync(join(root, file), "throw new Error('edited later');\n");
      const { id } = JSON.parse(await output(folder, "deployment", "run", "parts/t16", "--json"));
      await output(folder, "agent", "start", "-q", "t16", "--run-once");
      const log = await output(folder, "flow-run", "logs", id);
      expect(log).toContain("lib-1 alias-1 near-1 3 1 words");
      expect(log).toMatch(
        /Error: near-1\n +at fail \(near\/near\.ts:2:\d+\)\n +at parts \(apps\/etl\/flow\.ts:11:\d+\)/,
      );
    });
  }

  test("T19: `.env` is read by `flow run`, `run` and runs in the folder, and does not go into a snapshot", async () => {
    const folder = project("t19", {
      ".env": "WHO=env\nBOTH=env\n",
      ".env.local": "BOTH=local\n",
      "flow.ts": `import { flow } from "orch";
export const top = process.env.WHO;
export const who = flow(async function who() { console.log("who", top, process.env.BOTH, process.env.SET); }, { logPrints: true });
if (import.meta.main) await who();
`,
    });
    const env = { SET: "set", BOTH: "outer" };
    for (const command of [
      ["run", "flow.ts"],
      ["flow", "run", "flow.ts:who"],
    ]) {
      expect((await sandbox.orch(command, { folder, env })).stdout).toContain("who env outer set");
    }
    const logOf = async (...flags: string[]) => {
      const built = await output(
        folder,
        "deployment",
        "build",
        "-n",
        "t19",
        "-q",
        "t19",
        "-a",
        ...flags,
        "flow.ts:who",
      );
      const { id } = JSON.parse(await output(folder, "deployment", "run", "who/t19", "--json"));
      await output(folder, "agent", "start", "-q", "t19", "--run-once");
      return built + (await output(folder, "flow-run", "logs", id));
    };
    const inPlace = await logOf("--skip-upload");
    expect(inPlace).toContain("who env local undefined");
    expect(inPlace).not.toContain("not packed");
    const packed = await logOf("--override", "env.BOTH=override");
    expect(packed).toContain("who undefined override undefined");
    expect(packed).toContain(
      ".env, .env.local are not packed: give runs their variables with --override env.NAME=value, or in the environment of the agent.\n",
    );
  });
});
