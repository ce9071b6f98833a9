// A Job from its beginning to its end against a played API server: what a real one does rarely, or after hours.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Infrastructure } from "#infrastructure/infrastructure.ts";
import { createKubernetesInfrastructure } from "#infrastructure/kubernetes/kubernetes.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import type { JsonObject } from "#lib/json.ts";
import { never, shellJob } from "../contract.ts";
import { configOf, type PlayedCluster, playCluster, podOf, show as shown, WATCHES } from "./played-cluster.ts";

let played: PlayedCluster;
let folder: string;
let infrastructure: Infrastructure;
beforeEach(() => {
  played = playCluster();
  folder = mkdtempSync(join(tmpdir(), "orch-kubernetes-"));
  infrastructure = createKubernetesInfrastructure({
    ...{ engineCommand: [], machine: { PATH: process.env["PATH"], HOME: folder }, logHome: null, clock: systemClock },
    settings: { ORCH_API_URL: "https://orch.lan/api" },
  });
});
afterEach(async () => {
  await played.close();
  rmSync(folder, { recursive: true });
});

const clusterConfig = (user: JsonObject = {}) => configOf(played, user);

function start(block: JsonObject = {}, user: JsonObject = {}) {
  const subject = { type: "kubernetes-job", block: { image: "i:1", cluster_config: clusterConfig(user) } };
  const { job, lines } = shellJob(subject, "true", block);
  return { job, lines, starting: infrastructure.start(job, never()) };
}

const podIn = (phase: string, state: JsonObject) => podOf(played, phase, state);
const show = (pod: JsonObject) => shown(played, "pod", pod);

function finish(code = 0): void {
  show(
    podIn(code === 0 ? "Succeeded" : "Failed", {
      terminated: { exitCode: code, reason: code === 0 ? "Completed" : "Error" },
    }),
  );
  shown(played, "job", {
    ...played.job,
    status: { conditions: [{ type: code === 0 ? "Complete" : "Failed", status: "True" }] },
  });
}

test("blocks 20: a watch that is cut, and one whose version is forgotten, are begun again; no line is lost or doubled", async () => {
  const { starting, lines } = start();
  const { exited } = await starting;
  await played.asked(WATCHES, 2);
  played.log = ["2026-11-28T06:00:00.1Z one", "2026-11-28T06:00:00.2Z two"];
  show(podIn("Running", { running: {} }));
  await lines.until(/two/);
  played.cut();
  await played.asked(WATCHES, 4);
  await played.asked(/\/log.*sinceTime=2026-11-28T06%3A00%3A00.2Z/);
  played.change("pods", "ERROR", { code: 410, reason: "Expired", message: "too old resource version" });
  await played.asked(/pods\?.*watch=1/, 3);
  played.instead.push({ match: WATCHES, answer: () => Response.json({ message: "Gone" }, { status: 410 }) });
  played.cut();
  played.log.push("2026-11-28T06:00:00.2Z also two", "2026-11-28T06:00:00.30Z three");
  finish(3);
  played.cut();
  expect(await exited).toMatchObject({ code: 3 });
  expect(lines.all).toEqual(["one", "two", "also two", "three"]);
});

test("a server that goes away while it makes a Job is asked again, and the Job is made once", async () => {
  const away = () => new Response("the server is going away", { status: 503 });
  played.instead.push({
    match: /^POST/,
    answer(body) {
      played.job = { ...body, status: {} };
      return away();
    },
  });
  const made = /^POST/;
  played.instead.push({ match: made, answer: away });
  played.instead.push({ match: made, answer: () => Response.json({ message: "already exists" }, { status: 409 }) });
  const { pid } = await start().starting;
  expect(pid).toBe(`cluster-1:default:${(played.job as unknown as { metadata: { name: string } }).metadata.name}`);
  expect(played.requests.filter((line) => made.test(line))).toHaveLength(3);
});

