// Where and how the process of a run starts, on the executable: working_dir and the other overrides of a deployment.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createWorld, type Run, type World } from "../page/world.ts";

const FLOW = `import { flow, getRunLogger } from "orch";
import { readFileSync, writeFileSync } from "node:fs";
export const writes = flow(async function writes() {
  const before = (() => { try { return readFileSync("in.txt", "utf8"); } catch { return "none"; } })();
  writeFileSync("out.txt", before + " read");
  getRunLogger().info("in " + process.cwd() + ", X is " + process.env.X);
  console.log("printed by the process");
});
`;

let world: World;
beforeAll(async () => {
  world = await createWorld();
  world.write("w.ts", FLOW);
  await world.agent("-q", "test").until(/Looking for work/);
});
afterAll(() => world.close());

const build = (name: string, ...args: string[]) =>
  world.orch("deployment", "build", "-n", name, "-q", "test", "-a", "w.ts:writes", "-o", name, ...args);

/** The end of a run of a deployment that is built with these overrides. */
async function runWith(name: string, ...args: string[]): Promise<Run & { state: { message: string } }> {
  const { code, stderr } = await build(name, ...args);
  expect([code, stderr]).toEqual([0, ""]);
  const { id } = await world.run(`writes/${name}`);
  return world.api("GET", `/flow_runs/${id}`);
}

function folder(name: string): string {
  const path = join(world.sandbox.home, name);
  mkdirSync(path);
  writeFileSync(join(path, "in.txt"), `the input of ${name}`);
  writeFileSync(join(path, "w.ts"), "not the flow's file");
  return path;
}

describe("D1: working_dir", () => {
  async function worksIn(path: string, run: Run): Promise<void> {
    expect([run.state_type, await world.logs(run.id)]).toEqual(["COMPLETED", expect.stringContaining(`in ${path},`)]);
    expect(readFileSync(join(path, "out.txt"), "utf8")).toMatch(/^the input of .* read$/);
    // The code is not copied over what lies there.
    expect(readFileSync(join(path, "w.ts"), "utf8")).toBe("not the flow's file");
    rmSync(join(path, "out.txt"));
  }

  test("of an override, absolute: files are read and written there, and stay", async () => {
    const path = folder("absolute");
    await worksIn(path, await runWith("absolute", "--override", `working_dir=${path}`));
  });
  test("of code that is run in place, without a snapshot", async () => {
    const path = folder("in-place");
    await worksIn(path, await runWith("in-place", "--skip-upload", "--override", `working_dir=${path}`));
    expect(existsSync(join(world.folder, "out.txt"))).toBe(false);
  });
  test("below the home of the agent's user", async () => {
    await worksIn(folder("below-home"), await runWith("tilde", "--override", "working_dir=~/below-home"));
  });
  test("relative to the folder of the agent", async () => {
    mkdirSync(join(world.folder, "relative"));
    writeFileSync(join(world.folder, "relative/in.txt"), "the input of relative");
    writeFileSync(join(world.folder, "relative/w.ts"), "not the flow's file");
    await worksIn(join(world.folder, "relative"), await runWith("relative", "--override", "working_dir=relative"));
  });
  test("of a saved process block, and of the deployment's file", async () => {
    const path = folder("saved");
    await world.saveBlock("process", "there", { working_dir: path });
    await worksIn(path, await runWith("saved", "-ib", "process/there"));
    const file = join(world.folder, "absolute.yaml");
    const other = folder("from-file");
    writeFileSync(file, readFileSync(file, "utf8").replace(/working_dir: .*absolute.*/, `working_dir: ${other}`));
    expect((await world.orch("deployment", "apply", "absolute.yaml")).code).toBe(0);
    await worksIn(other, await world.run("writes/absolute"));
  });

  const WRONG: [what: string, dir: string, sentence: string][] = [
    [
      "that is missing",
      "/no/such/folder",
      "There is no folder '/no/such/folder' on this machine for the run to work in.",
    ],
    ["that is a file", "w.ts", "it is not a folder."],
    ["below a file", "w.ts/x", "on this machine for the run to work in."],
  ];
  for (const [what, dir, sentence] of WRONG) {
    test(`one ${what} is named in the run's state`, async () => {
      const run = await runWith("wrong", "--override", `working_dir=${dir}`);
      expect([run.state_type, run.state.message]).toEqual(["FAILED", expect.stringContaining(sentence)]);
      expect(run.state.message).toContain(`${dir}'`);
    });
  }
});

