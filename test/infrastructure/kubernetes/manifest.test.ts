// From a job to the Job that a cluster is asked for: as Prefect 2.10.4 makes it, with what orch adds.
import { describe, expect, test } from "bun:test";
import { infrastructureDefaults } from "#domain/infrastructure-blocks.ts";
import type { Job } from "#infrastructure/infrastructure.ts";
import { jobManifest } from "#infrastructure/kubernetes/manifest.ts";
import { labelKey, labelValue, nameSlug } from "#infrastructure/kubernetes/slug.ts";
import { copyJson, type Json, type JsonObject } from "#lib/json.ts";

const RUN = "0191e5a0-0000-7000-8000-00000000000a";
const API = "https://orch.lan/api";

function job(block: JsonObject, entrypoint = "flows/a.ts:f", name = "calm-crow"): Job {
  const deployment = {
    id: RUN,
    name: "marvin",
    updated: "2026-11-28T00:00:00Z",
    entrypoint,
    flowName: async () => "say-hi",
  };
  return { run: { id: RUN, name }, deployment, type: "kubernetes-job", block, attempt: "t", output: () => {} };
}

const base = () => copyJson(infrastructureDefaults("kubernetes-job")["job"] as JsonObject); // it has one

interface Container {
  image: string;
  args: string[];
  env: { name: string; value: string }[];
}

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { labels: Record<string, string>; namespace: string };
  spec: {
    activeDeadlineSeconds?: number;
    backoffLimit?: number;
    template: { metadata: { labels: Record<string, string> }; spec: { containers: [Container] } };
  };
}

/** The fields that Prefect sets are compared with what it makes; labels of ours and variables of the run are looked at alone. */
async function made(block: JsonObject, settings: Record<string, string> = {}) {
  const { body, namespace, prefix } = await jobManifest(job(block), { ORCH_API_URL: API, ...settings });
  const { metadata, spec, ...head } = body as unknown as Manifest; // looked at by values below
  const { template, ...ofJob } = spec;
  const { containers, ...pod } = template.spec;
  const { env, ...container } = containers[0];
  const variables: Record<string, string> = {};
  for (const { name, value } of env) variables[name] = value;
  return { namespace, prefix, head, metadata, ofJob, template, pod, container, variables, env };
}

test("what a cluster would read as its own variables reaches the run as it is", async () => {
  const { variables, container } = await made({
    env: { KEY: "a$$b$(HOME)$", PLAIN: "a$b" },
    command: ["sh", "-c", "kill $$"],
  });
  expect([variables["KEY"], variables["PLAIN"]]).toEqual(["a$$$$b$$(HOME)$$", "a$b"]);
  expect(container.args).toEqual(["sh", "-c", "kill $$$$"]);
});

