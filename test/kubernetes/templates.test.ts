// templates/kubernetes at a real API server: it takes every object, gives agents the rights that they need and no others, and an
// agent with these runs flows.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fieldIn, textIn } from "#infrastructure/kubernetes/pods.ts";
import { freePort } from "../stores/free-port.ts";
import { built, type Manifest, manifestsIn, type PodSpec } from "../templates/kubernetes.ts";
import { clusterHere, type RealCluster } from "./cluster.ts";
import { type ClusterWorld, createClusterWorld, IMAGE, SECONDS, until } from "./cluster-world.ts";

const AGENT = "system:serviceaccount:orch:orch-agent";
const SERVER = "system:serviceaccount:orch:default";

/** `VERB RESOURCE`, in the namespace `orch` where no other is named. */
const NEEDED = [
  ...["create jobs", "get jobs", "list jobs", "watch jobs", "delete jobs"],
  ...["get pods", "list pods", "watch pods", "delete pods", "get pods/log", "list events"],
  "get namespaces/kube-system",
];
const REFUSED = [
  ...["get secrets", "list secrets", "get configmaps", "create pods", "create pods/exec", "create pods/attach"],
  ...["patch jobs", "update jobs", "deletecollection jobs", "patch pods", "create serviceaccounts/token"],
  ...["create rolebindings", "create deployments", "list namespaces", "get namespaces/default", "list nodes"],
  ...["create jobs default", "list jobs default", "get pods default", "get pods/log default", "get secrets default"],
];