describe("D2: overrides are read by the field's type", () => {
  const overridesOf = async (name: string) =>
    (await world.api<{ infra_overrides: unknown }>("GET", `/deployments/name/writes/${name}`)).infra_overrides;

  test("flags, lists, variables", async () => {
    const run = await runWith("typed", "--override", "stream_output=false", "--override", "env.X=1");
    expect(await overridesOf("typed")).toEqual({ stream_output: false, "env.X": "1" });
    expect(await world.logs(run.id)).toContain("X is 1");
  });
  test("a command is run as its words", async () => {
    const { code } = await build("worded", "--override", `command=["sh", "-c", "exit 7"]`);
    expect([code, await overridesOf("worded")]).toEqual([0, { command: ["sh", "-c", "exit 7"] }]);
    const { id } = await world.run("writes/worded");
    expect(await world.api("GET", `/flow_runs/${id}`)).toMatchObject({
      state: { message: expect.stringContaining("status code 7") },
    });
    await build("split", "--override", `command=sh -c "exit 8"`);
    expect(await overridesOf("split")).toEqual({ command: ["sh", "-c", "exit 8"] });
  });
  for (const [override, sentence] of [
    ["env=notamap", "'env' must be a mapping: env.NAME=value sets one of its entries, not 'notamap'."],
    ["stream=1", "The override 'stream' names no field of the infrastructure 'process'."],
    ["command.x=1", "leads nowhere"],
  ] as const) {
    test(`${override} is refused by build, and no file is written`, async () => {
      const { code, stderr } = await build("refused", "--override", override);
      expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)]);
      expect(existsSync(join(world.folder, "refused.yaml"))).toBe(false);
    });
  }
  test("and by apply, and by the SDK", async () => {
    await build("file", "--override", "env.X=1");
    const file = join(world.folder, "file.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace(/infra_overrides:\n.*\n/, "infra_overrides:\n  env: 5\n"));
    const applied = await world.orch("deployment", "apply", "file.yaml");
    expect([applied.code, applied.stderr]).toEqual([1, expect.stringContaining("'env' must be a mapping")]);
    world.write(
      "deploy.ts",
      `import { Deployment } from "orch";
import { writes } from "./w.ts";
await Deployment.buildFromFlow({ flow: writes, name: "sdk", infraOverrides: { stream: "1" } });
`,
    );
    const { code, stderr } = await world.orch("run", "deploy.ts");
    expect([code, stderr]).toEqual([1, expect.stringContaining("names no field of the infrastructure 'process'")]);
  });
  test("by the variables of a worker's pool", async () => {
    await world.orch("work-pool", "create", "pool", "--type", "process");
    expect((await build("pooled", "-p", "pool", "--override", "stream_output=no")).code).toBe(0);
    expect(await overridesOf("pooled")).toEqual({ stream_output: false });
    const { code, stderr } = await build("pooled", "-p", "pool", "--override", "image=x");
    expect([code, stderr]).toEqual([1, expect.stringContaining("names no field of the work pool 'pool'")]);
  });
  test("what the API took without a check fails the run with the sentence", async () => {
    await build("raw");
    const { id } = await world.api<{ id: string }>("GET", "/deployments/name/writes/raw");
    await world.api("PATCH", `/deployments/${id}`, { infra_overrides: { env: "notamap" } });
    const { id: run } = await world.run("writes/raw");
    expect(await world.api("GET", `/flow_runs/${run}`)).toMatchObject({
      state: { type: "FAILED", message: expect.stringContaining("'env' must be a mapping") },
    });
  });
});
