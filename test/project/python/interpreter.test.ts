// Which Python a flow is read and run by.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findInterpreter } from "#project/python/interpreter.ts";

let root = "";
const at = (...parts: string[]) => join(root, ...parts);

function program(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, 0o755);
  return path;
}

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "orch-interpreter-")));
  program(at("bin/python3"));
  program(at("other/python"));
  program(at("other/python3.12"));
  program(at("active/bin/python"));
  program(at("project/.venv/bin/python"));
  writeFileSync(at("project/.venv/pyvenv.cfg"), "");
  mkdirSync(at("project/flows"));
  mkdirSync(at("plain"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("python 3: ORCH_PYTHON, the command, the active environment, the folder's own, the PATH, in this order", () => {
  const PATH = `${at("bin")}:${at("other")}`;
  const active = { PATH, VIRTUAL_ENV: at("active") };
  const folder = at("project/flows");
  const found = (options: Partial<Parameters<typeof findInterpreter>[0]>) =>
    findInterpreter({ setting: null, folder, env: active, ...options }).path;
  const command = at("other/python");
  expect(found({ setting: "python3.12", command })).toBe(at("other/python3.12"));
  expect(found({ command })).toBe(command);
  expect(found({})).toBe(at("active/bin/python"));
  expect(found({ env: { PATH } })).toBe(at("project/.venv/bin/python"));
  expect(found({ env: { PATH }, folder: at("plain") })).toBe(at("bin/python3"));
  expect(found({ env: { PATH: at("other") }, folder: at("plain") })).toBe(at("other/python"));
  expect(found({ env: { PATH, VIRTUAL_ENV: at("gone") }, folder: at("plain") })).toBe(at("bin/python3"));
});

test("python 3: what cannot be found is one sentence", () => {
  const options = { setting: null, folder: at("plain"), env: { PATH: at("plain") } };
  expect(() => findInterpreter(options)).toThrow(
    "There is no python3 on this machine's PATH, and this is a Python flow.",
  );
  expect(() => findInterpreter({ ...options, setting: "./none" })).toThrow(
    `The Python that ORCH_PYTHON names cannot be used: there is no file '${at("plain/none")}'.`,
  );
  expect(() => findInterpreter({ ...options, command: "python9" })).toThrow(
    "The Python that the command of its infrastructure names cannot be used: there is no program 'python9' on the PATH.",
  );
});