describe("blocks 24: every field of the block", () => {
  test("lands where Prefect puts it, and customizations have the last word", async () => {
    const { head, metadata, ofJob, pod, container, variables, namespace, prefix } = await made({
      ...{ command: ["python", "-m", "my.engine"], image: "img:1", namespace: "ns", service_account_name: "sa" },
      ...{ image_pull_policy: "Always", finished_job_ttl: 30, env: { X: "y", GONE: null } },
      labels: { "prefect.io/team name": "Größe 5!", plain: "-a_", "UPPER/Key.x_": "V w" },
      name: "Über cat's Run 1,000!".repeat(3),
      customizations: [
        { op: "add", path: "/spec/template/spec/tolerations", value: [{ key: "k" }] },
        { op: "replace", path: "/spec/template/spec/restartPolicy", value: "OnFailure" },
        { op: "remove", path: "/spec/ttlSecondsAfterFinished" },
      ],
    });
    expect(head).toEqual({ apiVersion: "batch/v1", kind: "Job" });
    expect([namespace, prefix]).toEqual(["ns", "uber-cat-s-run-1000-uber-cat-s-run-1000-uber"]);
    expect(metadata).toMatchObject({
      namespace: "ns",
      labels: { "prefect.io/team-name": "grosse-5", plain: "a", "upper/key.x": "v-w" },
    });
    expect(ofJob).toEqual({ backoffLimit: 0 });
    expect(pod).toEqual({
      ...{ parallelism: 1, completions: 1, restartPolicy: "OnFailure", serviceAccountName: "sa" },
      tolerations: [{ key: "k" }],
    });
    expect(container).toEqual({
      ...{ name: "prefect-job", image: "img:1", imagePullPolicy: "Always", args: ["python", "-m", "my.engine"] },
    });
    expect(variables).toMatchObject({ X: "y", PREFECT__FLOW_RUN_ID: RUN.replaceAll("-", ""), ORCH__ATTEMPT: "t" });
    expect(variables).toMatchObject({ PREFECT_API_URL: API, ORCH_API_URL: API });
    expect(Object.keys(variables)).not.toContain("GONE");
  });

  test("a base manifest of one's own keeps its namespace, image, variables and labels; patches may be text", async () => {
    const own = base() as unknown as Manifest; // what it is
    own.metadata.labels["team"] = "x";
    own.metadata.namespace = "flows";
    own.spec.template.spec.containers[0].image = "own:1";
    own.spec.template.spec.containers[0].env.push({ name: "B", value: "2" });
    const patch = '[{"op": "add", "path": "/spec/backoffLimit", "value": 2}]';
    const { metadata, ofJob, container, env } = await made({
      job: own as unknown as JsonObject,
      customizations: patch,
    });
    expect([metadata.namespace, metadata.labels["team"], container.image]).toEqual(["flows", "x", "own:1"]);
    expect(ofJob).toEqual({ backoffLimit: 2 });
    expect(env[0]).toEqual({ name: "B", value: "2" });
  });

  test("volumes, pull secrets and a deadline by patches", async () => {
    const { ofJob, pod, container } = await made({
      customizations: [
        { op: "add", path: "/spec/activeDeadlineSeconds", value: 60 },
        { op: "add", path: "/spec/template/spec/imagePullSecrets", value: [{ name: "key" }] },
        { op: "add", path: "/spec/template/spec/volumes", value: [{ name: "v", hostPath: { path: "/data" } }] },
        { op: "add", path: "/spec/template/spec/containers/0/volumeMounts", value: [{ name: "v", mountPath: "/d" }] },
        { op: "replace", path: "/spec/template/spec/containers/0/name", value: "flow" },
      ],
    });
    expect(ofJob.activeDeadlineSeconds).toBe(60);
    expect(pod).toMatchObject({ imagePullSecrets: [{ name: "key" }], volumes: [{ name: "v" }] });
    expect(container).toMatchObject({ name: "flow", volumeMounts: [{ mountPath: "/d" }] }); // 11087
  });

  test("what is not said: the engine of the flow's language, the default namespace, the setting's image", async () => {
    const plain = await made({});
    expect([plain.namespace, plain.container.args]).toEqual(["default", ["orch", "engine"]]);
    expect(plain.container.image).toBe("prefecthq/prefect:2.10.4-python3.11");
    expect((await made({}, { ORCH_DEFAULT_IMAGE: "team/orch:1" })).container.image).toBe("team/orch:1");
    expect((await made({ image: "own:1" }, { ORCH_DEFAULT_IMAGE: "team/orch:1" })).container.image).toBe("own:1");
    const { body } = await jobManifest(job({}, "flows/a.py:f"), { ORCH_API_URL: API });
    expect(JSON.stringify(body)).toContain('"args":["python","-m","prefect.engine"]');
  });

  test("a manifest of a work pool's template", async () => {
    const manifest = {
      ...{ apiVersion: "batch/v1", kind: "Job" },
      metadata: { labels: { "team name": "x y" }, namespace: "flows", generateName: "-" },
      spec: {
        backoffLimit: 0,
        template: { spec: { restartPolicy: "Never", containers: [{ name: "c", env: { A: "1" }, image: "pool:1" }] } },
      },
    };
    const { namespace, prefix, container, variables, metadata } = await made({
      ...{ job_manifest: manifest, env: { A: "1" }, labels: { "team name": "x y" } },
    });
    expect(Object.keys(metadata.labels).filter((key) => key.startsWith("team"))).toEqual(["team-name"]);
    expect([namespace, prefix, container.image, variables["A"]]).toEqual(["flows", "calm-crow", "pool:1", "1"]);
  });

  test("what a work pool's template says by itself stays: the name of its Jobs, and what its container executes", async () => {
    const manifestWith = (generateName: string, more: JsonObject) => ({
      ...{ apiVersion: "batch/v1", kind: "Job", metadata: { labels: {}, generateName } },
      spec: { template: { spec: { containers: [{ name: "c", ...more }] } } },
    });
    const own = ["nice", "orch", "engine"];
    const CASES: [generateName: string, more: JsonObject, block: JsonObject, prefix: string, args: string[]][] = [
      ["team-a-", { args: own }, {}, "team-a", own],
      ["{{ name }}-", {}, {}, "calm-crow", ["orch", "engine"]],
      ["-", { args: "run it" }, { command: ["run", "it"] }, "calm-crow", ["run", "it"]],
      ["my run-", { args: own }, { name: "my run", command: ["run", "it"] }, "my-run", ["run", "it"]],
    ];
    for (const [generateName, more, block, prefix, args] of CASES) {
      const { container, ...rest } = await made({ job_manifest: manifestWith(generateName, more), ...block });
      expect([rest.prefix, container.args]).toEqual([prefix, args]);
    }
  });
});

