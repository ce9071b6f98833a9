// Flow runs whose node goes away: it comes back, or it never does.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { clusterHere, type RealCluster } from "./cluster.ts";
import { type ClusterWorld, createClusterWorld, SECONDS, until } from "./cluster-world.ts";

const UNREACHABLE = "node.kubernetes.io/unreachable";

/** The cluster waits for five minutes otherwise. */
const QUICK = {
  ...{ op: "add", path: "/spec/template/spec/tolerations" },
  value: ["not-ready", "unreachable"].map((word) => ({
    ...{ key: `node.kubernetes.io/${word}`, operator: "Exists", effect: "NoExecute", tolerationSeconds: 1 },
  })),
};
const NODE_LOST =
  /The pod of the flow run was ended by the cluster: Taint manager: .*\(DeletionByTaintManager\), and its node '127\.0\.0\.1' has not answered since\./;
const NODE_DELETED = /The pod of the flow run was ended by the cluster: .*node.*\(DeletionByPodGC\)\./;
const NODE_SILENT =
  /The pod of the flow run was given up: its node '127\.0\.0\.1' has not answered for 61 s: Kubelet stopped posting node status \(NodeStatusUnknown\)\./;

function nodesOf(real: RealCluster): void {
  describe("a node", () => {
    let world: ClusterWorld;
    beforeAll(async () => {
      world = await createClusterWorld(real);
      for (const flow of ["long", "short"]) await world.deploy(flow, "d", [QUICK]);
    }, 300_000);
    afterAll(async () => {
      await world?.close();
      await real.close();
    }, 60_000);

    const it = (what: string, check: () => Promise<void>) => test(what, check, 3 * SECONDS * 1000);

    const isReady = async () => (await real.run("kubectl", "get", "node")).includes(" Ready "); // also before it is there

    it("blocks 20, 22: a kubelet that is killed and started again: the run goes on, and its end and its output are seen", async () => {
      const own = world.agentOf("d");
      const run = await world.start("short/d");
      await world.logged(run.id, "short has begun");
      real.crash("kubelet");
      // It executes without its node's program, and tells the server so.
      expect((await world.ended(run.id)).state_name).toBe("Completed");
      expect(own.output()).not.toContain("finished in state");
      await real.restart("kubelet");
      await own.until(/finished in state Completed/);
      expect(own.output()).not.toContain("exited with status code");
      expect(await own.stop()).toBe(0);
      await until("a ready node", isReady);
    });

    it("blocks 21, 22, 23: a node that never answers again: runs are CRASHED with the cluster's words, or Cancelled, and nothing starts when it is back", async () => {
      const own = world.agentOf("d");
      const [lost, cancelled, done] = [
        await world.start("long/d"),
        await world.start("long/d"),
        await world.start("short/d"),
      ];
      for (const { id } of [lost, cancelled]) await world.logged(id, "long has begun");
      await world.logged(done.id, "short has begun");
      real.crash("kubelet");
      await world.orch("flow-run", "cancel", cancelled.id);
      expect((await world.ended(done.id)).state_name).toBe("Completed");
      // As the cluster does by itself where another node is well.
      await until("a node that is missed", async () =>
        (await real.run("kubectl", "get", "node")).includes(" NotReady "),
      );
      await real.run("kubectl", "taint", "node", "127.0.0.1", `${UNREACHABLE}:NoExecute`);
      expect((await world.ended(cancelled.id)).state_name).toBe("Cancelled");
      expect((await world.ended(lost.id)).state_type).toBe("CRASHED");
      await world.logged(lost.id, NODE_LOST);
      // The agent waits for none of them any more.
      await own.until(new RegExp(`'${done.name}' finished in state Completed`));
      expect(await own.stop()).toBe(0);
      await real.restart("kubelet");
      for (const { id } of [lost, cancelled]) await world.gone(id);
      await until("a ready node", isReady);
    });

    it("blocks 21, 22: a node that is deleted: its run is CRASHED with the cluster's words, and starts no more", async () => {
      const own = world.agentOf("d");
      const run = await world.start("long/d");
      await world.logged(run.id, "long has begun");
      real.crash("kubelet");
      await real.run("kubectl", "delete", "node", "127.0.0.1");
      expect((await world.ended(run.id)).state_type).toBe("CRASHED");
      await world.logged(run.id, NODE_DELETED);
      await real.restart("kubelet");
      expect(await world.pods(run.id)).toEqual([]); // its Job has failed, and stays as others do
      await until("a ready node", isReady);
      expect((await world.logs(run.id)).match(/long has begun/g)).toHaveLength(1);
      expect(await own.stop()).toBe(0);
    });

    it("blocks 21, 22: the only node does not answer: after the pod's toleration its run is CRASHED, and starts no more", async () => {
      const own = world.agentOf("d");
      const run = await world.start("long/d");
      await world.logged(run.id, "long has begun");
      real.crash("kubelet");
      await own.until(
        /its node '127\.0\.0\.1' does not answer\. The run goes on when it does; after 61 s it is given up\./,
      );
      const { state_type } = await world.ended(run.id);
      expect(state_type).toBe("CRASHED");
      await world.logged(run.id, NODE_SILENT);
      await real.restart("kubelet");
      await world.gone(run.id);
      expect((await world.logs(run.id)).match(/long has begun/g)).toHaveLength(1);
      expect((await world.ended(run.id)).state_type).toBe("CRASHED");
      expect(await own.stop()).toBe(0);
      await until("a ready node", isReady);
    });
  });
}

const real = await clusterHere();
if (real) nodesOf(real);
