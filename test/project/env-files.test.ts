// `.env` files beside the files they belong to, read as Bun 1.4.5 reads them: what it says is beside each case.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadEnvFiles } from "#project/loading/env-files.ts";
import { readIgnoreFile } from "#project/packing/ignore.ts";
import { isEnvFile } from "#project/packing/secret-files.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orch-env-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function loaded(files: Record<string, string>, env: Record<string, string> = {}): Record<string, string | undefined> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const variables: Record<string, string | undefined> = { ...env };
  loadEnvFiles(folder, variables);
  return variables;
}

const VALUES: [line: string, value: string][] = [
  ['X="x y"', "x y"],
  ["X='single $A b'", "single env b"],
  [`X="v $A \${LATER}"`, "v env later"],
  ["X=plain $A # comment", "plain env"],
  ['X="multi\nline"', "multi\nline"],
  ["X=`back $A`", "back env"],
  ["export X=1", "1"],
  [`X=\${NOPE:-default}`, "default"],
  ["X=\\$A", "$A"],
  ['X="a#b"', "a#b"],
  ["X=", ""],
  ["X=  spaces  ", "spaces"],
  ['X="a\\nb"', "a\nb"],
  ["X='a\\nb'", "a\\nb"],
];
for (const [line, value] of VALUES) {
  test(`T19: ${JSON.stringify(line)} is ${JSON.stringify(value)}`, () => {
    expect(loaded({ ".env": `A=env\n${line}\nLATER=later\n` })["X"]).toBe(value);
  });
}

const FILES = {
  ".env": "A=env\nB=env\nC=env\nD=env\n",
  ".env.development": "B=dev\nC=dev\nD=dev\n",
  ".env.production": "B=prod\n",
  ".env.local": "C=local\nD=local\n",
  ".env.development.local": "D=devlocal\n",
};
const ORDERS: [environment: string | undefined, values: string[]][] = [
  [undefined, ["env", "dev", "local", "devlocal"]],
  ["production", ["env", "prod", "local", "local"]],
  ["test", ["env", "env", "env", "env"]],
];
for (const [environment, values] of ORDERS) {
  test(`T19: with NODE_ENV ${environment} the later files win`, () => {
    const { A, B, C, D } = loaded(FILES, environment === undefined ? {} : { NODE_ENV: environment });
    expect([A, B, C, D]).toEqual(values);
  });
}

test("T19: what is set already stays, and values refer to it", () => {
  expect(loaded({ ".env": "A=file\nB=$A\n" }, { A: "set" })).toEqual({ A: "set", B: "set" });
});

test("T19: values that go round in a circle end", () => {
  expect(loaded({ ".env": "A=$B-a\nB=$A-b\n" })).toEqual({ A: "-b-a", B: "-a-b" });
});

test("T19: such files are no part of a snapshot, unless the ignore file asks for them", () => {
  const left = (path: string) => readIgnoreFile(folder)(path);
  const secrets = [".env", ".env.local", ".env.production", "apps/a/.env.staging"];
  const shared = [".env.example", ".env.sample", ".environment", "env.ts", ".env.d/"];
  expect([...secrets, ...shared].map(isEnvFile)).toEqual([...secrets.map(() => true), ...shared.map(() => false)]);
  writeFileSync(join(folder, ".orchignore"), "tmp/\n");
  expect([...secrets.map(left), ...shared.map(left)]).toEqual([...secrets.map(() => true), ...shared.map(() => false)]);
  writeFileSync(join(folder, ".orchignore"), "tmp/\n!.env.production\n");
  expect(secrets.map(left)).toEqual([true, true, false, true]);
});
