// Where deployed runs keep their results: as the flow says, else as the agent's setting does, and never in a folder that is
// removed with its run.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Sandbox } from "./sandbox.ts";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.close());

/** Runs the flow `keeps` of these options by an agent, and gives what the agent has printed. */
async function agentRuns(options: string, env: Record<string, string> = {}): Promise<string> {
  writeFileSync(
    join(sandbox.folder, "flow.ts"),
    `import { flow, LocalFileSystem } from "orch";
export const keeps = flow(async () => { console.log("called"); return { kept: "by " + "orch" }; }, { name: "keeps", persistResult: true, ${options} });
`,
  );
  const script = [
    "orch deployment build flow.ts:keeps -n d -q q --apply",
    "orch deployment run keeps/d",
    "orch agent start -q q --run-once",
  ].join(" && ");
  const { code, stdout } = await sandbox.shell(script, env);
  expect(code).toBe(0);
  return stdout;
}
/** The values that lie in a folder of the home. */
const valuesIn = (folder: string) =>
  readdirSync(join(sandbox.home, folder)).map(
    (name) => JSON.parse(readFileSync(join(sandbox.home, folder, name), "utf8")).data,
  );
const VALUE = '{"kept":"by orch"}';

test("a block that the flow makes, and a folder by its whole path, where '~' is the home", async () => {
  expect(await agentRuns(`resultStorage: new LocalFileSystem({ basepath: "~/made" })`)).toContain(
    "Finished in state Completed",
  );
  expect(await agentRuns(`resultStorage: "~/told"`)).toContain("Finished in state Completed");
  expect([valuesIn("made"), valuesIn("told")]).toEqual([[VALUE], [VALUE]]);
}, 120_000);

test("the setting of the agent says it for flows that do not", async () => {
  const block = `new LocalFileSystem({ basepath: ${JSON.stringify(join(sandbox.home, "dev"))} })`;
  writeFileSync(
    join(sandbox.folder, "save.ts"),
    `import { LocalFileSystem } from "orch";\nawait ${block}.save("dev");\n`,
  );
  const saved = await sandbox.orch(["run", "save.ts"]);
  expect([saved.stderr, saved.code]).toEqual(["", 0]);
  const setting = { PREFECT_DEFAULT_RESULT_STORAGE_BLOCK: "local-file-system/dev" };
  expect(await agentRuns("", setting)).toContain("Finished in state Completed");
  expect(await agentRuns(`resultStorage: "~/told"`, setting)).toContain("Finished in state Completed");
  expect([valuesIn("dev"), valuesIn("told")]).toEqual([[VALUE], [VALUE]]);
}, 120_000);

test("a folder in the copy of the code is refused before the flow is called, with a sentence", async () => {
  const printed = await agentRuns(`resultStorage: "./results"`);
  expect(printed).toContain(
    "Results cannot be kept in './results': that path is in the folder of the run, which is removed when the run ends. Write an absolute path.",
  );
  expect(printed).not.toContain("called");
}, 120_000);

test("on the spot a folder is one of the folder that the command works in", async () => {
  writeFileSync(
    join(sandbox.folder, "flow.ts"),
    `import { flow } from "orch";
export const here = flow(async () => ["here"], { persistResult: true, resultStorage: "./results" });
`,
  );
  const { code, stdout } = await sandbox.orch(["flow", "run", "flow.ts:here"]);
  expect([code, stdout]).toEqual([0, expect.stringContaining('Returned ["here"]')]);
  expect(readdirSync(join(sandbox.folder, "results"))).toHaveLength(1);
});
