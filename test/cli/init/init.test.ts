// `orch init` in a folder that is somebody's already: nothing is overwritten, and each file that is left is named.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
beforeEach(() => {
  terminal = testTerminal();
});
afterEach(() => terminal.close());

const path = (name: string) => join(terminal.folder, name);
const read = (name: string) => readFileSync(path(name), "utf8");
function write(name: string, text: string): void {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), text);
}

const CASES: [what: string, files: Record<string, string>, said: string, absent: string | null][] = [
  ["a tsconfig without orch.d.ts", { "tsconfig.json": '{"include": ["flows"]}' }, "'orch types' adds it.", null],
  ["a tsconfig with all files", { "tsconfig.json": "{}" }, "Left tsconfig.json as it is.\n", null],
  ["a broken tsconfig", { "tsconfig.json": "{" }, "Left tsconfig.json as it is. tsconfig.json is not valid", null],
  ["types of another version", { "orch.d.ts": "// old\n" }, "'orch types' brings it up to date.", null],
  ["package.json", { "package.json": "{}" }, "Left package.json as it is: nothing in it has to change.", null],
  [".gitignore", { ".gitignore": "dist\n" }, "Left .gitignore as it is: nothing in it has to change.", null],
  [
    ".orchignore",
    { ".orchignore": "x\n" },
    "Left .orchignore as it is: it says what is not uploaded",
    ".prefectignore",
  ],
  [".prefectignore", { ".prefectignore": "x\n" }, "Left .prefectignore as it is.", null],
  [
    "deployment.yaml",
    { "deployment.yaml": "name: x\n" },
    "'orch deployment apply deployment.yaml' registers it.",
    null,
  ],
  [
    "a file of the same deployment",
    { "sayHi-deployment.yaml": "flow_name: say-hi\nname: marvin\n" },
    "Left sayHi-deployment.yaml as it is: it describes 'say-hi/marvin' already.",
    "marvin-deployment.yaml",
  ],
  [
    "a file of another deployment",
    { "my-deployment.yaml": "flow_name: a\nname: b\n" },
    "Wrote marvin-deployment.yaml",
    null,
  ],
  [
    "another flow in flows/marvin.ts",
    { "flows/marvin.ts": "export const mine = 1;\n" },
    "Wrote no marvin-deployment.yaml: flows/marvin.ts is yours and has no flow 'sayHi'.",
    "marvin-deployment.yaml",
  ],
];
for (const [what, files, said, absent] of CASES) {
  test(`C23: ${what} is left, and named`, async () => {
    for (const [name, text] of Object.entries(files)) write(name, text);
    const { code, out, err } = await terminal.orch("init", ".");
    expect([code, err, `${out}\n`]).toEqual([0, "", expect.stringContaining(said)]);
    for (const [name, text] of Object.entries(files)) expect([name, read(name)]).toEqual([name, text]);
    if (absent !== null) expect([absent, existsSync(path(absent))]).toEqual([absent, false]);
  });
}

test("C23: a second init changes nothing, and names every file", async () => {
  await terminal.orch("init", ".");
  const before = readdirSync(terminal.folder, { recursive: true }).toSorted();
  const { out } = await terminal.orch("init", ".");
  expect(readdirSync(terminal.folder, { recursive: true }).toSorted()).toEqual(before);
  expect(out).not.toContain("Wrote");
  expect(out.match(/^Left \S+ as it is\.$/gm)).toHaveLength(5);
});

test("C23: a build rewrites the file that describes the deployment, whatever its name", async () => {
  await terminal.orch("init", ".");
  const build = (...words: string[]) =>
    terminal.orch("deployment", "build", "-q", "test", "--skip-upload", "flows/marvin.ts:sayHi", ...words);
  const yaml = () =>
    readdirSync(terminal.folder)
      .filter((name) => name.endsWith(".yaml"))
      .toSorted();
  expect(await build("-n", "marvin", "-t", "again")).toMatchObject({ code: 0, err: "" });
  expect([yaml(), read("marvin-deployment.yaml")]).toEqual([
    ["marvin-deployment.yaml"],
    expect.stringContaining("again"),
  ]);
  expect((await build("-n", "other")).code).toBe(0);
  expect(yaml()).toEqual(["marvin-deployment.yaml", "sayHi-deployment.yaml"]);
  const { err } = await build("-n", "marvin", "-o", "third-deployment.yaml");
  expect(err).toBe(
    "'marvin-deployment.yaml' describes 'say-hi/marvin' too: 'orch dev' takes the file that was saved last.",
  );
});

test("--devcontainer writes a configuration that uses the feature beside it", async () => {
  const { out, code } = await terminal.orch("init", ".", "--devcontainer");
  expect(code).toBe(0);
  expect(out).toContain("Wrote .devcontainer/devcontainer.json\n");
  const config = JSON.parse(read(".devcontainer/devcontainer.json")) as {
    features: Record<string, Record<string, unknown>>;
    forwardPorts: number[];
    portsAttributes: Record<string, { onAutoForward: string }>;
  };
  const feature = JSON.parse(read(".devcontainer/orch/devcontainer-feature.json")) as {
    options: Record<string, unknown>;
    containerEnv: { ORCH_HOME: string };
    mounts: { target: string; type: string }[];
  };
  expect(Object.keys(config.features["./orch"] ?? {}).filter((name) => !(name in feature.options))).toEqual([]);
  expect(config.features["./orch"]).toMatchObject({ queue: "test", version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  expect(config.forwardPorts).toEqual([4200]);
  expect(config.portsAttributes["4200"]?.onAutoForward).toBe("openBrowserOnce");
  expect(Object.keys(feature.options)).toEqual(expect.arrayContaining(["version", "server", "queue", "port"]));
  expect(feature.mounts).toEqual([expect.objectContaining({ target: "/var/lib/orch", type: "volume" })]);
  expect(feature.containerEnv.ORCH_HOME).toStartWith("/var/lib/orch/");
  expect(read(".devcontainer/orch/install.sh")).toContain("get-orch.sh");
  expect(read(".devcontainer/orch/get-orch.sh")).not.toMatch(/@RELEASES@|@VERSION@/);
});

test("--devcontainer leaves a configuration that is there, and says what it needs", async () => {
  write(".devcontainer/devcontainer.json", "{}");
  const { out } = await terminal.orch("init", ".", "--devcontainer");
  expect(out).toContain("Left .devcontainer/devcontainer.json as it is.\n");
  expect(out).toContain('needs: "features": { "./orch": { "queue": "test" } }, "forwardPorts": [4200]');
  expect(read(".devcontainer/devcontainer.json")).toBe("{}");
  expect(existsSync(path(".devcontainer/orch/install.sh"))).toBe(true);
});

test("--devcontainer beside a .devcontainer.json writes no second configuration", async () => {
  write(".devcontainer.json", "{}");
  const { out } = await terminal.orch("init", ".", "--devcontainer");
  expect(out).toContain("Left .devcontainer.json as it is.");
  expect(existsSync(path(".devcontainer/devcontainer.json"))).toBe(false);
});

test("without --devcontainer there is none", async () => {
  await terminal.orch("init", ".");
  expect(existsSync(path(".devcontainer"))).toBe(false);
});
