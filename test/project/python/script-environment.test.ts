// The Python of a file that names its packages: what uv is asked, and what becomes of its answers. uv is a script here.
import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { flowInterpreter } from "#project/python/flow-interpreter.ts";

const BLOCK = '# /// script\n# requires-python = ">=3.8"\n# dependencies = ["six", "requests<3"]\n# ///\n';
let root = "";
let notes: string[] = [];
const at = (...parts: string[]) => join(root, ...parts);

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "orch-script-")));
  notes = [];
  program("bin/python3", "");
  program("made/bin/python", "");
  program("project/.venv/bin/python", "");
  write("project/.venv/pyvenv.cfg", "");
  write("project/plain.py", "x = 1\n");
  write("project/flow.py", `${BLOCK}import six\n`);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): string {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
  return at(path);
}

function program(path: string, body: string): void {
  chmodSync(write(path, `#!/bin/sh\n${body}\n`), 0o755);
}

/** A uv that notes how it was called and with what input. */
function uv(body: string, path = "bin/uv"): void {
  program(path, `echo "$@" "in $PWD" >> '${at("asked")}'\n${body}`);
}

interface Given {
  setting?: string;
  command?: string;
  env?: Record<string, string>;
  signal?: AbortSignal;
}

async function chosen(file: string, { setting, command, env, signal }: Given = {}): Promise<string> {
  const found = await flowInterpreter(at("project", file), {
    ...{ folder: at("project"), home: at("home"), setting: setting ?? null, command: command ?? null },
    ...{
      env: { PATH: `${at("bin")}:/usr/bin:/bin`, HOME: at("user"), ...env },
      note: (sentence) => notes.push(sentence),
    },
    ...(signal ? { signal } : {}),
  });
  return found.path;
}

/** It takes its input, and has made the environment. */
const works = () => `cat > '${at("input")}'; echo 'Installed 2 packages' >&2; echo '${at("made/bin/python")}'`;

test("python 3: uv's environment comes after what was named, and before the folder's", async () => {
  uv(works());
  const made = at("made/bin/python");
  expect(await chosen("flow.py")).toBe(made);
  expect(await chosen("flow.py", { env: { VIRTUAL_ENV: at("project/.venv") } })).toBe(made);
  expect(await chosen("flow.py", { setting: at("bin/python3") })).toBe(at("bin/python3"));
  expect(await chosen("flow.py", { command: "python3" })).toBe(at("bin/python3"));
  expect(await chosen("plain.py")).toBe(at("project/.venv/bin/python"));
  expect(await chosen("none.py")).toBe(at("project/.venv/bin/python"));
  expect(readFileSync(at("asked"), "utf8")).toBe(`--color never run --script - in ${at("project")}\n`.repeat(2));
  expect(readFileSync(at("input"), "utf8")).toBe(`${BLOCK}import sys\nprint(sys.executable)\n`);
  expect(notes).toEqual([]);
});

test("python 3: a lock file counts, and the same file is asked for with the same one", async () => {
  uv(`cat "$5" "$5.lock" > '${at("input")}'; echo '${at("made/bin/python")}'`);
  write("project/flow.py.lock", "version = 1\n");
  await chosen("flow.py");
  await chosen("flow.py");
  const [first = "", second] = readFileSync(at("asked"), "utf8").split("\n");
  expect(second).toBe(first);
  expect(first).toMatch(/^--color never run --script \S+\/home\/cache\/scripts\/[0-9a-f]{16}\/flow\.py in /);
  expect(readFileSync(at("input"), "utf8")).toBe(`${BLOCK}import sys\nprint(sys.executable)\nversion = 1\n`);
  write("project/flow.py.lock", "version = 2\n");
  await chosen("flow.py");
  expect(readFileSync(at("asked"), "utf8").split("\n")[2]).not.toBe(first);
});

