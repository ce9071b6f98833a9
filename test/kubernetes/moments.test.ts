// Agents and the API server that are killed while a run starts, executes, is cancelled or ends, and Jobs that people delete.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { textIn } from "#infrastructure/kubernetes/pods.ts";
import type { JsonObject } from "#lib/json.ts";
import { clusterHere, type RealCluster } from "./cluster.ts";
import { type ClusterWorld, createClusterWorld, SECONDS, until } from "./cluster-world.ts";

function momentsOf(real: RealCluster): void {
  describe("a moment", () => {
    let world: ClusterWorld;
    beforeAll(async () => {
      world = await createClusterWorld(real);
      for (const flow of ["hello", "long", "short"]) await world.deploy(flow, "d");
    }, 300_000);
    afterAll(async () => {
      await world?.close();
      await real.close();
    }, 60_000);

    const it = (what: string, check: () => Promise<void>) => test(what, check, 3 * SECONDS * 1000);
    const times = async (id: string, words: string) => (await world.logs(id)).split(words).length - 1;
    const jobOf = async (id: string) => textIn((await world.pods(id))[0]?.["metadata"], "name").replace(/-[^-]+$/, "");
    const isBack = () =>
      real.api.ask("GET", "/readyz").then(
        ({ status }) => status === 200,
        () => false,
      );
    async function restartApi(): Promise<void> {
      await real.restart("apiserver");
      await until("an API server that is back", isBack);
    }

    it("a Job and a pod that people delete: their runs are CRASHED with a sentence", async () => {
      const own = world.agentOf("d");
      const runs = [await world.start("long/d"), await world.start("long/d"), await world.start("long/d")];
      for (const { id } of runs) await world.logged(id, "long has begun");
      const [job = "", orphaned = "", forced = ""] = runs.map(({ id }) => id);
      const pod = textIn((await world.pods(forced))[0]?.["metadata"], "name");
      await real.run("kubectl", "delete", "job", await jobOf(job), "--wait=false");
      await real.run("kubectl", "delete", "job", await jobOf(orphaned), "--wait=false", "--cascade=orphan");
      await real.run("kubectl", "delete", "pod", pod, "--force", "--grace-period=0");
      for (const id of [job, forced]) {
        expect((await world.ended(id)).state_type).toBe("CRASHED");
        await world.logged(id, "Crash detected!"); // by the run itself, if it has the time to
      }
      // A pod without its Job goes on; it can be ended still.
      expect((await world.api<{ state_type: string }>("GET", `/flow_runs/${orphaned}`)).state_type).toBe("RUNNING");
      await world.orch("flow-run", "cancel", orphaned);
      expect((await world.ended(orphaned)).state_name).toBe("Cancelled");
      await world.gone(job);
      await world.gone(orphaned);
      await own.stop();
    });

    it("an agent that is killed while its Job is made: the next one sees to it, and it executes once", async () => {
      const first = world.agentOf("d");
      const run = await world.start("hello/d");
      await until("a pod", async () => (await world.pods(run.id)).length === 1);
      await first.stop("SIGKILL");
      const next = world.agentOf("d");
      await next.until(/finished in state Completed/);
      expect([(await world.ended(run.id)).state_name, await times(run.id, "hello Ada")]).toEqual(["Completed", 1]);
      await next.stop();
    });

    it("an agent that is killed while its run ends: the next one finds it ended", async () => {
      const first = world.agentOf("d");
      const run = await world.start("short/d");
      await world.logged(run.id, "short has begun");
      await Promise.all([world.ended(run.id), first.stop("SIGKILL")]);
      const next = world.agentOf("d");
      await next.until(/finished in state Completed/);
      expect((await world.ended(run.id)).state_name).toBe("Completed");
      await next.stop();
    });

    it("an API server that is away while a run is to start: its Job is made when it is back, once", async () => {
      const own = world.agentOf("d");
      expect((await world.ended((await world.start("hello/d")).id)).state_name).toBe("Completed"); // it has a connection
      real.crash("apiserver");
      const run = await world.start("hello/d");
      await own.until(new RegExp(`Submitting flow run '${run.name}'`));
      await restartApi();
      expect([(await world.ended(run.id)).state_name, await times(run.id, "hello Ada")]).toEqual(["Completed", 1]);
      await own.stop();
    });

    it("an API server that is away while a run ends: its end is seen when it is back", async () => {
      const own = world.agentOf("d");
      const run = await world.start("short/d");
      await world.logged(run.id, "short has begun");
      real.crash("apiserver");
      expect((await world.ended(run.id)).state_name).toBe("Completed");
      await own.until(/it is not seen: No Kubernetes cluster answers at/);
      await restartApi();
      await own.until(new RegExp(`'${run.name}' finished in state Completed`));
      expect(own.output()).not.toContain("exited with status code");
      await own.stop();
    });

    it("an API server that is away while a run is cancelled: it is ended when that is back", async () => {
      const own = world.agentOf("d");
      const run = await world.start("long/d");
      await world.logged(run.id, "long has begun");
      real.crash("apiserver");
      await world.orch("flow-run", "cancel", run.id);
      await own.until(/could not be cancelled: No Kubernetes cluster answers at/);
      await restartApi();
      expect((await world.ended(run.id)).state_name).toBe("Cancelled");
      await world.gone(run.id);
      await own.stop();
    });

    it("an agent that has to end its runs while the API server is away goes on, and ends them when that is back", async () => {
      const own = world.agentOf("d");
      const run = await world.start("long/d");
      await world.logged(run.id, "long has begun");
      real.crash("apiserver");
      await world.api("POST", `/flow_runs/${run.id}/set_state`, {
        state: { type: "SCHEDULED", state_details: LATER },
        force: true,
      });
      await own.until(/could not be ended: No Kubernetes cluster answers at .* It is tried again\./);
      await restartApi();
      await world.gone(run.id);
      expect(await own.stop()).toBe(0);
    });

    it("two agents of one queue: each run executes once", async () => {
      const agents = [world.agentOf("d"), world.agentOf("d")];
      const runs = [];
      for (let count = 0; count < 4; count += 1) runs.push(await world.start("hello/d"));
      for (const { id } of runs) {
        expect([(await world.ended(id)).state_name, await times(id, "hello Ada")]).toEqual(["Completed", 1]);
        expect(await world.pods(id)).toHaveLength(1);
      }
      await Promise.all(agents.map((one) => one.stop()));
    });
  });
}

const LATER: JsonObject = { scheduled_time: "2099-01-01T00:00:00Z" };

const real = await clusterHere();
if (real) momentsOf(real);