test("blocks 22: a pod that does not start in time is removed before its run is CRASHED, with the cluster's words", async () => {
  const { starting, lines } = start({ pod_watch_timeout_seconds: 1 });
  const { exited } = await starting;
  await played.asked(WATCHES, 2);
  show(podIn("Pending", { waiting: { reason: "ErrImagePull", message: "no such image" } }));
  show(podIn("Pending", { waiting: { reason: "ImagePullBackOff", message: "Back-off pulling image" } }));
  await lines.until(/its pod has not started: no such image \(ErrImagePull\)/);
  const { code, reason } = await exited;
  expect([code, reason]).toEqual([
    -1,
    "Crash detected! The pod of the flow run did not start within 1 s (pod_watch_timeout_seconds), and was removed: no such image (ErrImagePull).",
  ]);
  expect(played.requests.some((line) => /^DELETE .*\/jobs\/.*propagationPolicy=Foreground/.test(line))).toBe(true);
  expect([played.job, played.pod]).toEqual([null, null]);
});

test("blocks 20: the limit of the job is no limit of the watch: the job is ended, not left", async () => {
  const { starting } = start({ job_watch_timeout_seconds: 1 });
  const { exited } = await starting;
  await played.asked(WATCHES, 2);
  show(podIn("Running", { running: {} }));
  expect((await exited).reason).toMatch(/did not end within 1 s \(job_watch_timeout_seconds\), and was ended\.$/);
  expect([played.job, played.pod]).toEqual([null, null]);
});

test("blocks 23: a pod whose Job was removed without it is ended too", async () => {
  const { starting, job } = start();
  const { pid, exited } = await starting;
  await played.asked(WATCHES, 2);
  show(podIn("Running", { running: {} }));
  played.job = null;
  played.change("jobs", "DELETED", {});
  expect(await infrastructure.kill({ pid, flowRunId: job.run.id }, 5)).toBe("killed");
  expect(played.requests.find((line) => line.startsWith("DELETE"))).toMatch(/\/pods\/p\?gracePeriodSeconds=5$/);
  expect((await exited).cancelReason).toMatch(/^The flow run was cancelled/);
});

test("blocks 21, 22: a pod that its node does not end is given up a minute after its grace, and its Job ends", async () => {
  const LOST_MS = 62_000;
  const sleep: Clock["sleep"] = (ms, signal) => systemClock.sleep(ms === LOST_MS ? 1 : ms, signal);
  infrastructure = createKubernetesInfrastructure({
    ...{ engineCommand: [], machine: { PATH: process.env["PATH"], HOME: folder }, logHome: null },
    ...{ clock: { ...systemClock, sleep }, settings: { ORCH_API_URL: "https://orch.lan/api" } },
  });
  const { exited } = await start().starting;
  await played.asked(WATCHES, 2);
  const running = podIn("Running", { running: {} });
  show(running);
  const metadata = { deletionTimestamp: "2026-11-28T06:00:02Z", deletionGracePeriodSeconds: 2 };
  show({ ...running, metadata: { ...(running["metadata"] as JsonObject), ...metadata } }); // it has some
  expect((await exited).reason).toEndWith("before its end was seen, and its node has not answered since.");
  expect(played.requests.some((line) => /^DELETE .*\/jobs\/.*propagationPolicy=Foreground/.test(line))).toBe(true);
});

/** The cluster marks the pods of a node that does not answer, and says no more about them. */
function silentPod(tolerationSeconds: number | undefined): JsonObject {
  const running = podIn("Running", { running: {} });
  const [key, operator] = ["node.kubernetes.io/unreachable", "Exists"];
  const toleration = {
    key,
    operator,
    effect: "NoExecute",
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  };
  const ready = (type: string, status: string) => ({ type, status });
  return {
    ...running,
    spec: { ...(running["spec"] as JsonObject), nodeName: "n-1", tolerations: [toleration] }, // it has one
    status: {
      ...(running["status"] as JsonObject), // as above
      conditions: [ready("Ready", "False"), ready("ContainersReady", "True")],
    },
  };
}

const ASKED_AGAIN_MS = 5_000;

/** `slept`: each wait of this length, in milliseconds, and how to end it. */
function withHeldSleeps(millis: number) {
  const slept: (() => void)[] = [];
  const begun = Promise.withResolvers<void>();
  const sleep: Clock["sleep"] = (ms, signal) => {
    if (ms !== millis) return systemClock.sleep(ms === ASKED_AGAIN_MS ? 1 : ms, signal);
    const { promise, resolve } = Promise.withResolvers<void>();
    slept.push(resolve);
    signal?.addEventListener("abort", () => resolve());
    begun.resolve();
    return promise;
  };
  infrastructure = createKubernetesInfrastructure({
    ...{ engineCommand: [], machine: { PATH: process.env["PATH"], HOME: folder }, logHome: null },
    ...{ clock: { ...systemClock, sleep }, settings: { ORCH_API_URL: "https://orch.lan/api" } },
  });
  return { slept, begun: begun.promise };
}

