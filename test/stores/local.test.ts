// A folder of this machine as storage: both homes see it, as they would see a disk that they share.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createSandbox } from "../binary/sandbox.ts";
import { deployAndRun, saveBlock } from "./deployed.ts";

test("a flow is deployed by a folder and run by an agent with an empty home", async () => {
  const basepath = mkdtempSync(join(tmpdir(), "orch-shared-"));
  try {
    await deployAndRun("local-file-system", { basepath }, "flows/hello");
    expect(existsSync(join(basepath, "flows/hello/hello.ts"))).toBe(true);
  } finally {
    rmSync(basepath, { recursive: true });
  }
});

const FILES = {
  "flow.ts": `import { flow } from "orch";\nexport const hello = flow(() => 1, { name: "hello" });\n`,
  "upload.ts": `import { Deployment, LocalFileSystem } from "orch";
import { hello } from "./flow.ts";
const storage = await LocalFileSystem.load("shared");
await storage.putDirectory(".", "by-block");
const deployment = new Deployment({ name: "d", flowName: "hello", storage, path: "by-apply", entrypoint: "flow.ts:hello" });
await deployment.apply({ upload: true });
await Deployment.buildFromFlow({ flow: hello, name: "c", workQueueName: "q", storage, path: "by-code" });
`,
  "lib/a.ts": "export const a = 1;",
  "lib/notes.md": "words",
  ".git/config": "[core]",
  ".venv/bin/python": "#!/bin/sh",
  "venv/lib/x.py": "x = 1",
  "lib/__pycache__/a.pyc": "x",
};
const KEPT = ["flow.ts", "lib", "lib/a.ts", "upload.ts"];
const cases: [what: string, ignored: string | null, stored: string[]][] = [
  ["without an ignore file", null, [...KEPT, "lib/notes.md"]],
  ["with Prefect's own", "*.md\n.git/\n.venv\nvenv/\n__pycache__/\n.prefectignore\n*.yaml\n", KEPT],
];
for (const [what, ignored, stored] of cases) {
  test(`blocks 11: ${what}, commands and code store the same files`, async () => {
    const basepath = mkdtempSync(join(tmpdir(), "orch-shared-"));
    const here = createSandbox();
    try {
      const server = here.start(["server", "start", "--port", "0"]);
      const api = `${(await server.until(/running at (http:\S+?),/))[1]}/api`;
      await saveBlock(api, "local-file-system", "shared", { basepath });
      const all = ignored === null ? FILES : { ...FILES, ".prefectignore": ignored };
      for (const [path, text] of Object.entries(all)) {
        mkdirSync(dirname(join(here.folder, path)), { recursive: true });
        writeFileSync(join(here.folder, path), text);
      }
      const env = { ORCH_API_URL: api };
      const build = ["deployment", "build", "-n", "d", "-q", "q", "-sb", "local-file-system/shared/by-build"];
      for (const args of [
        ["run", "upload.ts"],
        [...build, "-o", "d.yaml", "flow.ts:hello"],
        ["deployment", "apply", "--upload", "d.yaml"],
      ]) {
        const { code, stderr } = await here.orch(args, { env });
        expect([stderr, code]).toEqual(["", 0]);
      }
      for (const way of ["by-block", "by-apply", "by-code", "by-build"]) {
        const found = readdirSync(join(basepath, way), { recursive: true }).map(String);
        const own = found.filter((path) => path !== ".prefectignore" && path !== "d.yaml");
        expect([way, own.toSorted()]).toEqual([way, stored.toSorted()]);
      }
    } finally {
      await here.close();
      rmSync(basepath, { recursive: true });
    }
  });
}