test("python 3: a lock file with paths is asked for where it is", async () => {
  uv(`echo '${at("made/bin/python")}'`);
  for (const path of ["../lib", at("lib")]) {
    const sources = `# [tool.uv.sources]\n# six = { path = "${path}" }\n`;
    const file = write("project/flow.py", BLOCK.replace(/# \/\/\/\n$/, `${sources}$&`));
    write("project/flow.py.lock", "version = 1\n");
    expect(await chosen("flow.py")).toBe(at("made/bin/python"));
    const asked = readFileSync(at("asked"), "utf8").replaceAll("--color never ", "").trimEnd().split("\n");
    const own = ["sync", "python find"].map((verb) => `${verb} --script ${file} in ${at("project")}`);
    expect(asked).toEqual(
      path === "../lib" ? own : [...own, expect.stringMatching(/^run --script \S+\/cache\/scripts\//)],
    );
  }
});

test("python 3: runs with their own copies of the code share what it names by paths, as long as that is the same", async () => {
  uv(`echo '${at("made/bin/python")}'`);
  const sources = '# [tool.uv.sources]\n# six = { path = "../lib" }\n';
  const flow = BLOCK.replace(/# \/\/\/\n$/, `${sources}$&`);
  const needing = '[tool.uv.sources]\nother = { path = "../other" }\n';
  const asked = async (run: string, changed: Record<string, string> = {}) => {
    const files = { "flows/flow.py": flow, "lib/pyproject.toml": needing, "lib/six.py": "", "other/x.py": "" };
    for (const [path, text] of Object.entries({ ...files, ...changed })) write(`orch-run-1-2-${run}/${path}`, text);
    write(`orch-run-1-2-${run}/lib/__pycache__/six.pyc`, run);
    expect(await chosen(`../orch-run-1-2-${run}/flows/flow.py`)).toBe(at("made/bin/python"));
    return / --script (\S+) in /.exec(readFileSync(at("asked"), "utf8").trimEnd().split("\n").at(-1) ?? "")?.[1] ?? "";
  };
  const first = await asked("a");
  expect(first).toMatch(/\/home\/cache\/scripts\/[0-9a-f]{16}\/flows\/flow\.py$/);
  expect(readFileSync(first, "utf8")).toStartWith(flow);
  for (const path of ["lib/six.py", "lib/pyproject.toml", "other/x.py"])
    expect(existsSync(join(dirname(first), "..", path))).toBe(true);
  expect(await asked("b")).toBe(first);
  expect(await asked("c", { "flows/unrelated.py": "changed" })).toBe(first);
  const others = [
    await asked("d", { "lib/six.py": "changed" }),
    await asked("e", { "other/x.py": "changed" }),
    await asked("f", { "flows/flow.py.lock": "version = 1\n" }),
  ];
  expect(new Set([first, ...others]).size).toBe(4);
  expect(existsSync(`${others[2]}.lock`)).toBe(true);
  // What only its own place can tell is asked there.
  const text = "[tool.uv.sources]\nother = { workspace = true }\n";
  const own = { "lib/pyproject.toml": text, "flows/flow.py.lock": "version = 1\n" };
  expect(await asked("g", own)).toBe(at("orch-run-1-2-g/flows/flow.py"));
  const places: Record<string, string>[] = [
    { "lib/pyproject.toml": '[project]\nreadme = "../README.md"\n' },
    { "lib/pyproject.toml": '[tool.hatch.build.force-include]\n"../data" = "data"\n' },
    { "lib/pyproject.toml": '[tool.pdm.version]\nsource = "scm"\n' },
    { "lib/setup.py": "setup(use_scm_version={'root': '..'})\n" },
    { "pyproject.toml": '[tool.uv.workspace]\nmembers = ["lib"]\n' },
    { "flows/flow.py": flow.replace("../lib", ".."), "pyproject.toml": "[project]\n" }, // a package that holds the flow
  ];
  for (const [number, files] of places.entries()) {
    const place = `orch-run-1-2-h${number}/flows/flow.py`;
    expect(await asked(`h${number}`, { ...files, "flows/flow.py.lock": "version = 1\n" })).toBe(at(place));
  }
});

test("python 3: runs that say other things to uv share no copy, and copies that nothing uses are removed after 30 days", async () => {
  uv(`echo '${at("made/bin/python")}'`);
  write("project/flow.py.lock", "version = 1\n");
  const copies = () => readdirSync(at("home/cache/scripts")).toSorted();
  await chosen("flow.py");
  await chosen("flow.py", { env: { OTHER: "x" } });
  const [first = ""] = copies();
  expect(copies()).toEqual([first]);
  await chosen("flow.py", { env: { UV_INDEX_URL: "https://example.com" } });
  expect(copies()).toHaveLength(2);
  write("home/cache/scripts/0123.draft/flow.py", "");
  const old = new Date(Date.now() - 31 * 24 * 60 * 60 * 1000);
  for (const name of copies()) utimesSync(at("home/cache/scripts", name), old, old);
  await chosen("flow.py"); // which is used now
  await chosen("flow.py", { env: { UV_PYTHON: "3.12" } });
  expect(copies()).toHaveLength(2);
  expect(copies()).toContain(first);
});

test("python 3: without uv the packages are named, and the usual Python is taken", async () => {
  expect(await chosen("flow.py")).toBe(at("project/.venv/bin/python"));
  expect(notes).toEqual([
    "The inline script metadata of 'flow.py' asks for Python >=3.8, six, requests<3. There is no uv to provide that, so the usual Python is used. Install uv (https://docs.astral.sh/uv), or install the packages yourself (python3 -m pip install 'six' 'requests<3').",
  ]);
  write("project/flow.py", "# /// script\n# dependencies = []\n# ///\n");
  expect(await chosen("flow.py")).toBe(at("project/.venv/bin/python"));
  expect(notes).toHaveLength(1);
  write("project/flow.py", `# /// script\n# dependencies = ["a; python_version < '3.11'", "b\\u001b[2J"]\n# ///\n`);
  await chosen("flow.py");
  expect(notes[1]).toContain(`asks for a; python_version < '3.11', b\\x1b[2J. There`);
  expect(notes[1]).toEndWith(`(python3 -m pip install 'a; python_version < '\\''3.11'\\''' 'b\\x1b[2J').`);
});

test("python 3: uv keeps what it makes, also where it is set to have no cache", async () => {
  uv(`echo "$UV_NO_CACHE $UV_CACHE_DIR" >> '${at("cache")}'; echo '${at("made/bin/python")}'`);
  const given: Record<string, string>[] = [
    ...[{ UV_NO_CACHE: "1" }, { UV_NO_CACHE: "1", UV_CACHE_DIR: "/named" }, { UV_NO_CACHE: "0" }, {}],
  ];
  for (const env of given) await chosen("flow.py", { env });
  const seen = readFileSync(at("cache"), "utf8").split("\n");
  expect(seen.slice(0, -1)).toEqual([`false ${at("home/cache/uv")}`, "false /named", "false ", "false "]);
});

test("python 3: uv is found where its installer puts it", async () => {
  uv(works(), "user/.local/bin/uv");
  const homes: Record<string, string>[] = [{ HOME: at("user") }, { HOME: "", USERPROFILE: at("user") }];
  for (const env of homes) expect(await chosen("flow.py", { env })).toBe(at("made/bin/python"));
});

test("python 3: what uv fails with is one sentence", async () => {
  const faults: [string, string][] = [
    [
      "echo 'Reading inline script metadata'; echo 'error: No network.\n  Caused by: dns' >&2; exit 2",
      "No network. Caused by: dns.",
    ],
    [
      "printf '  × No solution found:\n  ╰─▶ Because six was not found,\n      it fails.\n' >&2; exit 1",
      "No solution found: Because six was not found, it fails.",
    ],
    ["echo 'first' >&2; echo 'last' >&2; exit 1", "last."],
    [
      "printf '\\033[1m\\033[31merror\\033[39m\\033[0m: No \\033]0;title\\007network\\a.\\r\\n  cause\\n' >&2; exit 2",
      "No network. cause.",
    ],
    ["exit 7", "it ended with status 7."],
    [
      "echo /no/such/python",
      "it ended with status 0, and the interpreter that it named is not there. Does its configuration say no-cache? The environment is kept in the cache.",
    ],
  ];
  for (const [body, words] of faults) {
    uv(body);
    await expect(chosen("flow.py")).rejects.toThrow(`uv could not make the Python environment of 'flow.py': ${words}`);
  }
});

test("python 3: uv is ended with the run that waits for it", async () => {
  const stopping = new AbortController();
  uv(`echo $$ > '${at("pid")}'; exec sleep 600`);
  const choosing = chosen("flow.py", { signal: stopping.signal });
  while (!existsSync(at("pid")) || readFileSync(at("pid"), "utf8") === "") await Bun.sleep(5);
  stopping.abort("asked to end");
  await expect(choosing).rejects.toBe("asked to end");
});