test("blocks 19: the labels of the run and the usual ones are on the Job and on its pods; names fit in 63 characters", async () => {
  const { metadata, template, prefix } = await made({ name: "x".repeat(200) });
  for (const { labels } of [metadata, template.metadata]) {
    expect(labels).toMatchObject({
      ...{ "prefect.io/flow-run-id": RUN, "prefect.io/flow-run-name": "calm-crow", "prefect.io/flow-name": "say-hi" },
      ...{ "prefect.io/deployment-name": "marvin", "prefect.io/deployment-updated": "2026-11-28t00-00-00z" },
      ...{ "app.kubernetes.io/name": "orch-flow-run", "app.kubernetes.io/instance": "calm-crow" },
      ...{ "app.kubernetes.io/managed-by": "orch", "app.kubernetes.io/component": "flow-run" },
    });
    for (const value of Object.values(labels)) expect(value).toMatch(/^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/);
  }
  expect(prefix).toBe("x".repeat(45)); // and six that make it unique
});

test("blocks 19: labels of one's own win over the usual ones; what the run is known by stays", async () => {
  const { metadata } = await made({
    labels: { "app.kubernetes.io/part-of": "shop" },
    customizations: [{ op: "replace", path: "/metadata/labels", value: { a: "b" } }],
  });
  expect(metadata.labels).toEqual({ a: "b", "prefect.io/flow-run-id": RUN });
  const kept = await made({ labels: { "app.kubernetes.io/part-of": "shop" } });
  expect(kept.metadata.labels["app.kubernetes.io/part-of"]).toBe("shop");
});

test("blocks 19: a run starts whatever its names are written in; what no label can hold is left out", async () => {
  const flowName = async () => "日次";
  const deployment = { id: RUN, name: "夜間", updated: "2026-11-28T00:00:00Z", entrypoint: "a.ts:f", flowName };
  const { body, prefix } = await jobManifest(
    { ...job({ labels: { team: "Größe" } }, "a.ts:f", "夜間バッチ"), deployment },
    { ORCH_API_URL: API },
  );
  const { labels } = (body as unknown as Manifest).metadata; // as above
  expect(prefix).toBe("prefect-job");
  expect(Object.keys(labels).filter((key) => /name|instance/.test(key))).toEqual(["app.kubernetes.io/name"]);
  expect(labels).toMatchObject({ "prefect.io/flow-run-id": RUN, team: "grosse" });
});

const SLUGS: [text: string, name: string, value: string][] = [
  ["calm-crow", "calm-crow", "calm-crow"],
  ["  Größe & Æther ", "grosse-aether", "grosse-aether"],
  ["日本", "", "日本"], // the cluster says what is wrong with it
  ["_a.b_", "a-b", "a.b"],
  ["a".repeat(80), "a".repeat(45), "a".repeat(63)],
  [`${"a".repeat(44)}--b`, "a".repeat(44), `${"a".repeat(44)}-b`],
];
for (const [text, name, value] of SLUGS) {
  test(`blocks 19: '${text.slice(0, 20)}' as a name and as a label`, () => {
    expect([nameSlug(text), labelValue(text)]).toEqual([name, value]);
  });
}

test("blocks 19: keys of labels keep their prefix", () => {
  expect(["a b/c d", "/x", "a/b/c", "Plain Key"].map(labelKey)).toEqual(["a-b/c-d", "x", "a/b-c", "plain-key"]);
});

const REFUSED: [what: string, block: JsonObject, sentence: string][] = [
  [
    "lacks parts",
    { job: { apiVersion: "batch/v1" } },
    "The base manifest of the kubernetes-job ('job') lacks /kind, /metadata, /spec.",
  ],
  [
    "is of another kind",
    { job: { ...base(), kind: "Pod" } },
    `The base manifest of the kubernetes-job ('job') has other values than it may have: /kind must be "Job".`,
  ],
  [
    "has patches that are no list",
    { customizations: "{}" },
    "'customizations' of the kubernetes-job must be a list of JSON patch operations.",
  ],
  [
    "has a patch that leads nowhere",
    { customizations: [{ op: "add", path: "/x/y", value: 1 }] as Json[] },
    "'customizations' cannot be applied: operation 1 leads to '/x/y', and there is no such place.",
  ],
];
for (const [what, block, sentence] of REFUSED) {
  test(`blocks 24: a manifest that ${what} is refused`, async () => {
    expect(jobManifest(job(block), { ORCH_API_URL: API })).rejects.toThrow(sentence);
  });
}
