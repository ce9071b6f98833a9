// Flow runs as Jobs of a real cluster, on the executable: how they end, what the cluster does to them, and what outlives the agent.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { JsonObject } from "#lib/json.ts";
import { clusterHere, type RealCluster } from "./cluster.ts";
import {
  type ClusterWorld,
  CONTAINER,
  createClusterWorld,
  HOST_NETWORK,
  IMAGE,
  SECONDS,
  until,
} from "./cluster-world.ts";

const PODS = "/api/v1/namespaces/default/pods";

function runsOn(real: RealCluster): void {
  describe("runs in a cluster", () => {
    let world: ClusterWorld;
    beforeAll(async () => {
      world = await createClusterWorld(real);
      for (const flow of ["hello", "long", "short"]) await world.deploy(flow, "d");
    }, 300_000);
    afterAll(async () => {
      await world?.close();
      await real.close();
    }, 60_000);

    const it = (what: string, check: () => Promise<void>) => test(what, check, 2 * SECONDS * 1000);
    const nameOf = (pod: JsonObject | undefined) => String((pod?.["metadata"] as JsonObject | undefined)?.["name"]); // it has one

    it("a run completes in a pod, its log and its output are there, and its Job goes after its time", async () => {
      await world.deploy("hello", "ttl", [], "finished_job_ttl=1");
      const own = world.agentOf("ttl");
      const run = await world.start("hello/ttl");
      const { state_name, infrastructure_pid: pid } = await world.ended(run.id);
      expect([state_name, pid]).toEqual([
        "Completed",
        expect.stringMatching(/^[0-9a-f-]{36}:default:[a-z0-9-]{7,51}$/),
      ]);
      expect(await world.logs(run.id)).toContain("hello Ada from /opt/prefect/flows");
      await own.until(/printed by hello/);
      await world.gone(run.id);
      expect(await own.stop()).toBe(0);
    });

    it("blocks 21: the faults of a cluster are CRASHED runs, and their logs say what it says", async () => {
      const resources = (value: JsonObject) => ({ op: "add", path: `${CONTAINER}/resources`, value });
      const LIMIT = "pod_watch_timeout_seconds=8";
      await world.deploy("hello", "pull", [], "image=localhost:1/none:1", "image_pull_policy=Always", LIMIT);
      await world.deploy("hello", "room", [resources({ requests: { cpu: "100" } })], LIMIT);
      await world.deploy("hungry", "memory", [resources({ limits: { memory: "256Mi" } })]);
      await world.deploy("long", "deadline", [{ op: "add", path: "/spec/activeDeadlineSeconds", value: 6 }]);
      await world.deploy("hello", "command", [], 'command=["/no/such/program"]');
      const own = ["pull", "room", "memory", "deadline", "command"].map(world.agentOf);
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
      const runs = await Promise.all(CASES.map(async ([name]) => world.start(name)));
      for (const [index, { id }] of runs.entries()) {
        expect((await world.ended(id)).state_type).toBe("CRASHED");
        // The agent adds what the cluster says after the run's own last words.
        await until(String(CASES[index]?.[1]), async () => CASES[index]?.[1].test(await world.logs(id)));
      }
      await world.gone(runs[0]?.id ?? "");
      await world.gone(runs[1]?.id ?? "");
      await Promise.all(own.map((one) => one.stop()));
    });

    it("blocks 21, 22: an eviction, and a pod that is deleted, are CRASHED runs that say so", async () => {
      const own = world.agentOf("d");
      const runs = [await world.start("long/d"), await world.start("long/d")];
      for (const { id } of runs) await world.logged(id, "long has begun");
      const [evicted = "", deleted = ""] = runs.map(({ id }) => id);
      const name = nameOf((await world.pods(evicted))[0]);
      const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace: "default" } };
      await real.api.ask("POST", `${PODS}/${name}/eviction`, { body });
      await real.api.ask("DELETE", `${PODS}/${nameOf((await world.pods(deleted))[0])}`);
      for (const id of [evicted, deleted]) expect((await world.ended(id)).state_type).toBe("CRASHED");
      await world.logged(
        evicted,
        "The pod of the flow run was evicted by the cluster: Eviction API: evicting (EvictionByEvictionAPI).",
      );
      await own.stop();
    });

    it("blocks 23: a run is cancelled while it executes, and before its pod has started", async () => {
      await world.deploy("hello", "stuck", [], "image=localhost:1/none:1", "image_pull_policy=Always");
      const own = [world.agentOf("d"), world.agentOf("stuck")];
      const [running, stuck] = [await world.start("long/d"), await world.start("hello/stuck")];
      await world.logged(running.id, "long has begun");
      await until("a pod", async () => (await world.pods(stuck.id)).length === 1);
      for (const { id } of [running, stuck]) await world.orch("flow-run", "cancel", id);
      for (const { id } of [running, stuck]) {
        expect((await world.ended(id)).state_name).toBe("Cancelled");
        await world.gone(id);
      }
      await Promise.all(own.map((one) => one.stop()));
    });

    it("blocks 20: an API server that is killed and started again: the run goes on, and its end is seen", async () => {
      const own = world.agentOf("d");
      const run = await world.start("short/d");
      await world.logged(run.id, "short has begun");
      real.crash("apiserver");
      await real.restart("apiserver");
      expect((await world.ended(run.id)).state_name).toBe("Completed");
      await own.until(/finished in state Completed/);
      await own.stop();
    });

    it("a saved block, given with -ib when a deployment is built, runs it", async () => {
      const data = {
        ...{ image: IMAGE, image_pull_policy: "Never", env: { GREETING: "from the block" } },
        customizations: [HOST_NETWORK],
      };
      await world.saveBlock("kubernetes-job", "pods", data);
      await world.deployment("build", "-n", "saved", "-q", "saved", "-ib", "kubernetes-job/pods", "flows.ts:hello");
      await world.deployment("apply", "hello-deployment.yaml");
      const own = world.agentOf("saved");
      const { id, state_name } = await world.ended((await world.start("hello/saved")).id);
      expect([state_name, await world.logs(id)]).toEqual([
        "Completed",
        expect.stringContaining("greeting from the block"),
      ]);
      await own.stop();
    });

    it("a pool of type kubernetes: its workers make Jobs of the pool's own manifest", async () => {
      await world.orch("work-pool", "create", "pods", "--type", "kubernetes");
      const { base_job_template: template } = await world.api<{ base_job_template: Template }>(
        "GET",
        "/work_pools/pods",
      );
      const { spec } = template.job_configuration.job_manifest;
      spec.template.spec["hostNetwork"] = true;
      await world.api("PATCH", "/work_pools/pods", { base_job_template: template });
      const values = [`image=${IMAGE}`, "image_pull_policy=Never", "finished_job_ttl=1", "env.GREETING=from the pool"];
      const overrides = values.flatMap((value) => ["--override", value]);
      const where = ["-n", "pooled", "-p", "pods", "--path", "/opt/prefect/flows"];
      await world.deployment("build", ...where, ...overrides, "-a", "flows.ts:hello");
      const worker = world.sandbox.start(["worker", "start", "-p", "pods"], { ORCH_API_URL: world.url, ...real.env });
      await worker.until(/Discovered worker type 'kubernetes' for work pool 'pods'\.\nWorker 'KubernetesWorker /);
      const run = await world.ended((await world.start("hello/pooled")).id);
      const { id, state_name, infrastructure_pid: pid } = run;
      expect([state_name, await world.logs(id)]).toEqual([
        "Completed",
        expect.stringContaining("greeting from the pool"),
      ]);
      expect(pid).toMatch(/^[0-9a-f-]{36}:default:/);
      await worker.until(/printed by hello/);
      await world.gone(id);
      expect(await worker.stop()).toBe(0);
    });

    it("a Job whose agent is killed goes on, and the next agent sees to its end", async () => {
      const first = world.agentOf("d");
      const [brief, endless] = [await world.start("short/d"), await world.start("long/d")];
      await world.logged(brief.id, "short has begun");
      await world.logged(endless.id, "long has begun");
      await first.stop("SIGKILL");
      const next = world.agentOf("d");
      await next.until(/Looking after flow run[\s\S]*Looking after flow run/);
      expect((await world.ended(brief.id)).state_name).toBe("Completed");
      await world.orch("flow-run", "cancel", endless.id);
      expect((await world.ended(endless.id)).state_name).toBe("Cancelled");
      await world.gone(endless.id);
      await next.stop();
    });
  });
}

interface Template {
  job_configuration: { job_manifest: { spec: { template: { spec: JsonObject } } } };
}

const real = await clusterHere();
if (real) runsOn(real);
