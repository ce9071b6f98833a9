// What a new user does, line by line, on the compiled executable: an empty HOME, coreutils, and nothing else.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../eventually.ts";
import { createSandbox, type Running } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const onServer = ["--port", "0"];

async function startServer(): Promise<{ server: Running; env: Record<string, string> }> {
  const server = sandbox.start(["server", "start", ...onServer]);
  const [, url = ""] = await server.until(/(http:\/\/127\.0\.0\.1:\d+)/);
  return { server, env: { ORCH_API_URL: `${url}/api` } };
}

async function json(args: string[], env?: Record<string, string>): Promise<never> {
  const { stdout, stderr, code } = await sandbox.orch([...args, "--json"], env ? { env } : {});
  if (code !== 0) throw new Error(`orch ${args.join(" ")} exited ${code}: ${stderr}`);
  return JSON.parse(stdout) as never; // each test states the shape it expects
}

interface Run {
  id: string;
  name: string;
  state_type: string;
  state_name: string;
  auto_scheduled: boolean;
}

/** Waits for the run to end by asking for it, as a person would. */
async function endOf(id: string, env: Record<string, string>): Promise<Run> {
  return eventually(async () => {
    const run: Run = await json(["flow-run", "inspect", id], env);
    return ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"].includes(run.state_type) && run;
  }, `the run ${id} has ended`);
}

describe("the main job, on a machine with nothing but the executable", () => {
  let server: Running;
  let agent: Running;
  let env: Record<string, string>;
  let runId = "";

  test("orch --version prints orch's version and the API it speaks", async () => {
    const { code, stdout } = await sandbox.orch(["--version"]);
    expect(stdout).toMatch(/^orch \d+\.\d+\.\d+ .*2\.10\.4/);
    expect(code).toBe(0);
  });

  test("orch init . writes the starter project", async () => {
    const { code } = await sandbox.orch(["init", "."]);
    expect(code).toBe(0);
    for (const file of ["flows/marvin.ts", "tsconfig.json", "orch.d.ts", ".prefectignore"]) {
      expect([file, existsSync(join(sandbox.folder, file))]).toEqual([file, true]);
    }
  });

  test("orch server start prints its address and answers", async () => {
    ({ server, env } = await startServer());
    const answer = await fetch(`${env["ORCH_API_URL"]}/health`);
    expect(await answer.json()).toBe(true);
  });

  test("orch deployment build -a builds, uploads and registers", async () => {
    const args = ["deployment", "build", "-n", "marvin", "-p", "default-agent-pool", "-q", "test", "-a"];
    const { code, stdout, stderr } = await sandbox.orch([...args, "flows/marvin.ts:sayHi"]);
    expect(stderr).toBe("");
    expect(stdout).toContain("Found flow 'say-hi'");
    expect(stdout).toMatch(/Deployment 'say-hi\/marvin' successfully created with id '[0-9a-f-]{36}'/);
    expect(code).toBe(0);
    // C23: `init` wrote a file for this deployment, so there is no second one.
    const files = readdirSync(sandbox.folder).filter((name) => name.endsWith(".yaml"));
    expect(files).toEqual(["marvin-deployment.yaml"]);
  });

  test("orch agent -q test starts and says what it looks at", async () => {
    agent = sandbox.start(["agent", "-q", "test"]);
    await agent.until(/Looking for work from work queue 'test'/);
  });

  test("orch deployment run is executed at once", async () => {
    const { code, stdout } = await sandbox.orch(["deployment", "run", "say-hi/marvin", "--param", "name=Ada"]);
    expect(code).toBe(0);
    runId = /UUID: ([0-9a-f-]{36})/.exec(stdout)?.[1] ?? "";
    const triggered = performance.now();
    const run = await endOf(runId, env);
    expect(run.state_type).toBe("COMPLETED");
    // The agent is told: by itself it looks every 15 s. How soon it runs is measured by `bun run bench`.
    expect(performance.now() - triggered).toBeLessThan(5_000);
  });

  test("'hi Ada' is in the agent's output and in the logs on the API", async () => {
    await agent.until(/hi Ada/);
    const { stdout } = await sandbox.orch(["flow-run", "logs", runId]);
    expect(stdout).toContain("hi Ada");
  });

  test("the run's task runs are on the API", async () => {
    const answer = await fetch(`${env["ORCH_API_URL"]}/task_runs/filter`, {
      method: "POST",
      body: JSON.stringify({ flow_runs: { id: { any_: [runId] } } }),
    });
    expect(await answer.json()).toMatchObject([{ flow_run_id: runId, state_type: "COMPLETED" }]);
  });

  test("orch deployment ls, deployment inspect and flow-run ls show it", async () => {
    expect((await sandbox.orch(["deployment", "ls"])).stdout).toContain("say-hi/marvin");
    expect((await sandbox.orch(["deployment", "inspect", "say-hi/marvin"])).stdout).toContain(
      "'work_queue_name': 'test'",
    );
    expect((await sandbox.orch(["flow-run", "ls"])).stdout).toContain(runId);
  });

  const SCHEDULES: [name: string, flags: string[], note: string][] = [
    [
      "cron",
      ["--cron", "* * * * * */2"],
      "Note: the sixth field of a cron string is its seconds. This one means: Every 2 seconds.\n",
    ],
    ["interval", ["--interval", "2"], ""],
    ["rrule", ["--rrule", "FREQ=SECONDLY;INTERVAL=2"], ""],
  ];
  for (const [name, flags, note] of SCHEDULES) {
    test(`with --${flags[0]?.slice(2)} runs appear and execute by themselves`, async () => {
      const args = ["deployment", "build", "-n", name, "-q", "test", "-a", ...flags, "flows/marvin.ts:sayHi"];
      expect(await sandbox.orch(args)).toMatchObject({ code: 0, stderr: note });
      const done = await scheduledRun(name);
      expect(done).toMatchObject({ auto_scheduled: true, state_type: "COMPLETED" });
      expect((await sandbox.orch(["deployment", "delete", `say-hi/${name}`, "--yes"])).code).toBe(0);
    });
  }

  /** The first completed run of the deployment. */
  async function scheduledRun(deployment: string): Promise<Run> {
    return eventually(async () => {
      const answer = await fetch(`${env["ORCH_API_URL"]}/flow_runs/filter`, {
        method: "POST",
        body: JSON.stringify({
          deployments: { name: { any_: [deployment] } },
          flow_runs: { state: { type: { any_: ["COMPLETED"] } } },
        }),
      });
      const runs = (await answer.json()) as Run[]; // the API's own shape
      return runs[0];
    }, `a run of ${deployment} has ended by itself`);
  }

  test("started again after a stop, everything is still there", async () => {
    expect(await agent.stop("SIGINT")).toBe(0);
    expect(await server.stop("SIGINT")).toBe(0);
    expect(server.output()).toContain("Server stopped!");
    ({ server, env } = await startServer());
    const deployments: { name: string }[] = await json(["deployment", "ls"], env);
    expect(deployments.map(({ name }) => name)).toContain("marvin");
    expect(await endOf(runId, env)).toMatchObject({ id: runId, state_type: "COMPLETED" });
    await server.stop();
  });

  test("without any server the same commands work on the home's database", async () => {
    expect((await sandbox.orch(["deployment", "ls"])).stdout).toContain("say-hi/marvin");
    expect((await sandbox.orch(["deployment", "run", "say-hi/marvin"])).code).toBe(0);
    const once = await sandbox.orch(["agent", "start", "-q", "test", "--run-once"]);
    expect(once.stdout).toContain("hi Marvin");
    expect(once.code).toBe(0);
  });
});
