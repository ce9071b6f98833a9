// Blocks in flow code, as a user has them: saved by a script, read at the top of a file and in a run.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

beforeAll(() => {
  writeFileSync(
    join(sandbox.folder, "setup.ts"),
    `import { flow, JSON as Json, LocalFileSystem, Secret } from "orch";
export const setUp = flow(async () => {
  await new Secret({ value: "t0ken-s3cret" }).save("token");
  await new Json({ value: { limit: 3 } }).save("options", { overwrite: true });
  await new LocalFileSystem({ basepath: "out" }).save("results");
}, { name: "set-up" });
`,
  );
  writeFileSync(
    join(sandbox.folder, "report.ts"),
    `import { flow, getRunLogger, JSONBlock, LocalFileSystem, Secret } from "orch";
const options = await JSONBlock.load("options");
export const report = flow(async function report() {
  const token = await Secret.load("token");
  getRunLogger().info("token", token, "of", token.get().length, "letters, limit", (options.value as { limit: number }).limit);
  const results = await LocalFileSystem.load("results");
  await results.writePath("report.txt", token.get().slice(0, 5));
  console.log(Buffer.from(await results.readPath("report.txt")).toString(), JSON.stringify(token));
});
`,
  );
});

test("without the blocks, the file that reads them at its top cannot be loaded, and a sentence says why", async () => {
  const { code, stderr } = await sandbox.orch(["flow", "run", "report.ts:report"]);
  expect(code).toBe(1);
  expect(stderr).toContain("There is no JSON block named 'options'.");
});

test("they are saved in a run and read in others; secrets stay out of what is printed", async () => {
  const saved = await sandbox.orch(["flow", "run", "setup.ts:setUp"]);
  expect([saved.stderr, saved.code]).toEqual(["", 0]);
  const { code, stdout, stderr } = await sandbox.orch(["flow", "run", "report.ts:report"]);
  expect([stderr, code]).toEqual(["", 0]);
  expect(stdout).toContain('token Secret {"value":"********"} of 12 letters, limit 3');
  expect(stdout).toContain('t0ken {"value":"********"}');
  expect(stdout).not.toContain("s3cret");
});

test("a name that is taken is a failed run with a sentence", async () => {
  const { code, stdout } = await sandbox.orch(["flow", "run", "setup.ts:setUp"]);
  expect(code).toBe(1);
  expect(stdout).toContain("There is a Secret block named 'token' already.");
});

test("a deployment of the file is built, and its run reads them too", async () => {
  const built = await sandbox.orch(["deployment", "build", "-n", "d", "-q", "q", "-a", "report.ts:report"]);
  expect([built.stderr, built.code]).toEqual(["", 0]);
  await sandbox.orch(["deployment", "run", "report/d"]);
  const agent = sandbox.start(["agent", "start", "-q", "q"]);
  await agent.until(/limit 3/);
  await agent.until(/Finished in state Completed/);
  expect(agent.output()).not.toContain("s3cret");
  await agent.stop();
});
