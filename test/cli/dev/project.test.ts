import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readProject } from "#cli/dev/project.ts";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { renderDeploymentFile } from "#domain/deployment-file.ts";
import { testSettings } from "../../settings.ts";
import { spec } from "./spec.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "orch-dev-")));
  mkdirSync(join(folder, "flows"));
  writeFileSync(join(folder, "flows/a.ts"), "");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const storage = "/homes/one/storage";
const read = () => readProject(folder, testSettings({ ORCH_LOCAL_STORAGE_PATH: storage }));
const write = (file: string, changes: Partial<DeploymentSpec> = {}, savedAt = 1) => {
  writeFileSync(join(folder, file), renderDeploymentFile(spec(changes)));
  utimesSync(join(folder, file), savedAt, savedAt);
};

const PATHS: [what: string, path: string | null, expected: () => string][] = [
  ["no path", null, () => folder],
  ["a path below the folder", "sub", () => join(folder, "sub")],
  ["a path elsewhere", "/else/where", () => "/else/where"],
  ["a snapshot of a build", `${storage}/snapshots/${"a".repeat(64)}`, () => folder],
];
for (const [what, path, expected] of PATHS) {
  test(`with ${what} runs work in ${what.includes("path ") ? "that place" : "the folder itself"}`, () => {
    write("a-deployment.yaml", { path });
    expect(read().deployments[0]?.spec.path).toBe(expected());
  });
}

test("a snapshot of a flow that is not in the folder is left alone", () => {
  const path = `${storage}/snapshots/${"a".repeat(64)}`;
  write("a-deployment.yaml", { path, entrypoint: "flows/gone.ts:a" });
  expect(read().deployments[0]?.spec.path).toBe(path);
});

test("a deployment without a queue gets the usual one", () => {
  write("a-deployment.yaml", { work_queue_name: null });
  write("b-deployment.yaml", { name: "b", work_queue_name: "mine" });
  expect(read().deployments.map(({ spec: { work_queue_name } }) => work_queue_name)).toEqual(["default", "mine"]);
});

test("of two files of one deployment the newer counts, whatever their names", () => {
  write("a-deployment.yaml", { version: "old" }, 100);
  write("b-deployment.yaml", { version: "new" }, 200);
  write("c-deployment.yaml", { name: "other" }, 50);
  const { deployments, passedOver } = read();
  expect(deployments.map(({ name, file }) => [name, file])).toEqual([
    ["say-hi/a", "b-deployment.yaml"],
    ["say-hi/other", "c-deployment.yaml"],
  ]);
  expect([...passedOver].map(([file, used]) => [file, used.file])).toEqual([
    ["a-deployment.yaml", "b-deployment.yaml"],
  ]);
  utimesSync(join(folder, "a-deployment.yaml"), 300, 300);
  expect(read().deployments[0]?.file).toBe("a-deployment.yaml");
});

test("what is wrong with a file is a sentence that names it; the others count", () => {
  write("a-deployment.yaml");
  writeFileSync(join(folder, "b-deployment.yaml"), "name: [");
  const { deployments, problems } = read();
  expect(deployments).toHaveLength(1);
  expect([...problems.keys()]).toEqual(["b-deployment.yaml"]);
  expect(problems.get("b-deployment.yaml")).toMatch(/'b-deployment.yaml' is not valid YAML, line 1/);
});

test("other files are none", () => {
  for (const name of ["deployment.yaml", "a-deployment.yml", "flows/b-deployment.yaml"]) {
    writeFileSync(join(folder, name), "name: [");
  }
  expect(read()).toEqual({ deployments: [], problems: new Map(), passedOver: new Map() });
});
