import { describe, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localStorage } from "#storage/local.ts";
import { storageContract } from "../contracts/storage.ts";

describe("a local folder keeps the contract of storages", () =>
  storageContract(async (root) => ({ storage: localStorage(join(root, "store")) })));

test("a link to node_modules stays a link", async () => {
  const root = mkdtempSync(join(tmpdir(), "orch-local-"));
  mkdirSync(join(root, "store"));
  mkdirSync(join(root, "modules"));
  symlinkSync(join(root, "modules"), join(root, "store/node_modules"));
  writeFileSync(join(root, "store/a.ts"), "");
  await localStorage(join(root, "store")).getDirectory(null, join(root, "copy"));
  expect(readlinkSync(join(root, "copy/node_modules"))).toBe(join(root, "modules"));
  rmSync(root, { recursive: true });
});

test("a folder copied to itself is left as it is", async () => {
  const root = mkdtempSync(join(tmpdir(), "orch-local-"));
  writeFileSync(join(root, "a"), "1");
  await localStorage(root).getDirectory(null, root);
  expect(await localStorage(root).putDirectory(root, null)).toEqual({ files: 0, bytes: 0 });
  rmSync(root, { recursive: true });
});

test("a folder of packages is linked, not copied", async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "orch-local-")));
  mkdirSync(join(root, "store/node_modules/left-pad"), { recursive: true });
  writeFileSync(join(root, "store/a.ts"), "");
  await localStorage(join(root, "store")).getDirectory(null, join(root, "copy"));
  expect(readlinkSync(join(root, "copy/node_modules"))).toBe(join(root, "store/node_modules"));
  rmSync(root, { recursive: true });
});

test("an executable file stays one", async () => {
  const root = mkdtempSync(join(tmpdir(), "orch-local-"));
  mkdirSync(join(root, "store"));
  writeFileSync(join(root, "store/run.sh"), "", { mode: 0o755 });
  await localStorage(join(root, "store")).getDirectory(null, join(root, "copy"));
  expect(statSync(join(root, "copy/run.sh")).mode & 0o100).toBe(0o100);
  rmSync(root, { recursive: true });
});
