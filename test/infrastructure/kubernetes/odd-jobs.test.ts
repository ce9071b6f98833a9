// Jobs that a cluster does not take, holds back, suspends, or keeps beside the flow, at a played API server.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine } from "#infrastructure/docker/engine.ts";
import { createClusterApi } from "#infrastructure/kubernetes/api.ts";
import { findCluster } from "#infrastructure/kubernetes/cluster.ts";
import { createCredentials } from "#infrastructure/kubernetes/credentials.ts";
import { createKubernetesInfrastructure } from "#infrastructure/kubernetes/kubernetes.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import type { JsonObject } from "#lib/json.ts";
import { never, shellJob } from "../contract.ts";
import { configOf, type PlayedCluster, playCluster, podOf, show, WATCHES } from "./played-cluster.ts";

let played: PlayedCluster;
beforeEach(() => {
  played = playCluster();
});
afterEach(() => played.close());

/** Waits take no time, and the clock goes on by them. */
function hurriedClock(): Clock & { slept: number } {
  const clock = {
    ...systemClock,
    slept: 0,
    elapsed: () => clock.slept,
    async sleep(millis: number, signal?: AbortSignal) {
      if (!signal?.aborted) clock.slept += millis;
      await Bun.sleep(0); // what is under way goes on
    },
  };
  return clock;
}

const SHORT_MS = 1;
/** Waits of these lengths take no time. */
const without = (...lengths: number[]): Clock => ({
  ...systemClock,
  sleep: (millis, signal) => systemClock.sleep(lengths.includes(millis) ? SHORT_MS : millis, signal),
});

function placeWith(clock: Clock) {
  return createKubernetesInfrastructure({
    ...{ engineCommand: [], machine: { HOME: "/nowhere" }, logHome: null, clock },
    settings: { ORCH_API_URL: "https://orch.lan/api" },
  });
}

function start(place = placeWith(systemClock), block: JsonObject = {}) {
  const subject = { type: "kubernetes-job", block: { image: "i:1", cluster_config: configOf(played) } };
  const { job, lines } = shellJob(subject, "true", block);
  return { job, lines, starting: place.start(job, never()) };
}

const MADE = /^POST/;
const posts = () => played.requests.filter((line) => MADE.test(line)).length;
function answers(times: number, match: RegExp, status: number, message: string): void {
  for (let count = 0; count < times; count += 1) {
    played.instead.push({ match, answer: () => Response.json({ message }, { status }) });
  }
}

for (const status of [409, 500]) {
  test(`a cluster that answers each time with ${status} has refused the job after half a minute, in its own words`, async () => {
    answers(1_000, MADE, status, 'admission webhook "rules.lan" denied the request');
    const clock = hurriedClock();
    await expect(start(placeWith(clock)).starting).rejects.toThrow(
      'The cluster refuses the job: admission webhook "rules.lan" denied the request.',
    );
    expect(clock.slept).toBeLessThanOrEqual(30_000);
    expect(posts()).toBeLessThan(20);
  });
}

test("a webhook that is away for a moment, and a failure after the Job was made, make one Job", async () => {
  answers(2, MADE, 500, "failed calling webhook: connection refused");
  played.instead.push({
    match: MADE,
    answer(body) {
      played.job = { ...body, status: {} };
      return Response.json({ message: "etcd is away" }, { status: 500 });
    },
  });
  answers(1, MADE, 409, "already exists");
  const { pid } = await start(placeWith(hurriedClock())).starting;
  expect([pid, posts()]).toEqual([`cluster-1:default:${nameOfJob()}`, 4]);
});

const nameOfJob = () => (played.job as unknown as { metadata: { name: string } }).metadata.name; // as it was sent

