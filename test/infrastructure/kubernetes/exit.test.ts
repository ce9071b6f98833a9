// How a pod ended, in words: what a real cluster of 1.31 says in each case.
import { describe, expect, test } from "bun:test";
import { hasEnded, jobExit, type SeenJob } from "#infrastructure/kubernetes/exit.ts";
import { hasStarted, isOver, mainContainer, pendingReason } from "#infrastructure/kubernetes/pods.ts";
import type { Json, JsonObject } from "#lib/json.ts";

interface PodParts {
  phase?: string;
  state?: JsonObject;
  init?: JsonObject;
  status?: JsonObject;
  metadata?: JsonObject;
  limit?: string;
  conditions?: Json[];
}

function pod({ phase = "Running", state = {}, init, status = {}, metadata = {}, limit, conditions = [] }: PodParts) {
  const resources = limit ? { limits: { memory: limit } } : {};
  return {
    metadata: { name: "calm-crow-x7k2p-abcde", uid: "1", ...metadata },
    spec: { containers: [{ name: "proxy" }, { name: "prefect-job", resources }] },
    status: {
      ...{ phase, conditions },
      containerStatuses: [
        { name: "proxy", state: { running: {} } },
        { name: "prefect-job", state },
      ],
      ...(init ? { initContainerStatuses: [{ name: "fetch", state: init }] } : {}),
      ...status,
    },
  } satisfies JsonObject;
}

const condition = (type: string, reason: string, message: string, status = "True") => ({
  type,
  status,
  reason,
  message,
});
const terminated = (exitCode: number, reason: string, message = "") => ({ terminated: { exitCode, reason, message } });
const jobWith = (...conditions: Json[]): JsonObject => ({ status: { conditions } });
const FAILED = jobWith(condition("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"));
const COMPLETE = jobWith(condition("Complete", "CompletionsReached", "Reached expected number of succeeded pods"));
const DEADLINE = jobWith(condition("Failed", "DeadlineExceeded", "Job was active longer than specified deadline"));

function seen(job: JsonObject | null, pods: JsonObject[], rest: Partial<SeenJob> = {}): SeenJob {
  return { name: "calm-crow", job, isGone: false, pods: pods.map((one) => ({ pod: one, isGone: false })), ...rest };
}

const EVICTED = condition("DisruptionTarget", "EvictionByEvictionAPI", "Eviction API: evicting");
const PREEMPTED = condition(
  "DisruptionTarget",
  "PreemptionByScheduler",
  "default-scheduler: preempting to accommodate a higher priority pod",
);

const NO_ROOM = "Pod was rejected: Node didn't have enough resource: cpu, requested: 99000, used: 0, capacity: 2000";
const SUSPENDED: JsonObject = { spec: { suspend: true }, status: {} };