const LEFT_NODE = { status: { conditions: [{ type: "Ready", status: "Unknown", reason: "NodeStatusUnknown" }] } };

test("blocks 21, 22: a pod that its cluster leaves at a node that does not answer is given up after its toleration and a minute", async () => {
  const { slept, begun } = withHeldSleeps(360_000);
  const { starting, lines } = start();
  const { exited } = await starting;
  await played.asked(WATCHES, 2);
  show(silentPod(300));
  await begun;
  expect(lines.all.at(-1)).toBe(
    "Flow run 'calm-crow': its node 'n-1' does not answer. The run goes on when it does; after 360 s it is given up.",
  );
  // An API server that is away knows nothing: it is asked again.
  played.instead.push({ match: /GET .*\/pods\/p$/, answer: () => Response.json({ message: "away" }, { status: 503 }) });
  played.instead.push({ match: /GET .*\/nodes\/n-1$/, answer: () => Response.json(LEFT_NODE) });
  slept[0]?.();
  const { code, reason } = await exited;
  expect([code, reason]).toEqual([
    -1,
    "Crash detected! The pod of the flow run was given up: its node 'n-1' has not answered for 360 s: NodeStatusUnknown.",
  ]);
  // Nothing of it starts when the node is back.
  expect([played.job, played.pod]).toEqual([null, null]);
});

test("blocks 22: a node that answers again, and one that a pod tolerates forever, end nothing", async () => {
  const { slept, begun } = withHeldSleeps(61_000);
  const { starting, lines } = start();
  const { exited } = await starting;
  await played.asked(WATCHES, 2);
  show(silentPod(undefined));
  await lines.until(/does not answer\. The run goes on when it does\.$/);
  show(podIn("Running", { running: {} }));
  show(silentPod(1));
  await begun;
  // The news of its return was lost: what the API says at the end of the time counts.
  played.pod = podIn("Running", { running: {} });
  const asked = played.asked(/GET .*\/pods\/p$/);
  slept[0]?.();
  await asked;
  finish(3);
  expect((await exited).code).toBe(3);
  expect(slept).toHaveLength(1);
});

test("a line of megabytes is whole, and so is what comes after it", async () => {
  const { starting, lines } = start();
  const { exited } = await starting;
  await played.asked(WATCHES, 2);
  const long = "word ".repeat(600_000);
  played.log = [`2026-11-28T06:00:00.1Z ${long}`, "2026-11-28T06:00:00.2Z two"];
  show(podIn("Running", { running: {} }));
  await lines.until(/^two$/);
  finish();
  await exited;
  expect(lines.all.slice(0, -1).join("")).toBe(long);
});

test("a pod that is told an address of this machine's own is noted, unless it has the machine's network", async () => {
  const noteOf = async (url: string, customizations: JsonObject[] = []) => {
    const { job, lines } = shellJob(
      { type: "kubernetes-job", block: { image: "i:1", cluster_config: clusterConfig() } },
      "true",
      { env: { ORCH_API_URL: url }, customizations },
    );
    await infrastructure.start(job, never());
    return lines.all.join();
  };
  const note =
    "Flow run 'calm-crow': its pod looks for the server at http://127.0.0.1:4200/api, where only this machine finds it. Give the agent an ORCH_API_URL that pods reach, or the deployment --override env.ORCH_API_URL=ADDRESS.";
  expect(await noteOf("http://127.0.0.1:4200/api")).toBe(note);
  expect(await noteOf("http://orch.lan:4200/api")).toBe("");
  const network = { op: "add", path: "/spec/template/spec/hostNetwork", value: true };
  expect(await noteOf("http://127.0.0.1:4200/api", [network])).toBe("");
});