test("a cluster that has answered before is waited for while its API server is away for minutes, also at its login", async () => {
  const clock = hurriedClock();
  const place = placeWith(clock);
  await start(place).starting;
  answers(60, MADE, 503, "the server is currently unable to handle the request");
  const { starting, lines } = start(place);
  await starting;
  expect(clock.slept).toBeGreaterThan(240_000);
  expect(lines.all.filter((line) => /takes no job now: .* It is tried again\.$/.test(line))).toHaveLength(1);
  answers(1_000, MADE, 503, "away");
  await expect(start(place).starting).rejects.toThrow("The cluster takes no job now: away.");
  played.instead.length = 0;
  answers(20, /kube-system/, 503, "away"); // a start that has failed connects anew
  await start(place).starting;
});

test("a cluster that fails for a moment when its API server is back is asked again", async () => {
  answers(60, MADE, 503, "away");
  answers(2, MADE, 500, "failed calling webhook: connection refused");
  const { pid } = await start(placeWith(hurriedClock())).starting;
  expect(pid).toBe(`cluster-1:default:${nameOfJob()}`);
});

test("a Job that may have been made is ended when its run is given up", async () => {
  const made = (body: JsonObject | null) => {
    played.job = { ...body, status: {} };
    return Response.json({ message: "etcd is away" }, { status: 500 });
  };
  played.instead.push({ match: MADE, answer: made });
  answers(1_000, MADE, 500, "etcd is away");
  await expect(start(placeWith(hurriedClock())).starting).rejects.toThrow("The cluster refuses the job: etcd is away.");
  expect(played.job).toBeNull();
});

test("a cluster that begins is not taken for another one", async () => {
  answers(1, /kube-system/, 500, "etcd is away");
  await expect(start().starting).rejects.toThrow("The cluster cannot be asked for its name: etcd is away");
});

test("an answer that is cut off is that of a cluster, or an engine, which is away", async () => {
  const half = Bun.listen({
    ...{ hostname: "127.0.0.1", port: 0 },
    socket: { data: (socket) => void socket.end('HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{"kind"') },
  });
  const url = `http://127.0.0.1:${half.port}`;
  const cluster = findCluster(configOf({ ...played, url }), {});
  const api = createClusterApi(
    cluster,
    createCredentials(cluster, {}, () => 0),
  );
  const unavailable = { code: "unavailable", message: expect.stringContaining(url) };
  await expect(api.ask("POST", "/x")).rejects.toMatchObject(unavailable);
  await expect(createEngine({ name: url, base: url }).ask("POST", "/x")).rejects.toMatchObject(unavailable);
  half.stop(true);
});

const RUNNING = { running: {} };
const ENDED = (exitCode: number) => ({ terminated: { exitCode, reason: exitCode === 0 ? "Completed" : "Error" } });
const OTHERS_MS = 30_000;

for (const code of [0, 3]) {
  test(`a run ends with ${code} although another container of its pod goes on, and its Job stays`, async () => {
    const { starting, lines } = start(placeWith(without(OTHERS_MS)));
    const { exited } = await starting;
    await played.asked(WATCHES, 2);
    const pod = podOf(played, "Running", ENDED(code));
    const status = pod["status"] as { containerStatuses: JsonObject[] }; // made above
    status.containerStatuses.push({ name: "proxy", state: RUNNING });
    show(played, "pod", pod);
    expect((await exited).code).toBe(code);
    expect(lines.all).toContain("Flow run 'calm-crow': it has ended; other containers of its pod go on: proxy");
    expect(played.requests.some((line) => line.startsWith("DELETE"))).toBe(false);
  });
}

/** A pod with a container beside the flow's that runs. */
function besideOther(restartPolicy: string, state: JsonObject): JsonObject {
  const pod = podOf(played, "Running", state);
  const { spec, status } = pod as { spec: JsonObject; status: { containerStatuses: JsonObject[] } }; // made above
  status.containerStatuses.push({ name: "proxy", state: RUNNING });
  spec["restartPolicy"] = restartPolicy;
  return pod;
}

const REPEATED = { customizations: [{ op: "replace", path: "/spec/backoffLimit", value: 2 }] };