const ENDS: [what: string, seen: SeenJob, code: number, how: string][] = [
  ["exit 3", seen(FAILED, [pod({ state: terminated(3, "Error") })]), 3, "exited with status code 3"],
  [
    "kill -9 from outside",
    seen(FAILED, [pod({ state: terminated(137, "Error") })]),
    137,
    "was killed by signal SIGKILL, which leaves it no time to report anything: by hand, or by the system",
  ],
  [
    "out of memory",
    seen(FAILED, [pod({ state: terminated(137, "OOMKilled"), limit: "64Mi" })]),
    137,
    "was killed because it used more than its memory limit of 64Mi (OOMKilled)",
  ],
  [
    "out of memory without a limit",
    seen(FAILED, [pod({ state: terminated(137, "OOMKilled") })]),
    137,
    "was killed because it used more than the memory there is (OOMKilled)",
  ],
  [
    "evicted by the API",
    seen(FAILED, [pod({ state: terminated(143, "Error"), conditions: [EVICTED] })]),
    143,
    "was evicted by the cluster: Eviction API: evicting (EvictionByEvictionAPI)",
  ],
  [
    "evicted by its node",
    seen(FAILED, [
      pod({
        phase: "Failed",
        status: { reason: "Evicted", message: "The node was low on resource: memory.", containerStatuses: [] },
      }),
    ]),
    -1,
    "was evicted by the cluster: The node was low on resource: memory (Evicted)",
  ],
  [
    "preempted",
    seen(FAILED, [pod({ state: terminated(143, "Error"), conditions: [PREEMPTED] })]),
    143,
    "was ended by the cluster: default-scheduler: preempting to accommodate a higher priority pod (PreemptionByScheduler)",
  ],
  [
    "deadline",
    seen(DEADLINE, [pod({ state: terminated(143, "Error") })]),
    143,
    "was ended by the cluster: Job was active longer than specified deadline (DeadlineExceeded)",
  ],
  [
    "deadline, and it ended well in the grace",
    seen(DEADLINE, [pod({ state: terminated(0, "Completed") })]),
    -1,
    "was ended by the cluster: Job was active longer than specified deadline (DeadlineExceeded)",
  ],
  [
    "deadline before it started",
    seen(DEADLINE, []),
    -1,
    "was ended by the cluster: Job was active longer than specified deadline (DeadlineExceeded)",
  ],
  [
    "no such command",
    seen(FAILED, [pod({ state: terminated(128, "StartError", 'exec: "orch": executable file not found in $PATH') })]),
    128,
    'could not run: exec: "orch": executable file not found in $PATH (StartError)',
  ],
  [
    "deleted by hand",
    seen(FAILED, [pod({ state: terminated(143, "Error"), metadata: { deletionTimestamp: "2026-11-28T06:00:00Z" } })]),
    143,
    "was deleted from the cluster, and ended with status code 143",
  ],
  [
    "its init container",
    seen(FAILED, [
      pod({ phase: "Failed", state: { waiting: { reason: "PodInitializing" } }, init: terminated(2, "Error") }),
    ]),
    2,
    "did not start: its init container 'fetch' exited with status code 2",
  ],
  [
    "its init container, out of memory",
    seen(FAILED, [pod({ phase: "Failed", init: terminated(137, "OOMKilled"), limit: "64Mi" })]),
    137,
    "did not start: its init container 'fetch' was killed because it used more memory than it may have (OOMKilled)",
  ],
  [
    "refused by its node",
    seen(FAILED, [pod({ phase: "Failed", status: { reason: "OutOfcpu", message: NO_ROOM, containerStatuses: [] } })]),
    -1,
    `was refused by its node: ${NO_ROOM} (OutOfcpu)`,
  ],
  [
    "ended by its node",
    seen(FAILED, [
      pod({
        ...{ phase: "Failed", state: terminated(137, "Error") },
        status: {
          reason: "DeadlineExceeded",
          message: "Pod was active on the node longer than the specified deadline",
        },
      }),
    ]),
    137,
    "was ended by its node: Pod was active on the node longer than the specified deadline (DeadlineExceeded)",
  ],
  [
    "suspended",
    seen(SUSPENDED, [
      pod({ state: terminated(143, "Error"), metadata: { deletionTimestamp: "2026-11-28T06:00:00Z" } }),
    ]),
    143,
    "was ended because its Job was suspended",
  ],
  [
    "Job gone before a pod",
    seen(null, [], { isGone: true }),
    -1,
    "was removed from the cluster before its end was seen",
  ],
  [
    "retried, and well",
    seen(COMPLETE, [pod({ state: terminated(3, "Error") }), pod({ state: terminated(0, "Completed") })]),
    0,
    "ended without reporting how the run ended",
  ],
  [
    "ended by the agent",
    seen(null, [], { isGone: true, ended: "did not start within 60 s" }),
    -1,
    "did not start within 60 s",
  ],
];

test("blocks 21: a pod whose node answers no more has no end of its own", () => {
  const taken = condition(
    "DisruptionTarget",
    "DeletionByTaintManager",
    "Taint manager: deleting due to NoExecute taint",
  );
  const metadata = { deletionTimestamp: "2026-11-28T06:00:00Z" };
  const lost = (changes: PodParts): SeenJob => {
    const one = pod({ state: { running: {} }, metadata, ...changes });
    return {
      ...seen(jobWith(), []),
      pods: [{ pod: { ...one, spec: { ...one.spec, nodeName: "n-1" } }, isGone: false, isLost: true }],
    };
  };
  const [byCluster, byHand] = [jobExit(lost({ conditions: [taken] })), jobExit(lost({}))];
  const words =
    "The pod of the flow run was ended by the cluster: Taint manager: deleting due to NoExecute taint (DeletionByTaintManager), and its node 'n-1' has not answered since.";
  expect([byCluster.code, byCluster.reason, byCluster.cause]).toEqual([-1, `Crash detected! ${words}`, words]);
  expect(byHand.reason).toBe(
    "Crash detected! The pod of the flow run was removed from the cluster before its end was seen, and its node 'n-1' has not answered since.",
  );
});

describe("blocks 21: the cluster's own words", () => {
  for (const [what, given, code, how] of ENDS) {
    test(what, () => {
      const exit = jobExit(given);
      expect([exit.code, exit.reason]).toEqual([code, `Crash detected! The pod of the flow run ${how}.`]);
      const line =
        code === 0 ? "Job 'calm-crow' exited cleanly." : `Job 'calm-crow' exited with status code: ${code}. It ${how}.`;
      expect(exit.line).toBe(line);
      expect(exit.cause !== undefined).toBe(
        /^was (?:evicted|ended|refused) b(?:y (?:the cluster|its node)|ecause)/.test(how),
      );
    });
  }
});

