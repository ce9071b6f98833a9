// Stays with a Job to its end: its pods, what they print, what keeps them from starting, and how they ended.
import type { Clock } from "#lib/clock.ts";
import type { JsonObject } from "#lib/json.ts";
import type { Exit, Job, Started, Unseen } from "../infrastructure.ts";
import { fieldOf, streamsOutput } from "../job-fields.ts";
import { createLastLines } from "../last-lines.ts";
import type { ClusterApi } from "./api.ts";
import { hasEnded, isLeft, isStopped, jobExit, type SeenJob, type SeenPod, words } from "./exit.ts";
import { watchNodes } from "./nodes.ts";
import { followPodLog, type PodLog } from "./pod-log.ts";
import {
  type Condition,
  fieldIn,
  hasRetriesLeft,
  hasStarted,
  isKeptByOthers,
  isOver,
  isSuspended,
  listIn,
  mainContainer,
  mayGoOn,
  othersIn,
  pendingReason,
  terminatedOf,
  textIn,
} from "./pods.ts";
import { keepWatching, list } from "./watch.ts";

export interface FollowOptions {
  api: ClusterApi;
  clock: Clock;
  job: Job;
  namespace: string;
  /** Of the Job. */
  name: string;
  /** Lines of its log that are handed out of those it has printed already. Default: all. */
  tail?: number | undefined;
  /** Ends the Job and its pods now. */
  end: () => Promise<unknown>;
}

export interface Followed extends Pick<Started, "exited" | "lastLines" | "unseen"> {
  /** It is being ended: when the cluster has not seen to that so long after, its node is lost. */
  isEnding(graceSeconds: number): void;
}

/** What is printed at the end is waited for so long after the end. */
const LAST_OUTPUT_MS = 2_000;
/** Nodes that are well end their pods within this time after the grace. */
const LOST_MS = 60_000;
/** Clusters make a pod within this time. */
const NO_POD_MS = 10_000;
/** So long after the flow's container the others of its pod may end, and the pod with them. */
const OTHERS_MS = 30_000;

