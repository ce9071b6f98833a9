// C22: the first steps of a clone show progress, do nothing twice, and say in one sentence what stops them.
import { afterAll, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = mkdtempSync(join(tmpdir(), "orch-steps-"));
const clone = join(root, "clone");
const bin = join(root, "bin");
afterAll(() => rmSync(root, { recursive: true, force: true }));

const LOCK = {
  packages: {
    "": { name: "orch" },
    "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
    "node_modules/tester": { version: "1.0.0", integrity: "sha512-tester", dev: true },
    "node_modules/@oven/bun-linux-x64": { optional: true, os: ["linux", "darwin"], cpu: ["x64", "arm64"] },
  },
};

beforeEach(() => {
  rmSync(clone, { recursive: true, force: true });
  for (const folder of ["src", "templates", "test/repo"]) mkdirSync(join(clone, folder), { recursive: true });
  mkdirSync(bin, { recursive: true });
  for (const name of ["steps.cjs", "compile.json"]) cpSync(`test/repo/${name}`, join(clone, `test/repo/${name}`));
  for (const name of ["package.json", "tsconfig.json", "bunfig.toml"]) writeFileSync(join(clone, name), "{}");
  writeFileSync(join(clone, "package-lock.json"), JSON.stringify(LOCK));
});

/** Stands in for a program: a script of the shell, in the folder of the clone. */
function program(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

const npm = (script: string) => program(join(bin, "npm"), `echo "$@" >> npm-calls\n${script}`);

/** What `npm ci` leaves. */
function installed(integrities: Record<string, string>): void {
  const packages: Record<string, object> = {};
  for (const [name, integrity] of Object.entries(integrities)) {
    mkdirSync(join(clone, "node_modules", name), { recursive: true });
    packages[`node_modules/${name}`] = { version: "1.0.0", integrity };
  }
  writeFileSync(join(clone, "node_modules/.package-lock.json"), JSON.stringify({ packages }));
}

/** Bun's program is large: a small one is the placeholder of its package. */
function bun(script: string): void {
  mkdirSync(join(clone, "node_modules/bun/bin"), { recursive: true });
  program(join(clone, "node_modules/bun/bin/bun.exe"), `${script}\nexit\n${"#".repeat(1_000_000)}`);
}

function start(steps: string[], preload = "") {
  writeFileSync(join(root, "preload.cjs"), preload);
  const { npm_execpath: _, ...rest } = process.env;
  return Bun.spawn(["node", "--require", join(root, "preload.cjs"), join(clone, "test/repo/steps.cjs"), ...steps], {
    ...{ env: { ...rest, PATH: `${bin}:${process.env["PATH"]}` }, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  });
}

async function steps(names: string[], preload = "") {
  const child = start(names, preload);
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, out, err };
}

const calls = () => (existsSync(join(clone, "npm-calls")) ? readFileSync(join(clone, "npm-calls"), "utf8") : "");

test("C22: a step that takes long shows its seconds", async () => {
  npm("while [ ! -e go-on ]; do sleep 0.1; done");
  const child = start(["install"]);
  let out = "";
  for await (const chunk of child.stdout) {
    out += new TextDecoder().decode(chunk);
    if (/packages… \d+ s\n/.test(out)) writeFileSync(join(clone, "go-on"), "");
  }
  expect(out).toMatch(
    /^Installing packages…\n(?:Installing packages… \d+ s\n)+Installing packages: done after \d+ s\.\n$/,
  );
  expect(await child.exited).toBe(0);
});

test("C22: what is installed is not installed again, another lock file's packages are", async () => {
  npm("");
  installed({ a: "sha512-a", tester: "sha512-tester" });
  expect(await steps(["install"])).toEqual({ code: 0, out: "", err: "" });
  expect(await steps(["install-for-build"])).toEqual({ code: 0, out: "", err: "" });
  expect(calls()).toBe("");
  installed({ a: "sha512-b", tester: "sha512-tester" });
  expect((await steps(["install"])).code).toBe(0);
  expect(calls()).toMatch(/^ci .*\n$/);
});

test("C22: a build installs nothing that only tests need, and the tests install it later", async () => {
  npm("");
  expect((await steps(["install-for-build"])).code).toBe(0);
  expect(calls()).toMatch(/^ci .*--omit=dev.*\n$/);
  installed({ a: "sha512-a" });
  expect(await steps(["install-for-build"])).toEqual({ code: 0, out: "", err: "" });
  rmSync(join(clone, "npm-calls"));
  expect((await steps(["install"])).code).toBe(0);
  expect(calls()).toMatch(/^ci .*\n$/);
  expect(calls()).not.toContain("--omit");
});

test("C22: what is built is built again only after a change", async () => {
  bun('echo built >> builds; mkdir -p dist; echo "" > dist/orch; echo "{}" > dist/main.js.map');
  const builds = () => readFileSync(join(clone, "builds"), "utf8").split("\n").length - 1;
  expect((await steps(["build"])).out).toMatch(
    /^Building dist\/orch…\n(?:.*\n)*Building dist\/orch: done after \d+ s\.\n$/,
  );
  expect(readdirSync(join(clone, "dist")).toSorted()).toEqual([".built-from", "orch"]);
  const once = builds();
  expect((await steps(["build"])).out).toBe("dist/orch is up to date.\n");
  expect(builds()).toBe(once);
  writeFileSync(join(clone, "src/new.ts"), "");
  expect((await steps(["build"])).out).toContain("done");
  expect(builds()).toBe(2 * once);
});

test("C22: a build that fails shows the builder's words, and is not taken for done", async () => {
  bun("echo 'src/x.ts: cannot find y'; exit 1");
  for (const _ of ["first", "second"]) {
    const { code, err } = await steps(["build"]);
    expect([code, err]).toEqual([1, "src/x.ts: cannot find y\n"]);
  }
});

const FAILURES: [name: string, npm: string, sentence: RegExp, preload?: string][] = [
  [
    "no network",
    "echo 'npm error code EAI_AGAIN' >&2; exit 1",
    /^The package registry does not answer \(EAI_AGAIN\): .*\n$/,
  ],
  ["a full disk", "echo 'npm error code ENOSPC' >&2; exit 228", /^The disk is full: .*\n$/],
  [
    "a full disk that npm takes for nothing",
    "echo 'npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left'",
    /^The disk is full: .*\n$/,
  ],
  [
    "a checkout that cannot be written",
    "printf 'npm error code EROFS\\nnpm error path /mnt/orch/node_modules\\n' >&2; exit 1",
    /^'\/mnt\/orch\/node_modules' cannot be written: .*\n$/,
  ],
  [
    "a package of Bun that is left out",
    `echo 'Failed to find package "@oven/bun-linux-x64"'; exit 1`,
    /^Bun was not .*\n$/,
  ],
  [
    "an old Node",
    "",
    /^This is Node 12\.22\.12: install Node 18 or newer\.\n$/,
    "Object.defineProperty(process, 'versions', { value: { node: '12.22.12' } })",
  ],
  [
    "a platform without Bun",
    "",
    /^Bun, which builds orch, does not run on sunos x64: .*\n$/,
    "Object.defineProperties(process, { platform: { value: 'sunos' }, arch: { value: 'x64' } })",
  ],
];
for (const [name, script, sentence, preload] of FAILURES) {
  test(`C22: ${name} is one sentence`, async () => {
    npm(script);
    const { code, err } = await steps(["install"], preload);
    expect([code, err]).toEqual([1, expect.stringMatching(sentence)]);
  });
}

test("C22: a missing program of Bun is one sentence", async () => {
  const { code, err } = await steps(["build"]);
  expect([code, err]).toEqual([1, expect.stringMatching(/^Bun's program is not in node_modules: .*\n$/)]);
});
