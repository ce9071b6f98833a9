// templates/kubernetes: what each manifest promises, and that all of them fit together.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { parse } from "yaml";
import { SETTING_NAMES } from "#settings/table.ts";
import { built, type Container, filesOf, type Manifest, manifestsIn, type PodSpec } from "./kubernetes.ts";

const files = filesOf();
const kubectl = Bun.which("kubectl");
const HOME = "/home/nonroot/.orch";

const base: Manifest[] = ["server", "agent", "rights", "network"].flatMap((name) =>
  manifestsIn(files.get(`base/${name}.yaml`) ?? ""),
);
const podOf = (name: string): PodSpec => {
  const found = base.find(({ kind, metadata }) => /Set$|^Deployment$/.test(kind) && metadata.name === name);
  if (!found?.spec?.template) throw new Error(`there is no pod of ${name}`);
  return found.spec.template.spec;
};
const containersOf = ({ initContainers = [], containers }: PodSpec): Container[] => [...initContainers, ...containers];
const container = (pod: PodSpec, name: string): Container => {
  const found = containersOf(pod).find((each) => each.name === name);
  if (!found) throw new Error(`there is no container ${name}`);
  return found;
};
const PODS = ["orch-server", "orch-agent"] as const;

test("every file is YAML, and every object has its kind and name", () => {
  expect(base.length).toBeGreaterThan(8);
  for (const text of files.values()) for (const each of manifestsIn(text)) expect(each).toBeObject();
  for (const { apiVersion, kind, metadata } of base) {
    expect([apiVersion, kind, metadata.name].every((text) => typeof text === "string" && text !== "")).toBe(true);
  }
});

describe("pod security", () => {
  for (const name of PODS) {
    const pod = podOf(name);
    test(`${name}: no root`, () => {
      expect(pod.securityContext).toMatchObject({
        ...{ runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
      });
    });
    for (const { name: part, securityContext, image } of containersOf(pod)) {
      test(`${name}: ${part} has no privilege and cannot write to its image`, () => {
        expect(securityContext).toEqual({
          ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
        });
        expect(["orch", "litestream/litestream"]).toContain(image); // the names that the example gives its own for
      });
    }
  }

  test("the server gets no token of the cluster", () => {
    expect(podOf("orch-server").automountServiceAccountToken).toBe(false);
  });

  test("no secret is written into a manifest", () => {
    for (const name of PODS) {
      for (const { env = [] } of containersOf(podOf(name))) {
        const secrets = env.filter((each) => /KEY|SECRET|TOKEN/.test(each.name));
        expect(secrets.filter(({ valueFrom }) => valueFrom === undefined)).toEqual([]);
      }
    }
    expect(base.filter(({ kind }) => kind === "Secret")).toEqual([]);
  });
});

test("an agent's rights are those that it needs, and no more", () => {
  const of = (kind: string) => base.filter((each) => each.kind === kind).flatMap(({ rules = [] }) => rules);
  const rights = Object.fromEntries(of("Role").map(({ resources, verbs }) => [resources.join(), verbs.toSorted()]));
  expect(rights).toEqual({
    jobs: ["create", "delete", "get", "list", "watch"],
    pods: ["delete", "get", "list", "watch"],
    "pods/log": ["get"],
    events: ["list"],
  });
  expect(of("ClusterRole")).toEqual([
    { apiGroups: [""], resources: ["namespaces"], resourceNames: ["kube-system"], verbs: ["get"] },
  ]);
  expect(podOf("orch-agent").serviceAccountName).toBe("orch-agent");
});

test("Litestream copies and restores the database that the server opens", () => {
  const pod = podOf("orch-server");
  const [settings] = manifestsIn(files.get("base/litestream.yml") ?? "") as unknown as { dbs: { path: string }[] }[];
  const database = `${HOME}/orch.db`;
  expect(settings?.dbs.map(({ path }) => path)).toEqual([database]);
  expect(container(pod, "restore").args.at(-1)).toBe(database);
  expect(container(pod, "server").env).toContainEqual({ name: "ORCH_HOME", value: HOME });
  for (const name of ["restore", "litestream", "server"]) {
    expect(container(pod, name).volumeMounts).toContainEqual({ name: "home", mountPath: HOME });
  }
  // First what is restored, then what copies, then what writes.
  expect(containersOf(pod).map(({ name }) => name)).toEqual(["restore", "litestream", "server"]);
});

test("every value of the example that is a setting exists", () => {
  const { configMapGenerator } = parse(files.get("example/kustomization.yaml") ?? "") as {
    configMapGenerator: { literals: string[] }[];
  };
  const names = configMapGenerator.flatMap(({ literals }) => literals.map((line) => line.slice(0, line.indexOf("="))));
  expect(names.filter((name) => name.startsWith("ORCH_") && !SETTING_NAMES.some((known) => known === name))).toEqual(
    [],
  );
  const wanted = files.get("base/litestream.yml")?.match(/(?<=\$\{)\w+/g) ?? [];
  expect(wanted.filter((name) => !names.includes(name))).toEqual([]);
});

test("the settings that are set in pods exist", () => {
  const names = PODS.flatMap((name) =>
    containersOf(podOf(name)).flatMap(({ env = [] }) => env.map((each) => each.name)),
  );
  expect(names.filter((name) => !SETTING_NAMES.some((known) => known === name))).toEqual([]);
});

if (!kubectl) console.log("Skipped: there is no kubectl to put the manifests together.");
describe.skipIf(!kubectl)("put together by kubectl", () => {
  const all = kubectl ? manifestsIn(built(kubectl)) : [];
  const named = (kind: string) => all.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name);

  test("everything is in the namespace of the example", () => {
    const outside = all.filter(
      ({ kind, metadata }) => metadata.namespace !== "orch" && !/^(?:Namespace|Cluster)/.test(kind),
    );
    expect(outside).toEqual([]);
    expect(JSON.stringify(all.filter(({ kind }) => kind.endsWith("Binding")))).toContain('"namespace":"orch"');
  });

  test("every settings map, secret and key that a pod names is there", () => {
    const pods = all.flatMap(({ spec }) => (spec?.template ? [spec.template.spec] : []));
    const volumes = pods.flatMap((pod) => pod.volumes);
    const parts = pods.flatMap(containersOf);
    const sources = parts.flatMap(({ envFrom = [] }) => envFrom);
    const keys = parts.flatMap(({ env = [] }) => env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []));
    const known = (names: (string | undefined)[]) =>
      [...new Set(names.filter((name) => name !== undefined))].toSorted();
    expect(
      known([...volumes.map(({ configMap }) => configMap?.name), ...sources.map((one) => one.configMapRef?.name)]),
    ).toEqual(named("ConfigMap").toSorted());
    const secrets = [
      volumes.map(({ secret }) => secret?.secretName),
      sources.map((one) => one.secretRef?.name),
      keys.map(({ name }) => name),
    ];
    expect(known(secrets.flat())).toEqual(named("Secret").toSorted());
    for (const { name, key } of keys)
      expect(all.find(({ metadata }) => metadata.name === name)?.data).toHaveProperty([key]);
  });

  test("the images are those of the example", () => {
    const images = all.flatMap(({ spec }) =>
      (spec?.template ? containersOf(spec.template.spec) : []).map(({ image }) => image),
    );
    expect([...new Set(images)].toSorted()).toEqual(["litestream/litestream:0.5.18", "registry.example.com/orch:1"]);
  });
});

test("the example keeps its secrets out of a repository", async () => {
  expect(await Bun.file(join("templates/kubernetes/example/.gitignore")).text()).toBe("secrets/\n");
});