export function followJob(options: FollowOptions): Followed {
  const { api, clock, job, namespace, name, tail } = options;
  const pods = new Map<string, SeenPod>();
  const logs = new Map<string, PodLog>();
  /** Pods that are being ended, by their uid. */
  const awaited = new Set<string>();
  /** Pods whose flow has ended a moment ago and other containers have not, by their uid. */
  const kept = new Set<string>();
  const seen: SeenJob = { name: job.run.name, job: null, isGone: false, pods: [] };
  const over = new AbortController();
  const last = createLastLines();
  const started = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<void>();
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const podsPath = `/api/v1/namespaces/${namespace}/pods`;
  const isShown = streamsOutput(job);
  /** From then on the Job may make its pod. */
  let begunAt = clock.elapsed();
  let pending: Condition | undefined;
  let said = "";
  let unseen: Unseen | undefined;

  const say = (line: string) => {
    if (line !== said) job.output(`Flow run '${job.run.name}': ${line}`);
    said = line;
  };
  const output = (line: string) => {
    last.add(line);
    if (isShown) job.output(line);
  };

  function see(pod: JsonObject, isGone: boolean): void {
    const key = textIn(fieldIn(pod, "metadata"), "uid");
    pods.set(key, { ...pods.get(key), pod, isGone });
    seen.pods = [...pods.values()];
    if (fieldIn(fieldIn(pod, "metadata"), "deletionTimestamp") !== undefined) awaitEnd(key, pod);
    if (!isGone) nodes.see(pod);
    if (isKeptByOthers(pod)) awaitOthers(key);
    if (hasStarted(pod)) {
      started.resolve();
      if (!logs.has(key) && !isGone) logs.set(key, readLog(key, pod));
    } else if (isOver(pod)) started.resolve();
    else notePending(pod);
  }

  /** A node that is well ends a deleted pod. Of one that is not, the cluster keeps the pod as it was last. */
  function awaitEnd(key: string, pod: JsonObject): void {
    if (awaited.has(key) || isOver(pod)) return;
    awaited.add(key);
    const grace = fieldIn(fieldIn(pod, "metadata"), "deletionGracePeriodSeconds");
    void clock.sleep(Number(grace ?? 0) * 1000 + LOST_MS, over.signal).then(() => {
      lose(key, {});
    });
  }

  /** Such a pod goes on, and so does its Job. The run has ended. */
  function awaitOthers(key: string): void {
    if (kept.has(key)) return;
    kept.add(key);
    void clock.sleep(OTHERS_MS, over.signal).then(() => {
      const now = pods.get(key);
      kept.delete(key); // it may be tried again, and end once more
      if (over.signal.aborted || !now || now.isGone || mayGoOn(seen.job, now.pod)) return;
      say(`it has ended; other containers of its pod go on: ${othersIn(now.pod).join(", ")}`);
      pods.set(key, { ...now, isKept: true });
      seen.pods = [...pods.values()];
      look();
    });
  }

  function lose(key: string, why: Pick<SeenPod, "givenUp">): void {
    const now = pods.get(key);
    if (now) pods.set(key, { ...now, ...why, isLost: true });
    seen.pods = [...pods.values()];
    look();
  }

  function readLog(key: string, pod: JsonObject): PodLog {
    const path = `${podsPath}/${textIn(fieldIn(pod, "metadata"), "name")}`;
    const ended = () => {
      const now = pods.get(key);
      return now === undefined || now.isGone || isOver(now.pod);
    };
    const container = terminatedOf(pod)?.init ?? mainContainer(pod);
    const onForbidden = (reason: string) => say(`its output cannot be read: ${reason}`);
    return followPodLog({ api, clock, path, container, tail, output, hasEnded: ended, onForbidden });
  }

  /** The first word on it says the cause; `ImagePullBackOff` after it, that it is tried again. */
  function notePending(pod: JsonObject): void {
    const reason = pendingReason(pod);
    if (!reason) return;
    if (!(reason.reason === "ImagePullBackOff" && pending)) pending = reason;
    say(`its pod has not started: ${words(pending ?? reason)}`);
  }

  const look = () => {
    if (hasEnded(seen)) finished.resolve();
  };
  const warning = () => warningOf(api, namespace, name, [...pods.values()]);
  const nodes = watchNodes({
    ...{ api, clock, path: podsPath, over: over.signal, say, warning },
    giveUp: (key, givenUp) => lose(key, { givenUp }),
  });
  const onTrouble = (reason: string) => say(`it is not seen: ${reason}`);
  const shared = { api, clock, over: over.signal, onTrouble };
  const ofPods = {
    ...{ ...shared, path: podsPath, query: { labelSelector: `job-name=${name}` } },
    onList(items: JsonObject[]) {
      const there = new Set(items.map((pod) => textIn(fieldIn(pod, "metadata"), "uid")));
      for (const [key, known] of pods) if (!there.has(key)) pods.set(key, { ...known, isGone: true });
      for (const pod of items.toSorted(byAge)) see(pod, false);
      unseen = undefined;
      seen.pods = [...pods.values()];
      look();
    },
    onChange(pod: JsonObject, isGone: boolean) {
      see(pod, isGone);
      look();
    },
    onTrouble(reason: string) {
      onTrouble(reason);
      unseen ??= { since: clock.elapsed(), reason };
    },
  };
  const ofJob = {
    ...{ ...shared, path: jobs, query: { fieldSelector: `metadata.name=${name}` } },
    onList([item]: JsonObject[]) {
      seeJob(item ? { job: item, isGone: false } : { isGone: true });
    },
    onChange(item: JsonObject, isGone: boolean) {
      seeJob({ job: item, isGone });
    },
  };
  void keepWatching(ofPods);
  void keepWatching(ofJob);
  void clock.sleep(NO_POD_MS, over.signal).then(noteMissing);

  function seeJob(now: Partial<SeenJob>): void {
    const wasHeld = isSuspended(seen.job);
    Object.assign(seen, now);
    if (isSuspended(seen.job)) say("its Job is suspended");
    else if (wasHeld) begunAt = clock.elapsed();
    look();
  }

  /** A quota or a rule of the cluster keeps the Job from making its pod. */
  async function noteMissing(): Promise<void> {
    const why = over.signal.aborted || pods.size > 0 ? undefined : await warning();
    if (why) say(`its pod has not been made: ${words(why)}`);
  }

  /**
   * Ends a Job that takes longer than its block allows. What may still start is not left behind as CRASHED, and the time of one that
   * is suspended begins when it is not any more.
   */
  async function within(
    seconds: unknown,
    what: Promise<void>,
    how: () => Promise<string>,
    begun: () => number,
  ): Promise<void> {
    if (typeof seconds !== "number") return;
    const done = AbortSignal.any([over.signal, whenDone(what)]);
    const limit = seconds * 1000;
    const rest = () => (isSuspended(seen.job) ? limit : begun() + limit - clock.elapsed());
    for (let left = limit; left > 0; left = rest()) {
      await clock.sleep(left, done);
      if (done.aborted) return;
    }
    seen.ended = await how();
    await options.end().catch(() => {}); // the cluster does not answer: `isEnding` limits the wait for the end
    isEnding(0);
  }

  /** When the other containers of its pod have ended, the Job makes a further pod. */
  function isRepeated({ isKept, pod }: SeenPod): boolean {
    return isKept === true && hasRetriesLeft(seen.job, pod);
  }

  function isEnding(graceSeconds: number): void {
    void clock.sleep(graceSeconds * 1000 + LOST_MS, over.signal).then(() => finished.resolve());
  }

  const podLimit = fieldOf(job, "pod_watch_timeout_seconds");
  const notStarted = async () => {
    const why = pending ?? (await warning());
    const cause = why ? `: ${words(why)}` : "";
    return `did not start within ${String(podLimit)} s (pod_watch_timeout_seconds), and was removed${cause}`;
  };
  void within(podLimit, Promise.race([started.promise, finished.promise]), notStarted, () => begunAt);
  void started.promise.then(() => {
    const jobLimit = fieldOf(job, "job_watch_timeout_seconds");
    const sentence = `did not end within ${String(jobLimit)} s (job_watch_timeout_seconds), and was ended`;
    const startedAt = clock.elapsed();
    return within(
      jobLimit,
      finished.promise,
      async () => sentence,
      () => startedAt,
    );
  });

  const exited = finished.promise.then(async (): Promise<Exit> => {
    // The one watch may be ahead of the other.
    await list(ofPods).catch(() => {}); // the cluster does not answer: what the watch has seen decides
    over.abort();
    // Its run is CRASHED then: nothing of it may start when the node is back, when its Job is resumed, or when the pod is over.
    const mayGoOn = seen.pods.some((one) => isLeft(one) || isRepeated(one)) || isStopped(seen);
    if (mayGoOn) await options.end().catch(() => {}); // the cluster does not answer: the run ends all the same
    for (const log of logs.values()) {
      const bound = new AbortController();
      await Promise.race([log.whole, clock.sleep(LAST_OUTPUT_MS, bound.signal)]);
      bound.abort();
      await log.finish();
    }
    return jobExit(seen);
  });
  return { exited, lastLines: () => last.all, unseen: () => unseen, isEnding };
}

function whenDone(what: Promise<void>): AbortSignal {
  const done = new AbortController();
  void what.then(() => done.abort());
  return done.signal;
}

function byAge(one: JsonObject, other: JsonObject): number {
  const made = (pod: JsonObject) => textIn(fieldIn(pod, "metadata"), "creationTimestamp");
  return made(one).localeCompare(made(other));
}

/** The last warning about the Job, or about a pod of it; undefined where there is none, or where they may not be read. */
async function warningOf(
  api: ClusterApi,
  namespace: string,
  name: string,
  pods: readonly SeenPod[],
): Promise<Condition | undefined> {
  const names = [name, ...pods.map(({ pod }) => textIn(fieldIn(pod, "metadata"), "name"))];
  const query = { fieldSelector: "type=Warning" };
  const answer = await api.ask("GET", `/api/v1/namespaces/${namespace}/events`, { query }).catch(() => undefined);
  const found = listIn(answer?.body, "items")
    .filter((event) => names.includes(textIn(fieldIn(event, "involvedObject"), "name")))
    .toSorted((one, other) => textIn(one, "lastTimestamp").localeCompare(textIn(other, "lastTimestamp")))
    .at(-1);
  return found && { reason: textIn(found, "reason"), message: textIn(found, "message") };
}
