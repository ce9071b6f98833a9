// Flow runs as Jobs of a real cluster, on the executable: how they end, what the cluster does to them, and what outlives the agent.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { listIn } from "#infrastructure/kubernetes/pods.ts";
import type { JsonObject } from "#lib/json.ts";
import type { Running } from "../binary/sandbox.ts";
import { FLOWS } from "../engines/flows.ts";
import { addFlows } from "../engines/images.ts";
import { createWorld, type Run, type World } from "../page/world.ts";
import { clusterHere, type RealCluster } from "./cluster.ts";

const IMAGE = "localhost/orch-flows:1";
const SECONDS = 90;
const HOST_NETWORK = { op: "add", path: "/spec/template/spec/hostNetwork", value: true };
const SHORT_GRACE = { op: "add", path: "/spec/template/spec/terminationGracePeriodSeconds", value: 2 };
const CONTAINER = "/spec/template/spec/containers/0";

function runsOn(real: RealCluster): void {
  describe("runs in a cluster", () => {
    let world: World;
    beforeAll(async () => {
      await real.importImage(IMAGE, (root) => addFlows(root, resolve("dist/orch"), { "flows.ts": FLOWS }));
      world = await createWorld();
      world.write("flows.ts", FLOWS);
      for (const flow of ["hello", "long", "short"]) await deploy(flow, "d");
    }, 300_000);
    afterAll(async () => {
      await world?.close();
      await real.close();
    }, 60_000);

    const it = (what: string, check: () => Promise<void>) => test(what, check, 2 * SECONDS * 1000);

    async function deploy(
      flow: string,
      name: string,
      patches: JsonObject[] = [],
      ...overrides: string[]
    ): Promise<void> {
      const customizations = JSON.stringify([HOST_NETWORK, SHORT_GRACE, ...patches]);
      const all = [`image=${IMAGE}`, "image_pull_policy=Never", `customizations=${customizations}`, ...overrides];
      const words = all.flatMap((override) => ["--override", override]);
      const where = ["-n", name, "-q", name, "--infra", "kubernetes-job"];
      await world.deployment("build", ...where, ...words, "-a", `flows.ts:${flow}`);
    }

    function agent(queue: string): Running {
      return world.sandbox.start(["agent", "start", "-q", queue], { ORCH_API_URL: world.url, ...real.env });
    }

    const start = (name: string) => world.json<Run>("deployment", "run", name);

    /** Asks until it is so. */
    async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
      for (const deadline = Date.now() + SECONDS * 1000; Date.now() < deadline; ) {
        const found = await ask();
        if (found !== undefined && found !== false) return found;
        await Bun.sleep(50); // until it is so, or the deadline
      }
      throw new Error(`${what} did not come to pass within ${SECONDS} s`);
    }

    const ended = (id: string) =>
      until(`the end of ${id}`, async () => {
        const run = await world.api<Run & { infrastructure_pid: string; state: { message: string | null } }>(
          "GET",
          `/flow_runs/${id}`,
        );
        return ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"].includes(run.state_type) ? run : undefined;
      });
    const logged = (id: string, words: string) => until(words, async () => (await world.logs(id)).includes(words));

    async function left(kind: string, id: string): Promise<JsonObject[]> {
      const query = { labelSelector: `prefect.io/flow-run-id=${id}` };
      return listIn((await real.api.ask("GET", kind, { query })).body, "items");
    }
    const PODS = "/api/v1/namespaces/default/pods";
    const JOBS = "/apis/batch/v1/namespaces/default/jobs";
    const gone = (id: string) =>
      until("the removal of Job and pod", async () => {
        return (await left(PODS, id)).length === 0 && (await left(JOBS, id)).length === 0;
      });
    const nameOf = (pod: JsonObject | undefined) => String((pod?.["metadata"] as JsonObject | undefined)?.["name"]); // it has one

    it("a run completes in a pod, its log and its output are there, and its Job goes after its time", async () => {
      await deploy("hello", "ttl", [], "finished_job_ttl=1");
      const own = agent("ttl");
      const run = await start("hello/ttl");
      const { state_name, infrastructure_pid: pid } = await ended(run.id);
      expect([state_name, pid]).toEqual([
        "Completed",
        expect.stringMatching(/^[0-9a-f-]{36}:default:[a-z0-9-]{7,51}$/),
      ]);
      expect(await world.logs(run.id)).toContain("hello Ada from /opt/prefect/flows");
      await own.until(/printed by hello/);
      await gone(run.id);
      expect(await own.stop()).toBe(0);
    });

    it("blocks 21: the faults of a cluster are CRASHED runs, and their logs say what it says", async () => {
      const resources = (value: JsonObject) => ({ op: "add", path: `${CONTAINER}/resources`, value });
      const LIMIT = "pod_watch_timeout_seconds=8";
      await deploy("hello", "pull", [], "image=localhost:1/none:1", "image_pull_policy=Always", LIMIT);
      await deploy("hello", "room", [resources({ requests: { cpu: "100" } })], LIMIT);
      await deploy("hungry", "memory", [resources({ limits: { memory: "256Mi" } })]);
      await deploy("long", "deadline", [{ op: "add", path: "/spec/activeDeadlineSeconds", value: 6 }]);
      await deploy("hello", "command", [], 'command=["/no/such/program"]');
      const own = ["pull", "room", "memory", "deadline", "command"].map(agent);
      const CASES: [deployment: string, words: RegExp][] = [
        [
          "hello/pull",
          /did not start within 8 s \(pod_watch_timeout_seconds\), and was removed: .*(?:pull|localhost:1).*ErrImagePull/,
        ],
        ["hello/room", /did not start within 8 s .*Insufficient cpu.*\(Unschedulable\)/],
        ["hungry/memory", /because it used more than its memory limit of 256Mi \(OOMKilled\)/],
        [
          "long/deadline",
          /The pod of the flow run was ended by the cluster: Job was active longer than specified deadline \(DeadlineExceeded\)\./,
        ],
        ["hello/command", /could not run: .*\/no\/such\/program.*/],
      ];
      const runs = await Promise.all(CASES.map(async ([name]) => start(name)));
      for (const [index, { id }] of runs.entries()) {
        expect((await ended(id)).state_type).toBe("CRASHED");
        // The agent adds what the cluster says after the run's own last words.
        await until(String(CASES[index]?.[1]), async () => CASES[index]?.[1].test(await world.logs(id)));
      }
      await gone(runs[0]?.id ?? "");
      await gone(runs[1]?.id ?? "");
      await Promise.all(own.map((one) => one.stop()));
    });

    it("blocks 21, 22: an eviction, and a pod that is deleted, are CRASHED runs that say so", async () => {
      const own = agent("d");
      const runs = [await start("long/d"), await start("long/d")];
      for (const { id } of runs) await logged(id, "long has begun");
      const [evicted = "", deleted = ""] = runs.map(({ id }) => id);
      const name = nameOf((await left(PODS, evicted))[0]);
      const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace: "default" } };
      await real.api.ask("POST", `${PODS}/${name}/eviction`, { body });
      await real.api.ask("DELETE", `${PODS}/${nameOf((await left(PODS, deleted))[0])}`);
      for (const id of [evicted, deleted]) expect((await ended(id)).state_type).toBe("CRASHED");
      await logged(
        evicted,
        "The pod of the flow run was evicted by the cluster: Eviction API: evicting (EvictionByEvictionAPI).",
      );
      await own.stop();
    });

    it("blocks 23: a run is cancelled while it executes, and before its pod has started", async () => {
      await deploy("hello", "stuck", [], "image=localhost:1/none:1", "image_pull_policy=Always");
      const own = [agent("d"), agent("stuck")];
      const [running, stuck] = [await start("long/d"), await start("hello/stuck")];
      await logged(running.id, "long has begun");
      await until("a pod", async () => (await left(PODS, stuck.id)).length === 1);
      for (const { id } of [running, stuck]) await world.orch("flow-run", "cancel", id);
      for (const { id } of [running, stuck]) {
        expect((await ended(id)).state_name).toBe("Cancelled");
        await gone(id);
      }
      await Promise.all(own.map((one) => one.stop()));
    });

    it("blocks 20: an API server that is killed and started again: the run goes on, and its end is seen", async () => {
      const own = agent("d");
      const run = await start("short/d");
      await logged(run.id, "short has begun");
      process.kill(Number(readFileSync(join(real.folder, "run", "apiserver.pid"), "utf8")), "SIGKILL");
      const again = `sed -n '/^bg apiserver/,/--watch-cache/p' start2.sh > run/api.cmd; . ./env.sh; P=$H/pki; ${BACKGROUND}; . run/api.cmd`;
      await real.run("bash", "-c", again);
      expect((await ended(run.id)).state_name).toBe("Completed");
      await own.until(/finished in state Completed/);
      await own.stop();
    });

    it("a Job whose agent is killed goes on, and the next agent sees to its end", async () => {
      const first = agent("d");
      const [brief, endless] = [await start("short/d"), await start("long/d")];
      await logged(brief.id, "short has begun");
      await logged(endless.id, "long has begun");
      await first.stop("SIGKILL");
      const next = agent("d");
      await next.until(/Looking after flow run[\s\S]*Looking after flow run/);
      expect((await ended(brief.id)).state_name).toBe("Completed");
      await world.orch("flow-run", "cancel", endless.id);
      expect((await ended(endless.id)).state_name).toBe("Cancelled");
      await gone(endless.id);
      await next.stop();
    });
  });
}

const BACKGROUND = 'bg() { local n=$1; shift; setsid "$@" > log/$n.log 2>&1 < /dev/null & echo $! > run/$n.pid; }';

const real = await clusterHere();
if (real) runsOn(real);