function templatesAt(real: RealCluster): void {
  describe("templates/kubernetes", () => {
    const folder = mkdtempSync(join(tmpdir(), "orch-templates-"));
    const file = join(folder, "all.yaml");
    let world: ClusterWorld;
    let all: Manifest[];
    beforeAll(async () => {
      const text = built(join(real.folder, "bin/kubectl"));
      writeFileSync(file, text);
      all = manifestsIn(text);
      world = await createClusterWorld(real);
    }, 300_000);
    afterAll(async () => {
      await world?.close();
      rmSync(folder, { recursive: true });
      await real.close();
    }, 60_000);
    const it = (what: string, check: () => Promise<void>) => test(what, check, 2 * SECONDS * 1000);

    it("the API server takes every object as it is, without a warning", async () => {
      // What is only tried makes no namespace for the rest.
      const [namespace] = all.filter(({ kind }) => kind === "Namespace");
      writeFileSync(join(folder, "namespace.yaml"), JSON.stringify(namespace));
      await real.run("kubectl", "apply", "-f", join(folder, "namespace.yaml"));
      const tried = await real.run("kubectl", "apply", "--dry-run=server", "--validate=strict", "-f", file);
      const lines = tried.trim().split("\n");
      expect(lines.filter((line) => !/(?:created|unchanged|configured) \(server dry run\)$/.test(line))).toEqual([]);
      expect(lines).toHaveLength(all.length);
      await real.run("kubectl", "apply", "-f", file);
    });

    /** What `kubectl auth can-i` answers to each. */
    async function answers(account: string, questions: readonly string[]): Promise<Record<string, string>> {
      const asked = questions.map((question) => {
        const [verb, resource, namespace = "orch"] = question.split(" ");
        return `kubectl auth can-i ${verb} ${resource} --as=${account} -n ${namespace} 2>/dev/null`;
      });
      const lines = (await real.run("bash", "-c", `${asked.join("; ")}; true`)).trim().split("\n");
      return Object.fromEntries(questions.map((question, index) => [question, lines[index] ?? ""]));
    }
    const each = (questions: readonly string[], answer: string) =>
      Object.fromEntries(questions.map((question) => [question, answer]));

    it("an agent may do what it needs and nothing else, the server nothing at all", async () => {
      expect(await answers(AGENT, NEEDED)).toEqual(each(NEEDED, "yes"));
      expect(await answers(AGENT, REFUSED)).toEqual(each(REFUSED, "no"));
      expect(await answers(SERVER, NEEDED)).toEqual(each(NEEDED, "no"));
    });

    it("the server's pod is ready by its own probes, with an empty volume, as a user without rights, and asks for the key", async () => {
      const port = await freePort();
      const found = all.find(({ kind, metadata }) => kind === "StatefulSet" && metadata.name === "orch-server");
      const spec = JSON.parse(JSON.stringify(found?.spec?.template?.spec).replaceAll("4200", String(port))) as PodSpec; // as above
      const [container] = spec.containers;
      await apply("server", {
        ...spec,
        ...{ hostNetwork: true, terminationGracePeriodSeconds: 5 },
        initContainers: [], // Litestream has no image and no bucket here
        containers: [{ ...container, image: IMAGE, imagePullPolicy: "Never" }],
        volumes: [...spec.volumes, { name: "home", emptyDir: {} }],
      });
      const isReady = [
        "get",
        "pod",
        "server",
        "-n",
        "orch",
        "-o",
        "jsonpath={.status.conditions[?(@.type=='Ready')].status}",
      ];
      await until("a server that is ready", async () => (await real.run("kubectl", ...isReady)) === "True");
      const ask = async (headers: Record<string, string>) =>
        (await fetch(`http://127.0.0.1:${port}/api/deployments/count`, { method: "POST", headers })).status;
      expect([await ask({}), await ask({ authorization: "Bearer a-key-of-a-test" })]).toEqual([401, 200]);
      await real.run("kubectl", "delete", "pod", "server", "-n", "orch");
    });

    it("blocks 25: an agent in a pod, with these rights, runs a flow and ends one", async () => {
      await world.deploy("hello", "default", [], "namespace=orch");
      await world.deploy("long", "default", [], "namespace=orch");
      await startAgent();
      const { id, state_name, infrastructure_pid: pid } = await world.ended((await world.start("hello/default")).id);
      expect([state_name, await world.logs(id)]).toEqual(["Completed", expect.stringContaining("hello Ada")]);
      const uid = textIn(
        fieldIn((await real.api.ask("GET", "/api/v1/namespaces/kube-system")).body, "metadata"),
        "uid",
      );
      expect(pid).toStartWith(`${uid}:orch:`);
      const cancelled = await world.start("long/default");
      await world.logged(cancelled.id, "long has begun");
      await world.orch("flow-run", "cancel", cancelled.id);
      expect((await world.ended(cancelled.id)).state_name).toBe("Cancelled");
      await world.gone(cancelled.id);
    });

    /** A pod in the namespace, which has the machine's network. */
    async function apply(name: string, spec: object): Promise<void> {
      const label = "pod-security.kubernetes.io/enforce=privileged"; // for the network
      await real.run("kubectl", "label", "--overwrite", "namespace", "orch", label);
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "orch" }, spec };
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(pod));
      await real.run("kubectl", "apply", "-f", join(folder, `${name}.json`));
    }

    /** The pod of the agents' Deployment: here is no controller that makes it. */
    async function startAgent(): Promise<void> {
      const found = all.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "orch-agent");
      const spec = found?.spec?.template?.spec as PodSpec; // the template has it, as other tests look at
      const [container] = spec.containers;
      // Pods have no network of their own here, and the cluster no address for its API.
      const env = { ORCH_API_URL: world.url, KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: "16443" };
      await apply("agent", {
        ...spec,
        ...{ hostNetwork: true, terminationGracePeriodSeconds: 5 },
        containers: [
          {
            ...container,
            ...{ image: IMAGE, imagePullPolicy: "Never" },
            env: [...(container?.env ?? []), ...Object.entries(env).map(([name, value]) => ({ name, value }))],
          },
        ],
      });
      await until("an agent in a pod", async () =>
        (await real.run("bash", "-c", "kubectl logs -n orch agent 2>&1; true")).includes("Agent started"),
      );
    }
  });
}

const real = await clusterHere();
if (real) templatesAt(real);