test("a Job has a name before the cluster has it, and is unseen while no cluster answers", async () => {
  const named: string[] = [];
  const { job } = shellJob(
    { type: "kubernetes-job", block: { image: "i:1", cluster_config: clusterConfig() } },
    "true",
  );
  played.instead.push({
    match: /^POST/,
    answer(body) {
      played.job = { ...body, status: {} };
      expect(named).toEqual([`cluster-1:default:${(played.job as unknown as Named).metadata.name}`]); // as it was sent
      return Response.json(played.job, { status: 201 });
    },
  });
  const { pid, unseen } = await infrastructure.start({ ...job, named: (name) => named.push(name) }, never());
  expect(named).toEqual([pid]);
  await played.asked(WATCHES, 2);
  expect(unseen?.()).toBeUndefined();
  const refused = () => Response.json({ message: "etcd is away" }, { status: 500 });
  for (let times = 0; times < 2; times += 1)
    played.instead.push({ match: /GET .*\/pods\?(?!.*watch)/, answer: refused });
  played.cut();
  await played.asked(/GET .*\/pods\?(?!.*watch)/, 3);
  expect(unseen?.()).toEqual({ since: expect.any(Number), reason: "etcd is away" });
  await played.asked(/GET .*\/pods\?.*watch/, 2);
  expect(unseen?.()).toBeUndefined();
  await infrastructure.kill({ pid, flowRunId: job.run.id }, 0);
});

interface Named {
  metadata: { name: string };
}

test("an agent that may not read the namespaces of a cluster names it by another sign", async () => {
  played.instead.push({ match: /kube-system/, answer: () => Response.json({ message: "forbidden" }, { status: 403 }) });
  const { pid } = await start().starting;
  expect(pid).toMatch(/^[0-9a-f]{32}:default:calm-crow-[a-z0-9]{5}$/);
});

test("a name that is taken gets another one; a refusal is one sentence with the cluster's words", async () => {
  played.instead.push({ match: /^POST/, answer: () => Response.json({ message: "already exists" }, { status: 409 }) });
  expect((await start().starting).pid).toMatch(/^cluster-1:default:calm-crow-/);
  const words = 'jobs.batch is forbidden: User "x" cannot create resource "jobs"';
  played.instead.push({ match: /^POST/, answer: () => Response.json({ message: words }, { status: 403 }) });
  expect(start().starting).rejects.toThrow(`The cluster refuses the job: ${words}.`);
});

test("blocks 25: a login that a plugin gives is asked for again when the cluster refuses it", async () => {
  const plugin = join(folder, "login");
  const counter = join(folder, "count");
  writeFileSync(
    plugin,
    `#!/bin/sh\necho x >> ${counter}\nn=$(wc -l < ${counter} | tr -d ' ')\n` +
      `echo "{\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"t-$n-$SAID-$1\\"}}"\n`,
  );
  chmodSync(plugin, 0o755);
  played.token = "t-2-hi-arg";
  const exec = {
    command: plugin,
    args: ["arg"],
    env: [{ name: "SAID", value: "hi" }],
    apiVersion: "client.authentication.k8s.io/v1",
  };
  const { pid } = await start({}, { exec }).starting;
  expect(pid).toMatch(/^cluster-1:/);
  played.token = "never";
  expect(start({}, { exec }).starting).rejects.toThrow(/refuses the login of context 'x' \(401 Unauthorized\)/);
});

const PLUGINS: [what: string, exec: JsonObject, sentence: RegExp][] = [
  [
    "is not there",
    { command: "no-such-login", installHint: "Install it\nfrom x." },
    /^The login of context 'x' needs the program 'no-such-login', which is not there\. Install it from x\.$/,
  ],
  [
    "fails",
    { command: "sh", args: ["-c", "echo expired >&2; exit 4"] },
    /^The login of context 'x': 'sh' exited with status code 4: expired$/,
  ],
  ["prints something else", { command: "echo", args: ["hello"] }, /printed no ExecCredential/],
];
for (const [what, exec, sentence] of PLUGINS) {
  test(`blocks 25: a plugin that ${what} is one sentence`, () => {
    expect(start({}, { exec }).starting).rejects.toThrow(sentence);
  });
}

test("a cluster that is away is one sentence", async () => {
  const { url } = played;
  await played.close();
  expect(start().starting).rejects.toThrow(`No Kubernetes cluster answers at ${url}, which context 'x' names`);
});

test("blocks 25: a certificate that cannot be used is said, in place of a cluster that is away", async () => {
  await played.close(); // a connection with such a certificate comes about no more than this one
  const data = Buffer.from("no certificate").toString("base64");
  const user = { "client-certificate-data": data, "client-key-data": data };
  expect(start({}, user).starting).rejects.toThrow(/^The client certificate of context 'x' cannot be read: .+\.$/);
});