describe("blocks 22: nothing has ended while a pod executes, or may still start", () => {
  const running = pod({ state: { running: {} } });
  const pending = pod({ phase: "Pending", state: { waiting: { reason: "ImagePullBackOff" } } });
  const CASES: [what: string, seen: SeenJob, ended: boolean][] = [
    ["nothing is known", seen(null, []), false],
    ["the pod has ended, its Job may make another", seen(jobWith(), [pod({ state: terminated(1, "Error") })]), false],
    ["the Job has failed, its pod is being ended", seen(DEADLINE, [running]), false],
    ["the Job is gone, its pod runs on", seen(null, [running], { isGone: true }), false],
    ["the Job is gone, its pod may start", seen(null, [pending], { isGone: true }), false],
    [
      "its node does not end the pod",
      { ...seen(jobWith(), []), pods: [{ pod: running, isGone: false, isLost: true }] },
      true,
    ],
    [
      "its node does not end the pod, another one runs",
      {
        ...seen(jobWith(), []),
        pods: [
          { pod: running, isGone: false, isLost: true },
          { pod: running, isGone: false },
        ],
      },
      false,
    ],
    [
      "a pod was lost and is gone, its Job may make another",
      { ...seen(jobWith(), []), pods: [{ pod: running, isGone: true, isLost: true }] },
      false,
    ],
    ["both are gone", { ...seen(null, [], { isGone: true }), pods: [{ pod: running, isGone: true }] }, true],
    ["the Job has failed without a pod", seen(FAILED, []), true],
    ["it is suspended, and has not begun", seen(SUSPENDED, [pending]), false],
    ["it is suspended, its pod is being ended", seen(SUSPENDED, [running]), false],
    ["it was suspended, its pod has ended", seen(SUSPENDED, [pod({ state: terminated(143, "Error") })]), true],
    [
      "other containers of its pod are not waited for",
      { ...seen(jobWith(), []), pods: [{ pod: pod({ state: terminated(3, "Error") }), isGone: false, isKept: true }] },
      true,
    ],
    ["beside the flow's container another runs on", seen(COMPLETE, [pod({ state: terminated(0, "Completed") })]), true],
  ];
  for (const [what, given, ended] of CASES) {
    test(what, () => expect(hasEnded(given)).toBe(ended));
  }
});

test("blocks 23: the log of a cancelled run says how its pod ended, unless it said so itself", () => {
  const reasonOf = (...pods: JsonObject[]) => jobExit(seen(null, pods, { isGone: true })).cancelReason;
  expect(reasonOf(pod({ state: terminated(143, "Error") }))).toBe(
    "The flow run was cancelled. Its pod was ended (signal SIGTERM).",
  );
  expect(reasonOf(pod({ state: terminated(137, "Error") }))).toMatch(/did not end in time, and was killed/);
  expect(reasonOf()).toBe("The flow run was cancelled. Its pod was removed.");
  expect(reasonOf(pod({ state: terminated(4, "Error") }))).toBeNull();
});

test("the flow's container counts, whatever else is in its pod", () => {
  expect(mainContainer(pod({}))).toBe("prefect-job");
  expect(mainContainer({ spec: { containers: [{ name: "a" }, { name: "b" }] } })).toBe("a");
  const env = [{ name: "PREFECT__FLOW_RUN_ID", value: "x" }];
  expect(mainContainer({ spec: { containers: [{ name: "proxy" }, { name: "flow", env }] } })).toBe("flow");
  expect([hasStarted(pod({})), isOver(pod({}))]).toEqual([false, false]);
  expect(hasStarted(pod({ state: { running: {} } }))).toBe(true);
});

const WAITING: [what: string, pod: JsonObject, reason: string | undefined][] = [
  ["image", pod({ phase: "Pending", state: { waiting: { reason: "ErrImagePull", message: "no" } } }), "ErrImagePull"],
  ["nothing yet", pod({ phase: "Pending", state: { waiting: { reason: "ContainerCreating" } } }), undefined],
  [
    "no node",
    pod({ phase: "Pending", conditions: [condition("PodScheduled", "Unschedulable", "0/1 nodes", "False")] }),
    "Unschedulable",
  ],
  [
    "init container",
    pod({ phase: "Pending", init: { waiting: { reason: "CreateContainerConfigError" } } }),
    "CreateContainerConfigError",
  ],
];
for (const [what, given, reason] of WAITING) {
  test(`blocks 21: what a pod waits for: ${what}`, () => expect(pendingReason(given)?.reason).toBe(reason as string));
}