test("a run whose pod starts it again beside another container ends with the last end", async () => {
  const { slept, clock } = heldClock(OTHERS_MS);
  const { starting, lines } = start(placeWith(clock), REPEATED);
  const { exited } = await starting;
  await played.asked(WATCHES, 2);
  for (const state of [ENDED(3), RUNNING, ENDED(0)]) {
    const before = slept.length;
    show(played, "pod", besideOther("OnFailure", state));
    if (state === RUNNING) continue;
    while (slept.length === before) await Bun.sleep(1); // until it has been seen
    slept.at(-1)?.();
  }
  expect((await exited).code).toBe(0);
  expect(lines.all).toContain("Flow run 'calm-crow': it has ended; other containers of its pod go on: proxy");
  expect(played.requests.some((line) => line.startsWith("DELETE"))).toBe(false);
});

test("a run that failed beside another container has ended, and its Job, which would make a further pod, is ended", async () => {
  const { starting } = start(placeWith(without(OTHERS_MS)), REPEATED);
  const { exited } = await starting;
  await played.asked(WATCHES, 2);
  show(played, "pod", besideOther("Never", ENDED(3)));
  expect((await exited).code).toBe(3);
  expect(played.requests.some((line) => /^DELETE .*\/jobs\//.test(line))).toBe(true);
});

test("an agent that may not read the log of pods says so once, and sees how they end", async () => {
  answers(1_000, /\/log\?/, 403, 'pods "p" is forbidden: cannot get resource "pods/log"');
  const { starting, lines } = start(placeWith(without(500, 1_000, 2_000)));
  const { exited } = await starting;
  await played.asked(WATCHES, 2);
  show(played, "pod", podOf(played, "Running", RUNNING));
  await played.asked(/\/log\?/, 3);
  show(played, "pod", podOf(played, "Succeeded", ENDED(0)));
  show(played, "job", { ...played.job, status: { conditions: [{ type: "Complete", status: "True" }] } });
  expect((await exited).code).toBe(0);
  expect(lines.all).toEqual([
    `Flow run 'calm-crow': its output cannot be read: pods "p" is forbidden: cannot get resource "pods/log"`,
  ]);
});

test("an agent that may list and not watch looks every few seconds, and sees the end", async () => {
  answers(10_000, WATCHES, 403, "cannot watch");
  const slept = new Set<number>();
  const clock: Clock = {
    ...systemClock,
    sleep(millis, signal) {
      slept.add(millis);
      return systemClock.sleep(millis === 60_000 ? millis : SHORT_MS, signal);
    },
  };
  const { exited } = await start(placeWith(clock)).starting;
  while (!slept.has(5_000)) await Bun.sleep(1); // until it has asked often
  played.pod = podOf(played, "Succeeded", ENDED(0));
  played.job = { ...played.job, status: { conditions: [{ type: "Complete", status: "True" }] } };
  expect((await exited).code).toBe(0);
});

test("the output of an init container that fails is handed out", async () => {
  const { starting, lines } = start();
  const { exited } = await starting;
  await played.asked(WATCHES, 2);
  played.log = ["2026-11-28T06:00:00.1Z cannot fetch"];
  const failed = podOf(played, "Failed", { waiting: { reason: "PodInitializing" } });
  Object.assign(failed["status"] as JsonObject, { initContainerStatuses: [{ name: "fetch", state: ENDED(4) }] }); // made above
  show(played, "pod", failed);
  show(played, "job", { ...played.job, status: { conditions: [{ type: "Failed", status: "True" }] } });
  expect((await exited).reason).toEndWith("did not start: its init container 'fetch' exited with status code 4.");
  expect(lines.all).toEqual(["cannot fetch"]);
  expect(played.requests.filter((line) => /\/log\?/.test(line))[0]).toContain("container=fetch");
});

test("a Job whose pod a quota keeps from being made says so before its time is over", async () => {
  const message = 'pods "x" is forbidden: exceeded quota';
  const event = () => ({ involvedObject: { name: nameOfJob() }, reason: "FailedCreate", message });
  played.instead.push({ match: /\/events/, answer: () => Response.json({ items: [event()] }) });
  const { lines } = start(placeWith(without(10_000)));
  await lines.until(/its pod has not been made: pods "x" is forbidden: exceeded quota \(FailedCreate\)$/);
});

/** `slept`: ends the waits of this length, one after the other. */
function heldClock(length: number) {
  const slept: (() => void)[] = [];
  const sleep: Clock["sleep"] = (millis, signal) => {
    if (millis !== length) return systemClock.sleep(millis, signal);
    const { promise, resolve } = Promise.withResolvers<void>();
    slept.push(resolve);
    signal?.addEventListener("abort", () => resolve());
    return promise;
  };
  return { slept, clock: { ...systemClock, sleep } };
}

test("a Job that is held back by a queue may wait; one that is suspended while its flow executes is ended", async () => {
  const { slept, clock } = heldClock(7_000);
  const { starting, lines } = start(placeWith(clock), { pod_watch_timeout_seconds: 7 });
  const { exited } = await starting;
  await played.asked(WATCHES, 2);
  const { spec } = played.job as unknown as { spec: JsonObject }; // as it was sent
  const suspend = (isSuspended: boolean) =>
    show(played, "job", { ...played.job, spec: { ...spec, suspend: isSuspended } });
  suspend(true);
  await lines.until(/its Job is suspended$/);
  slept[0]?.();
  while (slept.length < 2) await Bun.sleep(1); // until the time begins anew
  suspend(false);
  show(played, "pod", podOf(played, "Running", RUNNING));
  await played.asked(/\/log\?/);
  suspend(true);
  show(played, "pod", podOf(played, "Failed", ENDED(143)));
  expect((await exited).reason).toBe(
    "Crash detected! The pod of the flow run was ended because its Job was suspended.",
  );
  expect([played.job, played.requests.some((line) => /^DELETE .*\/jobs\//.test(line))]).toEqual([null, true]);
});

test("blocks 23: a Job is ended by an agent that knows its cluster by the run's block alone", async () => {
  const { starting, job } = start();
  const { pid } = await starting;
  const running = { pid, flowRunId: job.run.id };
  const other = placeWith(systemClock);
  expect(await other.kill(running, 0)).toBe("not-ours");
  expect(await other.kill({ ...running, block: async () => undefined }, 0)).toBe("not-ours");
  expect(await other.kill({ ...running, block: async () => ({ cluster_config: configOf(played) }) }, 0)).toBe("killed");
  expect(played.job).toBeNull();
});

test("blocks 25: a kubeconfig whose login is renewed while a Job runs is read again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "orch-kubeconfig-"));
  const path = join(folder, "config");
  const renew = (token: string) => {
    played.token = token;
    const { config } = configOf(played, { token }) as { config: JsonObject }; // made above
    writeFileSync(path, JSON.stringify({ ...config, "current-context": "x" }));
  };
  renew("one");
  const place = createKubernetesInfrastructure({
    ...{ engineCommand: [], machine: { KUBECONFIG: path }, logHome: null, clock: systemClock },
    settings: { ORCH_API_URL: "https://orch.lan/api" },
  });
  const { exited } = await start(place, { cluster_config: null }).starting;
  await played.asked(WATCHES, 2);
  renew("two");
  show(played, "pod", podOf(played, "Succeeded", ENDED(0)));
  show(played, "job", { ...played.job, status: { conditions: [{ type: "Complete", status: "True" }] } });
  played.cut();
  expect((await exited).code).toBe(0);
  await start(place, { cluster_config: null }).starting;
  played.token = "three";
  await expect(start(place, { cluster_config: null }).starting).rejects.toThrow("refuses the login of context 'x'");
  rmSync(folder, { recursive: true });
});
