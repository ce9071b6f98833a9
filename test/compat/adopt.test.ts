// A home that the real Prefect 2.10.4 has made and filled, taken over from its running server and from its database: each endpoint
// answers as before, and the real agent goes on. Its schedules have the same dates by orch.
import { expect, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "../binary/sandbox.ts";
import { FILL, FLOWS } from "./adopt-programs.ts";
import { answers, caller, expectAlike, freePort, incomplete, killGroup, listening, tables } from "./adopted.ts";
import { environment, possible, until } from "./prefect.ts";

test.skipIf(!possible)(
  "adopt: a home of the real 2.10.4, endpoint by endpoint, and its agent goes on",
  async () => {
    const bin = join(environment ?? "", "bin");
    const [sandbox, other, third] = [createSandbox(), createSandbox(), createSandbox()];
    const children = new Set<Bun.Subprocess>();
    const prefectHome = join(sandbox.home, ".prefect");
    mkdirSync(prefectHome);
    writeFileSync(join(sandbox.folder, "flows.py"), FLOWS);
    writeFileSync(join(sandbox.folder, "fill.py"), FILL);
    const url = `http://127.0.0.1:${freePort()}`;
    const env = {
      ...{ HOME: sandbox.home, PATH: `${bin}:/usr/bin:/bin`, PREFECT_HOME: prefectHome, PREFECT_API_URL: `${url}/api` },
      ...{ PYTHONWARNINGS: "ignore", PREFECT_AGENT_QUERY_INTERVAL: "1" },
    };
    // Nothing is to change while its answers are read.
    const loops = ["SCHEDULER", "LATE_RUNS", "FLOW_RUN_NOTIFICATIONS", "CANCELLATION_CLEANUP", "PAUSE_EXPIRATIONS"];
    const still = Object.fromEntries(loops.map((loop) => [`PREFECT_API_SERVICES_${loop}_ENABLED`, "false"]));
    const prefect = (words: string[], more: Record<string, string> = {}) => {
      const child = Bun.spawn(words, {
        ...{ cwd: sandbox.folder, env: { ...env, ...more }, detached: true },
        ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      });
      children.add(child);
      return child;
    };
    const call = caller(url);
    try {
      const port = new URL(url).port;
      const server = prefect([join(bin, "prefect"), "server", "start", "--port", port], still);
      await listening(url);
      const fill = prefect([join(bin, "python"), "fill.py"]);
      const [said, code] = await Promise.all([new Response(fill.stderr).text(), fill.exited]);
      expect(code === 0 ? "" : said).toBe("");
      const before = await answers(call);

      const shadow = await other.orch(["adopt", "--shadow", url, "--json"]);
      const { differences, deployments } = JSON.parse(shadow.stdout);
      expect([shadow.code, differences, deployments.length]).toEqual([0, 0, 2]);

      const asked = await other.orch(["adopt", `${url}/api`, "--json"]);
      expect([asked.stderr, asked.code]).toEqual(["", 0]);
      expect(incomplete(asked.stdout)).toEqual([]);
      // The same home from its file after its server, and its server after its file: nothing comes twice.
      const copy = join(sandbox.folder, "copy.db");
      for (const suffix of ["", "-wal"]) {
        const file = join(prefectHome, `prefect.db${suffix}`);
        if (existsSync(file)) copyFileSync(file, copy + suffix);
      }
      expect(tables((await third.orch(["adopt", copy, "--json"])).stdout).length).toBeGreaterThan(15);
      for (const [home, source] of [
        [other, url],
        [other, copy],
        [third, url],
        [third, copy],
      ] as const) {
        const again = await home.orch(["adopt", source]);
        expect([again.stderr, again.code]).toEqual(["", 0]);
        expect(again.stdout).toContain("Nothing to do: ");
      }
      const beside = other.start(["server", "start", "--port", "0", "--no-services"]);
      const [, address = ""] = await beside.until(/running at (http:\S+?),/);
      expectAlike(await answers(caller(address)), before);
      await other.close();

      const early = await sandbox.orch(["adopt"]);
      expect([early.code, early.stderr]).toEqual([1, expect.stringContaining("Stop Prefect's server")]);
      server.kill("SIGINT");
      await server.exited;
      const adopted = await until(
        async () => {
          const ran = await sandbox.orch(["adopt", "--json"]);
          return ran.stderr.includes("is in use") ? undefined : ran;
        },
        () => "the end of Prefect's server",
      );
      expect(adopted.stderr).toBe("");
      expect(incomplete(adopted.stdout)).toEqual(["configuration"]);

      const orch = sandbox.start(["server", "start", "--port", port, "--no-services"]);
      await orch.until(/running at/);
      expectAlike(await answers(call), before);

      // The agent that is there already, with a deployment that Prefect has made.
      const agent = prefect([join(bin, "prefect"), "agent", "start", "-q", "slow"]);
      const deployment = (await call("GET", "/deployments/name/parent/by-hand")) as { id: string };
      const run = (await call("POST", `/deployments/${deployment.id}/create_flow_run`, {})) as { id: string };
      const ended = await until(
        async () => {
          const { state_type } = (await call("GET", `/flow_runs/${run.id}`)) as { state_type: string };
          return ["COMPLETED", "FAILED", "CRASHED"].includes(state_type) ? state_type : undefined;
        },
        () => "the end of the run",
      );
      expect(ended).toBe("COMPLETED");
      agent.kill("SIGINT");
      await agent.exited;
    } finally {
      for (const child of children) killGroup(child.pid);
      await Promise.all([sandbox.close(), other.close(), third.close()]);
    }
  },
  600_000,
);
