// Jobs that a real cluster refuses, holds, suspends or keeps beside the flow, and those of clusters that only a block names.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { textIn } from "#infrastructure/kubernetes/pods.ts";
import type { JsonObject } from "#lib/json.ts";
import { FLOWS } from "../engines/flows.ts";
import { addFlows } from "../engines/images.ts";
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

const RULES = "admissionregistration.k8s.io/v1";
const POD = "/spec/template/spec";
const resources = (value: JsonObject) => ({ op: "add", path: `${CONTAINER}/resources`, value });
/** A container that goes on. */
const PROXY = {
  ...{ op: "add", path: `${POD}/containers/-` },
  value: { name: "proxy", image: IMAGE, imagePullPolicy: "Never", command: ["orch", "server", "start", "--port", "0"] },
};
const FAILING = {
  ...{ op: "add", path: `${POD}/initContainers` },
  value: [{ name: "fetch", image: IMAGE, imagePullPolicy: "Never", command: ["orch", "no-such-command"] }],
};

function oddJobsOf(real: RealCluster): void {
  describe("an odd job", () => {
    let world: ClusterWorld;
    beforeAll(async () => {
      world = await createClusterWorld(real);
    }, 300_000);
    afterAll(async () => {
      await world?.close();
      await real.close();
    }, 60_000);

    const it = (what: string, check: () => Promise<void>) => test(what, check, 3 * SECONDS * 1000);
    const jobOf = async (id: string) => textIn((await world.pods(id))[0]?.["metadata"], "name").replace(/-[^-]+$/, "");

    it("blocks 21: a pod that its node refuses or ends, and an init container that fails, are CRASHED in the cluster's words", async () => {
      const onNode = { op: "add", path: `${POD}/nodeName`, value: "127.0.0.1" };
      await world.deploy("hello", "refused", [onNode, resources({ requests: { cpu: "100" } })]);
      await world.deploy("long", "brief", [{ op: "add", path: `${POD}/activeDeadlineSeconds`, value: 6 }]);
      await world.deploy("hello", "init", [FAILING]);
      const agents = ["refused", "brief", "init"].map(world.agentOf);
      const CASES: [deployment: string, words: RegExp][] = [
        ["hello/refused", /The pod of the flow run was refused by its node: .*cpu.*\(OutOfcpu\)\./],
        ["long/brief", /The pod of the flow run was ended by its node: .*deadline.*\(DeadlineExceeded\)\./],
        [
          "hello/init",
          /No such command: 'no-such-command'[\s\S]*its init container 'fetch' exited with status code \d+\./,
        ],
      ];
      const runs = await Promise.all(CASES.map(([name]) => world.start(name)));
      for (const [index, { id }] of runs.entries()) {
        expect((await world.ended(id)).state_type).toBe("CRASHED");
        await world.logged(id, CASES[index]?.[1] ?? "");
      }
      await Promise.all(agents.map((one) => one.stop()));
    });

    it("a container that goes on beside the flow's keeps neither the run nor its agent", async () => {
      await world.deploy("hello", "beside", [PROXY]);
      await world.deploy("hungry", "beside", [PROXY, resources({ limits: { memory: "256Mi" } })]);
      const own = world.agentOf("beside");
      const [well, hungry] = [await world.start("hello/beside"), await world.start("hungry/beside")];
      expect((await world.ended(well.id)).state_name).toBe("Completed");
      expect((await world.ended(hungry.id)).state_type).toBe("CRASHED");
      await world.logged(hungry.id, "because it used more than its memory limit of 256Mi (OOMKilled)");
      await own.until(new RegExp(`'${well.name}': it has ended; other containers of its pod go on: proxy`));
      expect(await own.stop()).toBe(0);
      for (const { id } of [well, hungry]) {
        await real.run("kubectl", "delete", "job", await jobOf(id));
        await world.gone(id);
      }
    });

    it("a Job that is suspended while its flow executes ends CRASHED; one that is made suspended waits for its turn", async () => {
      await world.deploy("long", "held");
      await world.deploy(
        "hello",
        "held",
        [{ op: "add", path: "/spec/suspend", value: true }],
        "pod_watch_timeout_seconds=15",
      );
      const own = world.agentOf("held");
      const [stopped, held] = [await world.start("long/held"), await world.start("hello/held")];
      await world.logged(stopped.id, "long has begun");
      await own.until(new RegExp(`'${held.name}': its Job is suspended`));
      await real.run("kubectl", "patch", "job", await jobOf(stopped.id), "-p", '{"spec":{"suspend":true}}');
      expect((await world.ended(stopped.id)).state_type).toBe("CRASHED");
      await world.logged(stopped.id, "The pod of the flow run was ended because its Job was suspended.");
      await world.gone(stopped.id);
      const label = `prefect.io/flow-run-id=${held.id}`;
      const found = (await real.run("kubectl", "get", "job", "-l", label, "-o", "name")).trim();
      await real.run("kubectl", "patch", found, "-p", '{"spec":{"suspend":false}}');
      expect((await world.ended(held.id)).state_name).toBe("Completed");
      await own.stop();
    });

    /** A namespace of this name where a rule of the cluster refuses these resources, as a webhook or a quota would. */
    async function forbid(name: string, apiGroup: string, resource: string): Promise<void> {
      const what = { apiGroups: [apiGroup], apiVersions: ["v1"], operations: ["CREATE"], resources: [resource] };
      const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": name } };
      const items = [
        { apiVersion: "v1", kind: "Namespace", metadata: { name } },
        {
          ...{ apiVersion: RULES, kind: "ValidatingAdmissionPolicy", metadata: { name } },
          spec: {
            ...{ matchConstraints: { resourceRules: [what] } },
            validations: [{ expression: "false", message: "not at night" }],
          },
        },
        {
          ...{ apiVersion: RULES, kind: "ValidatingAdmissionPolicyBinding", metadata: { name } },
          spec: { policyName: name, validationActions: ["Deny"], matchResources: { namespaceSelector } },
        },
      ];
      const file = join(world.folder, "rule.json");
      writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
      await real.run("kubectl", "apply", "-f", file);
      const tried = resource === "jobs" ? "create job x --image=x" : "run x --image=x";
      await until("a rule that is in force", async () =>
        (await real.run("bash", "-c", `kubectl ${tried} -n ${name} --dry-run=server 2>&1; true`)).includes("at night"),
      );
    }

    it("a rule that a pod breaks is said while the Job waits, and is in the log of its run", async () => {
      await forbid("no-pods", "", "pods");
      await world.deploy("hello", "no-pods", [], "namespace=no-pods", "pod_watch_timeout_seconds=15");
      const own = world.agentOf("no-pods");
      const { id } = await world.start("hello/no-pods");
      await own.until(/its pod has not been made: .*not at night.* \(FailedCreate\)/);
      expect((await world.ended(id)).state_type).toBe("CRASHED");
      await world.logged(id, /did not start within 15 s .*, and was removed: .*not at night.* \(FailedCreate\)/);
      await world.gone(id);
      await own.stop();
    });

    it("a rule of the cluster that refuses Jobs, and a namespace that is not there, fail their runs with its words", async () => {
      await forbid("no-jobs", "batch", "jobs");
      await world.deploy("hello", "rule", [], "namespace=no-jobs");
      await world.deploy("hello", "nowhere", [], "namespace=no-such-namespace");
      const agents = ["rule", "nowhere"].map(world.agentOf);
      const CASES: [deployment: string, words: RegExp][] = [
        ["hello/rule", /^Submission failed\. The cluster refuses the job: .*not at night/],
        [
          "hello/nowhere",
          /^Submission failed\. The cluster refuses the job: namespaces "no-such-namespace" not found\.$/,
        ],
      ];
      for (const [name, words] of CASES) {
        const { state_type, state } = await world.ended((await world.start(name)).id);
        expect([state_type, state.message]).toEqual(["FAILED", expect.stringMatching(words)]);
      }
      await Promise.all(agents.map((one) => one.stop()));
    });

    it("blocks 22: a pod that makes room for another is CRASHED and says so; one whose image comes late runs", async () => {
      const cpu = { requests: { cpu: "1100m" } };
      await world.deploy("long", "low", [resources(cpu)]);
      await world.deploy("hello", "late", [], "image=localhost/late:1", "image_pull_policy=IfNotPresent");
      const agents = ["low", "late"].map(world.agentOf);
      const [low, late] = [await world.start("long/low"), await world.start("hello/late")];
      await agents[1]?.until(/its pod has not started: .*localhost\/late:1.*/);
      await real.importImage("localhost/late:1", (root) => addFlows(root, resolve("dist/orch"), { "flows.ts": FLOWS }));
      await world.logged(low.id, "long has begun");
      await real.run("kubectl", "create", "priorityclass", "high", "--value=1000");
      const other = {
        ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "urgent" } },
        spec: {
          ...{ priorityClassName: "high", hostNetwork: true, terminationGracePeriodSeconds: 1 },
          containers: [{ ...PROXY.value, resources: cpu }],
        },
      };
      const file = join(world.folder, "urgent.json");
      writeFileSync(file, JSON.stringify(other));
      await real.run("kubectl", "apply", "-f", file);
      expect((await world.ended(low.id)).state_type).toBe("CRASHED");
      await world.logged(
        low.id,
        /The pod of the flow run was ended by the cluster: .*preempting.*\(PreemptionByScheduler\)\./,
      );
      expect((await world.ended(late.id)).state_name).toBe("Completed");
      await real.run("kubectl", "delete", "pod", "urgent");
      await Promise.all(agents.map((one) => one.stop()));
    });

    it("a deployment whose name is in no letters of ASCII runs", async () => {
      await world.deploy("hello", "夜間");
      const own = world.agentOf("夜間");
      expect((await world.ended((await world.start("hello/夜間")).id)).state_name).toBe("Completed");
      await own.stop();
    });

    it("an agent that may not read logs of pods says so, and sees how its runs end", async () => {
      await world.deploy("hello", "mute");
      const kubectl = (...words: string[]) => real.run("kubectl", ...words);
      await kubectl("create", "serviceaccount", "mute");
      const verbs = "--verb=create,get,list,watch,delete";
      await kubectl("create", "role", "mute", verbs, "--resource=jobs.batch,pods");
      await kubectl("create", "rolebinding", "mute", "--role=mute", "--serviceaccount=default:mute");
      const token = (await kubectl("create", "token", "mute")).trim();
      const file = join(world.folder, "mute.conf");
      writeFileSync(file, JSON.stringify({ ...configOf(), users: [{ name: "u", user: { token } }] }));
      const own = world.sandbox.start(["agent", "start", "-q", "mute"], { ORCH_API_URL: world.url, KUBECONFIG: file });
      const { id, name } = await world.start("hello/mute");
      expect((await world.ended(id)).state_name).toBe("Completed");
      await own.until(/its output cannot be read: pods ".*" is forbidden/);
      await own.until(new RegExp(`'${name}' finished in state Completed`));
      await own.stop();
    });

    /** A kubeconfig of the cluster's administrator with everything in it. */
    function configOf(): JsonObject {
      const pem = (name: string) => Buffer.from(readFileSync(join(real.folder, "pki", name))).toString("base64");
      const user = { "client-certificate-data": pem("admin.crt"), "client-key-data": pem("admin.key") };
      return {
        ...{ "current-context": "x", contexts: [{ name: "x", context: { cluster: "c", user: "u" } }] },
        clusters: [
          { name: "c", cluster: { server: "https://127.0.0.1:16443", "certificate-authority-data": pem("ca.crt") } },
        ],
        users: [{ name: "u", user }],
      };
    }

    it("blocks 23, 25: runs in a cluster that only their block names are ended by agents that never started one there", async () => {
      const cluster_config = { config: configOf(), context_name: "x" };
      const data = { image: IMAGE, image_pull_policy: "Never", cluster_config, customizations: [HOST_NETWORK] };
      await world.saveBlock("kubernetes-job", "far", data);
      await world.deployment("build", "-n", "far", "-q", "far", "-ib", "kubernetes-job/far", "flows.ts:long");
      await world.deployment("apply", "long-deployment.yaml");
      const agentIn = (home: string) => {
        mkdirSync(join(world.folder, home), { recursive: true });
        const env = { ORCH_API_URL: world.url, ORCH_HOME: join(world.folder, home) };
        return world.sandbox.start(["agent", "start", "-q", "far"], env);
      };
      const first = agentIn("first");
      const [cancelled, deleted] = [await world.start("long/far"), await world.start("long/far")];
      for (const { id } of [cancelled, deleted]) await world.logged(id, "long has begun");
      await first.stop("SIGKILL");
      // Neither agent knows a cluster by itself: one has another home, the other follows the first in its home.
      const other = agentIn("other");
      await world.orch("flow-run", "cancel", cancelled.id);
      expect((await world.ended(cancelled.id)).state_name).toBe("Cancelled");
      await world.gone(cancelled.id);
      await world.orch("flow-run", "delete", deleted.id, "--yes");
      const next = agentIn("first");
      await world.gone(deleted.id);
      await Promise.all([other.stop(), next.stop()]);
    });
  });
}

const real = await clusterHere();
if (real) oddJobsOf(real);
